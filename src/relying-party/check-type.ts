/** What kind of token a JWT says it is (RFC 8725 §3.11), so that none passes for another. Pure. */

import type { JsonObject } from '../core/clients/client.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { jsonText, printable } from '../spec/params.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'

type Looks = Pick<Upstream, 'checkTokenType'>

export function checkType(
  { checkTokenType }: Looks,
  { typ }: JsonObject,
  what: string,
  types: readonly string[],
): Refusal | undefined {
  if (!checkTokenType || typ === undefined || types.includes(typeNamed(typ))) return undefined
  return wrongType(what, typ, types)
}

/** Of an ID token, and of a logout token (OIDC Core §2, Back-Channel Logout §2.4). */
const OF_OTHER_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']
/** RFC 9068 §2.2, and what was there before it: for whom and for what an access token was made. */
const OF_ACCESS_TOKENS = ['client_id', 'scope', 'scp']

/**
 * RFC 9068 §2.1 wants `at+jwt`, and most servers say `JWT` or nothing. Theirs are known by their claims: Keycloak and Cognito name the kind,
 * the others name scopes or the client, and have nothing of what makes an ID token.
 */
export function checkAccessTokenType(
  { checkTokenType }: Looks,
  { typ }: JsonObject,
  claims: JsonObject,
): Refusal | undefined {
  if (!checkTokenType) return undefined
  const named = typ === undefined ? 'jwt' : typeNamed(typ)
  if (named === 'at+jwt' || (named === 'jwt' && isAccessToken(claims))) return undefined
  return wrongType('access token', named === 'jwt' ? (claims.typ ?? typ) : typ, ['at+jwt'])
}

function isAccessToken(claims: JsonObject): boolean {
  const kind = claims.typ ?? claims.token_use
  if (kind !== undefined) return typeof kind === 'string' && ['access', 'bearer', 'dpop'].includes(kind.toLowerCase())
  const isThere = (claim: string): boolean => claims[claim] !== undefined && claims[claim] !== null
  return OF_ACCESS_TOKENS.some(isThere) && !OF_OTHER_TOKENS.some(isThere)
}

/** RFC 7515 §4.1.9: `application/` may be left out, and case does not count. */
function typeNamed(typ: unknown): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
}

function wrongType(what: string, typ: unknown, types: readonly string[]): Refusal {
  return refuse(
    'server_error',
    `the ${what} of the upstream says that it is something else`,
    'RFC 8725 §3.11 typ of the upstream',
    { what, typ: printable(jsonText(typ), 60), expected: types },
  )
}
