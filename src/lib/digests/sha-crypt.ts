/** SHA-crypt (Ulrich Drepper, Unix crypt using SHA-256 and SHA-512, 2008): `$5$` and `$6$` of /etc/shadow. */

import { hash } from 'node:crypto'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Step 22: which octets of the digest stand together in four letters; the last group of SHA-256 has two octets, of SHA-512 one. */
const ORDER = {
  sha256: { groups: 10, first: [0, 10, 20], rest: [31, 30] },
  sha512: { groups: 21, first: [0, 21, 42], rest: [63] },
} as const

export type ShaCryptHash = keyof typeof ORDER

/** The letters after the last `$`. */
export function shaCrypt(algorithm: ShaCryptHash, password: string, salt: string, rounds: number): string {
  const key = Buffer.from(password)
  const saltOctets = Buffer.from(salt)
  const digest = (...parts: readonly Uint8Array[]): Buffer => hash(algorithm, Buffer.concat(parts), 'buffer')
  // Steps 1–12: A.
  const b = digest(key, saltOctets, key)
  const bits: Uint8Array[] = []
  for (let length = key.length; length > 0; length >>>= 1) bits.push(length % 2 === 1 ? b : key)
  const a = digest(key, saltOctets, repeated(b, key.length), ...bits)
  // Steps 13–20: the sequences P and S, as long as the password and the salt.
  const p = repeated(digest(...Array.from({ length: key.length }, () => key)), key.length)
  const s = repeated(digest(...Array.from({ length: 16 + (a[0] ?? 0) }, () => saltOctets)), saltOctets.length)
  // Step 21: the rounds.
  let c = a
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1
    const parts = [odd ? p : c, round % 3 === 0 ? NOTHING : s, round % 7 === 0 ? NOTHING : p, odd ? c : p]
    c = digest(...parts)
  }
  return lettersOf(c, algorithm)
}

const NOTHING = Buffer.alloc(0)

function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest)
}

function lettersOf(digest: Buffer, algorithm: ShaCryptHash): string {
  const { groups, first, rest } = ORDER[algorithm]
  let octets: readonly number[] = first
  const letters: string[] = []
  for (let group = 0; group < groups; group++) {
    letters.push(lettersOfGroup(octets, digest, 4))
    octets = nextOctets(octets, algorithm)
  }
  letters.push(lettersOfGroup([...Array.from({ length: 3 - rest.length }, () => -1), ...rest], digest, rest.length + 1))
  return letters.join('')
}

/** SHA-256 turns its columns to the right, SHA-512 to the left: (0,10,20), (21,1,11), …; (0,21,42), (22,43,1), …. */
function nextOctets([first = 0, second = 0, third = 0]: readonly number[], algorithm: ShaCryptHash): readonly number[] {
  return algorithm === 'sha256' ? [third + 1, first + 1, second + 1] : [second + 1, third + 1, first + 1]
}

function lettersOfGroup(octets: readonly number[], digest: Buffer, count: number): string {
  const word = octets.reduce((sum, octet) => sum * 256 + (octet < 0 ? 0 : (digest[octet] ?? 0)), 0)
  return Array.from({ length: count }, (_, index) => ALPHABET[Math.floor(word / 64 ** index) % 64]).join('')
}
