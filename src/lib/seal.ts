/** Sealed boxes for secrets that we must read again: AES-256-GCM under the master key, bound to the row they belong to. */

import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { MasterKey } from './master-key.ts'
import type { Random } from './random.ts'

/** box := version (1 byte), master key id (8), nonce (12), ciphertext (as long as the plain text), tag (16) */
const VERSION = 1
const KEY_ID_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16
const NONCE_AT = 1 + KEY_ID_BYTES
const TEXT_AT = NONCE_AT + NONCE_BYTES

export interface Sealer {
  /** Which master key seals here: 16 hex digits. */
  readonly masterKeyId: string
  /** `context` names the row and the column; a box opens only under the same one, so boxes cannot be swapped between rows. */
  seal(plain: Buffer, context: string): Buffer
  /** Throws `SealBroken` when the box was sealed under another master key, for another row, or was changed. */
  open(box: Buffer, context: string): Buffer
  /** A keyed digest: the same for the same text under the same `context`, and of no use to whoever lacks the master key. */
  fingerprint(text: string, context: string): string
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken'
}

export function createSealer(masterKey: MasterKey, random: Random): Sealer {
  const keyId = Buffer.from(masterKey.id, 'hex')
  // RFC 5869 §3.2: different info, independent keys.
  const fingerprintKey = once(() =>
    createSecretKey(Buffer.from(hkdfSync('sha256', masterKey.key, '', 'sallyport fingerprints', 32))),
  )
  return {
    masterKeyId: masterKey.id,
    seal(plain, context) {
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', masterKey.key, nonce)
      cipher.setAAD(Buffer.from(context))
      const text = cipher.update(plain)
      cipher.final()
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, text, cipher.getAuthTag()])
    },
    open(box, context) {
      checkHead(box, masterKey.id, context)
      const nonce = box.subarray(NONCE_AT, TEXT_AT)
      // NIST SP 800-38D §5.2.1.2: shorter tags are easier to forge, so only the full length is taken.
      const decipher = createDecipheriv('aes-256-gcm', masterKey.key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(box.subarray(-TAG_BYTES))
      const plain = decipher.update(box.subarray(TEXT_AT, -TAG_BYTES))
      try {
        decipher.final()
      } catch {
        throw new SealBroken(`what is stored as ${context} was changed, or was sealed for another row`)
      }
      return plain
    },
    fingerprint(text, context) {
      // The context is hashed first, so that none of it can pass for a part of the text.
      const scope = createHmac('sha256', fingerprintKey()).update(context).digest()
      return createHmac('sha256', scope).update(text).digest('base64url')
    },
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The id of the master key that a box was sealed under, for re-encryption. */
export function masterKeyIdOf(box: Buffer): string {
  return box.toString('hex', 1, NONCE_AT)
}

function checkHead(box: Buffer, masterKeyId: string, context: string): void {
  if (box.length < TEXT_AT + TAG_BYTES || box[0] !== VERSION) {
    throw new SealBroken(`what is stored as ${context} is no sealed box`)
  }
  const sealedUnder = masterKeyIdOf(box)
  if (sealedUnder !== masterKeyId) {
    throw new SealBroken(
      `what is stored as ${context} was sealed under master key ${sealedUnder}, but this server has master key ${masterKeyId}`,
    )
  }
}
