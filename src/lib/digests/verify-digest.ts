/** Is this the password that a digest was made of? By the digest's own costs, never on the event loop. */

import { createHash, createHmac, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { ComputeArgon2 } from '../argon2.ts'
import type { RunCryptJob } from './crypt-thread.ts'
import type { Digest } from './digest.ts'

export interface DigestPorts {
  readonly compute: ComputeArgon2
  readonly crypt: RunCryptJob
}

/** The work of some schemes grows with the length of the password; nobody's is longer. */
const MAX_OCTETS = 1024

const computePbkdf2 = promisify(pbkdf2)

export async function verifyDigest(digest: Digest, password: string, ports: DigestPorts): Promise<boolean> {
  if (digest.scheme !== 'argon2' && Buffer.byteLength(password) > MAX_OCTETS) return false
  const expected = expectedOf(digest)
  const computed = await compute(digest, password, ports)
  return computed.length === expected.length && timingSafeEqual(computed, expected)
}

function expectedOf(digest: Digest): Buffer {
  if (digest.scheme === 'argon2') return digest.phc.hash
  return digest.scheme === 'sha-crypt' ? Buffer.from(digest.letters) : digest.key
}

async function compute(digest: Digest, password: string, { compute: argon2, crypt }: DigestPorts): Promise<Uint8Array> {
  switch (digest.scheme) {
    case 'argon2': {
      const { hash, ...input } = digest.phc
      return argon2(password, { ...input, hashBytes: hash.length })
    }
    case 'pbkdf2':
      return computePbkdf2(password, digest.salt, digest.rounds, digest.key.length, digest.hash)
    case 'scrypt':
      return computeScrypt(digest, password)
    case 'bcrypt':
      return crypt({ kind: 'bcrypt', password: textForBcrypt(digest, password), salt: digest.salt, cost: digest.cost })
    case 'sha-crypt':
      return crypt({ kind: 'sha-crypt', hash: digest.hash, password, salt: digest.salt, rounds: digest.rounds })
  }
}

type Of<Scheme extends Digest['scheme']> = Extract<Digest, { scheme: Scheme }>

function computeScrypt({ cost, blockSize, parallelism, salt, key }: Of<'scrypt'>, password: string): Promise<Buffer> {
  const maxmem = 128 * blockSize * (cost + parallelism + 2)
  return new Promise((resolve, reject) => {
    scrypt(password, salt, key.length, { cost, blockSize, parallelization: parallelism, maxmem }, (error, computed) =>
      error === null ? resolve(computed) : reject(error),
    )
  })
}

/** passlib keys the HMAC with the letters of the salt. */
function textForBcrypt({ of, salt }: Of<'bcrypt'>, password: string): string {
  if (of === 'sha256-hex') return createHash('sha256').update(password).digest('hex')
  if (of === 'hmac-sha256') return createHmac('sha256', salt).update(password).digest('base64')
  return password
}
