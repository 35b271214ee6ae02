/** The response types that a client may be registered for. */

import { didYouMean } from '../../lib/nearest-name.ts'
import { RESPONSE_TYPES, responseTypeOf } from '../../spec/response-types.ts'
import type { SettingsMistake } from '../settings-mistake.ts'

/** `supported`: what this server speaks today, a part of the registry. */
export function checkResponseTypes(types: readonly string[], supported: readonly string[]): readonly SettingsMistake[] {
  return types.flatMap(text => {
    const type = responseTypeOf(text)
    if (type !== undefined && supported.includes(type)) return []
    const spoken = `supported: ${supported.join(', ')}`
    const message =
      type === undefined
        ? `"${text}" is no response type${didYouMean(text, RESPONSE_TYPES)}; ${spoken}`
        : `response type "${type}" is not spoken by this server; ${spoken}`
    return [{ member: 'response_types', rule: 'OAuth 2.0 Multiple Response Types §3', message }]
  })
}
