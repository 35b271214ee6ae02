/** An access token that is shown to us to read about its person: how it comes, whether it is meant for us, and who may see the answer. */

import type { LiveAccessToken } from '../../core/grants/resolve-access-token.ts'
import { userinfoResource } from '../../core/tokens/resource-servers.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { type PresentedAccessToken, parseAccessToken } from '../../spec/bearer-token.ts'
import { checkNotRepeated, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { READABLE_HEADERS } from './cors.ts'

/** OIDC Core §5.3.1: by GET or POST, with the token in the header or in the form. */
export function parseToken(request: HttpRequest): string | Refusal | undefined {
  if (request.method !== 'POST' || request.contentType !== 'application/x-www-form-urlencoded') {
    return tokenOf(parseAccessToken(request.authorization, undefined))
  }
  const params = parseParams(request.body)
  if (isRefusal(params)) return params
  return checkNotRepeated(params) ?? tokenOf(parseAccessToken(request.authorization, params))
}

/** Whether the scheme is the right one for the token, `checkPossession` says. */
function tokenOf(presented: PresentedAccessToken | Refusal | undefined): string | Refusal | undefined {
  return presented === undefined || isRefusal(presented) ? presented : presented.token
}

/** RFC 9068 §4, RFC 8707 §2.2: a token that was made for an API opens nothing else, or the API could read here as the app. */
export function checkAudience({ audience }: LiveAccessToken['token'], issuer: string): Refusal | undefined {
  if (audience === undefined || audience.includes(userinfoResource(issuer))) return undefined
  return refuse(
    'invalid_token',
    'the access token is for another resource',
    'RFC 9068 §4 the audience names the UserInfo endpoint',
    { audience },
  )
}

/** The token names no client, so the page may only learn that its own token is no good, which it sent itself. */
export function browserReadable(request: HttpRequest) {
  return request.origin === undefined
    ? {}
    : {
        'access-control-allow-origin': request.origin,
        'access-control-expose-headers': READABLE_HEADERS,
        vary: 'Origin',
      }
}
