/**
 * Handles: codes, tokens and cookies that carry what they point to and a MAC over it. Nothing about them is stored, so a stolen database
 * holds none, and checking one costs a hash instead of a look-up. Every kind has its own tag inside the MAC: one never passes for another.
 */

import { hash, timingSafeEqual } from 'node:crypto'

/** The tag byte of each kind. Never reuse a number: an old token would come back to life as something else. */
const TAGS = {
  code: 1,
  access: 2,
  'client-access': 3,
  refresh: 4,
  session: 5,
  flow: 6,
  form: 7,
  device: 8,
  setup: 9,
  'jwt-access': 10,
  'dpop-nonce': 11,
  'device-code': 12,
  'auth-req-id': 13,
  registration: 14,
  'initial-access': 15,
  'pushed-request': 16,
  hint: 17,
  'upstream-state': 18,
  'upstream-nonce': 19,
  'upstream-verifier': 20,
  'link-mail': 21,
  'logout-state': 22,
} as const

export type HandleKind = keyof typeof TAGS

const MAC_BYTES = 32
/** Far above the longest one we make: an access token with its authorization details (RFC 9396). */
const MAX_LENGTH = 90_000

export interface Handles {
  /** base64url text of tag, payload and MAC. The same payload gives the same handle. */
  seal(kind: HandleKind, payload: Buffer): string
  /** The payload, or nothing when the text is no handle of this kind that we made. */
  open(kind: HandleKind, text: string): Buffer | undefined
}

/** `key`: 32 random bytes. */
export function createHandles(key: Buffer): Handles {
  const mac = createHmacSha256(key)
  return {
    seal(kind, payload) {
      const bytes = Buffer.allocUnsafe(1 + payload.length + MAC_BYTES)
      bytes[0] = TAGS[kind]
      payload.copy(bytes, 1)
      mac(bytes.subarray(0, 1 + payload.length)).copy(bytes, 1 + payload.length)
      return bytes.toString('base64url')
    },
    open(kind, text) {
      if (text.length > MAX_LENGTH) return undefined
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length <= MAC_BYTES || bytes[0] !== TAGS[kind]) return undefined
      const end = bytes.length - MAC_BYTES
      if (!timingSafeEqual(mac(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
      // base64url has several spellings of the same bytes; only ours counts, so that revoking one text revokes the token.
      return bytes.toString('base64url') === text ? bytes.subarray(1, end) : undefined
    },
  }
}

const BLOCK_BYTES = 64

/**
 * HMAC-SHA256 (RFC 2104 §2) as two one-shot hashes over prepared blocks: half the time of an Hmac object, which is made anew for
 * every token. A test holds it against the library's.
 */
export function createHmacSha256(key: Buffer): (bytes: Buffer) => Buffer {
  if (key.length > BLOCK_BYTES) throw new Error('the key is longer than a block')
  const pad = (byte: number): Buffer => {
    const block = Buffer.alloc(BLOCK_BYTES, byte)
    for (const [index, value] of key.entries()) block[index] = value ^ byte
    return block
  }
  const innerPad = pad(0x36)
  const outerPad = pad(0x5c)
  return bytes => {
    const inner = hash('sha256', Buffer.concat([innerPad, bytes]), 'buffer')
    return hash('sha256', Buffer.concat([outerPad, inner]), 'buffer')
  }
}
