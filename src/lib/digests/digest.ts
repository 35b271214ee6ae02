/** Digests of passwords as other systems keep them: PHC strings and crypt(3) forms, read and held to what one check may cost. */

import { type Argon2Phc, parseArgon2Phc } from '../argon2-phc.ts'
import { fromAdaptedBase64, fromBcryptBase64 } from './crypt-base64.ts'
import type { ShaCryptHash } from './sha-crypt.ts'

export type Digest =
  | { readonly scheme: 'argon2'; readonly phc: Argon2Phc }
  | {
      readonly scheme: 'pbkdf2'
      readonly hash: string
      readonly rounds: number
      readonly salt: Buffer
      readonly key: Buffer
    }
  | {
      readonly scheme: 'scrypt'
      readonly cost: number
      readonly blockSize: number
      readonly parallelism: number
      readonly salt: Buffer
      readonly key: Buffer
    }
  | {
      readonly scheme: 'bcrypt'
      /** What bcrypt is made of: the password, its HMAC-SHA-256 (passlib, Authelia), or its SHA-256 in hex (django). */
      readonly of: 'password' | 'hmac-sha256' | 'sha256-hex'
      readonly cost: number
      /** As it is written: 22 letters. */
      readonly salt: string
      readonly key: Buffer
    }
  | {
      readonly scheme: 'sha-crypt'
      readonly hash: ShaCryptHash
      readonly rounds: number
      readonly salt: string
      readonly letters: string
    }

/** Why a text is no digest that counts: a sentence without its subject, for people. */
export interface DigestProblem {
  readonly problem: string
}

export function isDigestProblem(value: Digest | DigestProblem): value is DigestProblem {
  return 'problem' in value
}

/** A check takes seconds at most and 256 MiB at most: what asks for more would keep the server busy with every guess. */
const DIGEST_LIMITS = {
  memoryKib: 262_144,
  argon2KibPasses: 4_194_304,
  argon2Parallelism: 64,
  pbkdf2Rounds: 5_000_000,
  bcryptCost: 15,
  shaCryptRounds: 1_000_000,
  scryptParallelism: 16,
  scryptMixes: 8_388_608,
} as const

/** A shorter key would be hit by chance; a longer one costs as many times the work. */
const KEY_OCTETS = { least: 16, most: 128 } as const
const MAX_TEXT = 1024

const HASH_OCTETS: Readonly<Record<string, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 }

type Read = (parts: readonly string[]) => Digest | DigestProblem

const FORMS: readonly (readonly [form: RegExp, read: Read])[] = [
  [/^\$pbkdf2(?:-(sha1|sha224|sha256|sha384|sha512))?\$(\d{1,10})\$([\w./+-]+)\$([\w./+-]+)$/, readPbkdf2],
  [/^\$scrypt\$ln=(\d{1,2}),r=(\d{1,6}),p=(\d{1,6})\$([\w./+-]+)\$([\w./+-]+)$/, readScrypt],
  [/^()\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/, readBcrypt],
  [/^(bcrypt_sha256\$)\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/, readBcrypt],
  [/^(\$bcrypt-sha256\$)v=2,t=2b,r=(\d{1,2})\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/, readBcrypt],
  [/^\$([56])\$(?:rounds=(\d{1,10})\$)?([^$\s:]{0,64})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/, readShaCrypt],
]

export function parseDigest(text: string): Digest | DigestProblem {
  if (text.length > MAX_TEXT) return { problem: `is longer than ${MAX_TEXT} characters` }
  const phc = parseArgon2Phc(text)
  if (phc !== undefined) return readArgon2(phc)
  for (const [form, read] of FORMS) {
    const found = form.exec(text)
    if (found !== null) return read(found.slice(1))
  }
  return { problem: `is no digest of a kind that is known: ${KINDS}` }
}

const KINDS = '$argon2id$, $pbkdf2-sha512$, $scrypt$, $2b$ (bcrypt), $5$ and $6$ (SHA-crypt) and their relatives'

