/** What kind of token a JWT says it is (RFC 8725 §3.11), so that none passes for another. Pure. */

import type { JsonObject } from '../core/clients/client.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { jsonText, printable } from '../spec/params.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'

/** `mustSay`: without a `typ` it could be anything. */
export function checkType(
  { checkTokenType }: Pick<Upstream, 'checkTokenType'>,
  { typ }: JsonObject,
  what: string,
  types: readonly string[],
  mustSay = false,
): Refusal | undefined {
  if (!checkTokenType || (typ === undefined && !mustSay)) return undefined
  // RFC 7515 §4.1.9: `application/` may be left out, and case does not count.
  const named = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
  if (types.includes(named)) return undefined
  return refuse(
    'server_error',
    `the ${what} of the upstream says that it is something else`,
    'RFC 8725 §3.11 typ of the upstream',
    { what, typ: printable(jsonText(typ), 60), expected: types },
  )
}
