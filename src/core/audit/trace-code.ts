/** Trace codes: short enough to read out on the telephone, long enough (40 bits) not to be met by guessing. */

import type { Random } from '../../lib/random.ts'
import type { TraceCode } from './audit-event.ts'

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export function newTraceCode(random: Random): TraceCode {
  const bytes = random.bytes(8)
  let code = ''
  for (const byte of bytes) code += ALPHABET[byte & 31]
  return code as TraceCode
}

/** As people type it: any case, with or without the dash, O for 0, I and L for 1. */
export function parseTraceCode(text: string): TraceCode | undefined {
  const code = text.toUpperCase().replace(/[-\s]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return code.length === 8 && [...code].every(letter => ALPHABET.includes(letter)) ? (code as TraceCode) : undefined
}

export function formatTraceCode(code: TraceCode): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