function readArgon2(phc: Argon2Phc): Digest | DigestProblem {
  const { memoryKib, passes, parallelism, version, salt, hash } = phc
  const { memoryKib: most, argon2KibPasses, argon2Parallelism } = DIGEST_LIMITS
  if (version !== 16 && version !== 19) return { problem: `names version ${version} of argon2; there are 16 and 19` }
  if (memoryKib > most) return tooMuch('m', memoryKib, most)
  if (memoryKib * passes > argon2KibPasses) return tooMuch('m × t', memoryKib * passes, argon2KibPasses)
  if (parallelism > argon2Parallelism) return tooMuch('p', parallelism, argon2Parallelism)
  // RFC 9106 §3.1
  if (passes < 1 || parallelism < 1 || memoryKib < 8 * parallelism || salt.length < 8) {
    return { problem: 'has parameters that argon2 does not allow (RFC 9106 §3.1)' }
  }
  return keyProblem(hash) ?? { scheme: 'argon2', phc }
}

function readPbkdf2([hash = 'sha1', rounds, salt = '', encoded = '']: readonly string[]): Digest | DigestProblem {
  const count = Number(rounds)
  if (count < 1) return { problem: 'has no rounds' }
  if (count > DIGEST_LIMITS.pbkdf2Rounds) return tooMuch('rounds', count, DIGEST_LIMITS.pbkdf2Rounds)
  const key = fromAdaptedBase64(encoded)
  // RFC 8018 §5.2: every block of the key costs all the rounds.
  const work = count * Math.ceil(key.length / (HASH_OCTETS[hash] ?? 1))
  if (work > DIGEST_LIMITS.pbkdf2Rounds) return tooMuch('rounds × blocks', work, DIGEST_LIMITS.pbkdf2Rounds)
  return keyProblem(key) ?? { scheme: 'pbkdf2', hash, rounds: count, salt: fromAdaptedBase64(salt), key }
}

function readScrypt([ln, r, p, salt = '', encoded = '']: readonly string[]): Digest | DigestProblem {
  const cost = 2 ** Number(ln)
  const blockSize = Number(r)
  const parallelism = Number(p)
  const { memoryKib, scryptParallelism, scryptMixes } = DIGEST_LIMITS
  if (cost < 2 || blockSize < 1 || parallelism < 1) {
    return { problem: 'has parameters that scrypt does not allow (RFC 7914 §6)' }
  }
  if ((cost * blockSize) / 8 > memoryKib) return tooMuch('memory in KiB', (cost * blockSize) / 8, memoryKib)
  if (parallelism > scryptParallelism) return tooMuch('p', parallelism, scryptParallelism)
  const mixes = cost * blockSize * parallelism
  if (mixes > scryptMixes) return tooMuch('N × r × p', mixes, scryptMixes)
  const key = fromAdaptedBase64(encoded)
  return keyProblem(key) ?? { scheme: 'scrypt', cost, blockSize, parallelism, salt: fromAdaptedBase64(salt), key }
}

function readBcrypt([prefix = '', written, salt = '', letters = '']: readonly string[]): Digest | DigestProblem {
  const cost = Number(written)
  if (cost < 4 || cost > 31) return { problem: `has cost ${cost}; bcrypt knows 4 to 31` }
  if (cost > DIGEST_LIMITS.bcryptCost) return tooMuch('the cost', cost, DIGEST_LIMITS.bcryptCost)
  const of = prefix === '' ? 'password' : prefix.startsWith('$') ? 'hmac-sha256' : 'sha256-hex'
  return { scheme: 'bcrypt', of, cost, salt, key: fromBcryptBase64(letters) }
}

/** Drepper: without `rounds` 5000; fewer than 1000 are 1000; of the salt the first 16 letters count. */
function readShaCrypt([kind, written = '5000', salt = '', letters = '']: readonly string[]): Digest | DigestProblem {
  const rounds = Math.max(Number(written), 1000)
  if (rounds > DIGEST_LIMITS.shaCryptRounds) return tooMuch('rounds', rounds, DIGEST_LIMITS.shaCryptRounds)
  const hash = kind === '5' ? 'sha256' : 'sha512'
  if (letters.length !== (kind === '5' ? 43 : 86)) return { problem: `is cut off: $${kind}$ has another length` }
  return { scheme: 'sha-crypt', hash, rounds, salt: salt.slice(0, 16), letters }
}

function keyProblem(key: Buffer): DigestProblem | undefined {
  const { least, most } = KEY_OCTETS
  if (key.length >= least && key.length <= most) return undefined
  return { problem: `has a key of ${key.length} octets; ${least} to ${most} count` }
}

function tooMuch(what: string, is: number, most: number): DigestProblem {
  return { problem: `asks for too much work: ${what} is ${is}, at most ${most} counts` }
}
