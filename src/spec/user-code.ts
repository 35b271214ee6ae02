/** User codes (RFC 8628 §6.1): short enough to be typed with a remote control, and hard to get wrong. */

import type { Random } from '../lib/random.ts'

/** RFC 8628 §6.1: consonants only, so that no code spells a word; 20^8 codes are 34.5 bits (§5.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ'
const LENGTH = 8
/** Bytes from here on would make the first letters likelier than the last. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length)

/** As it is kept: eight letters, no dash. */
export function newUserCode(random: Random): string {
  let code = ''
  while (code.length < LENGTH) {
    const [byte = FAIR_BYTES] = random.bytes(1)
    if (byte < FAIR_BYTES) code += ALPHABET[byte % ALPHABET.length]
  }
  return code
}

/** RFC 8628 §6.1: as people type it, in any case and with whatever stands between the letters; nothing when it cannot be one. */
export function parseUserCode(text: string): string | undefined {
  // Nobody types that much, and normalising text without end costs time.
  if (text.length > 64) return undefined
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  return code.length === LENGTH && [...code].every(letter => ALPHABET.includes(letter)) ? code : undefined
}

/** As it is shown: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`
}
