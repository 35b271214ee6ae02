/** Response types by their registered names (OAuth 2.0 Multiple Response Type Encoding Practices §3, §4, §5; RFC 6749). */

import { didYouMean } from '../../lib/nearest-name.ts'
import type { SettingsMistake } from '../settings-mistake.ts'

export const RESPONSE_TYPES = [
  'code',
  'id_token',
  'id_token token',
  'code token',
  'code id_token',
  'code id_token token',
  'none',
] as const

/** OAuth 2.0 Multiple Response Types §3: the order of the words does not matter. Nothing when there is no such type. */
export function registeredResponseType(text: string): string | undefined {
  const words = wordsOf(text)
  return RESPONSE_TYPES.find(type => wordsOf(type) === words)
}

/** `supported`: what this server speaks today, a part of the registry. */
export function checkResponseTypes(types: readonly string[], supported: readonly string[]): readonly SettingsMistake[] {
  return types.flatMap(text => {
    const type = registeredResponseType(text)
    if (type !== undefined && supported.includes(type)) return []
    const spoken = `supported: ${supported.join(', ')}`
    const message =
      type === undefined
        ? `"${text}" is no response type${didYouMean(text, RESPONSE_TYPES)}; ${spoken}`
        : `response type "${type}" is not spoken by this server; ${spoken}`
    return [{ member: 'response_types', rule: 'OAuth 2.0 Multiple Response Types §3', message }]
  })
}

function wordsOf(type: string): string {
  return type.trim().split(/\s+/).sort().join(' ')
}
