/** What an authorization request asks the person for, as the names under which a consent remembers it. Pure. */

import { SIGN_IN_CLAIMS } from '../../spec/authorization-parameters.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { CLAIMS_OF_SCOPES } from '../../spec/claims.ts'

type Asked = Pick<AuthorizationRequest, 'scopes' | 'claims' | 'resources'>

/** Scopes as they are, `claim:name` for single claims (OIDC Core §5.5), `resource:uri` for APIs (RFC 8707). */
export function consentItems(request: Asked): readonly string[] {
  return [
    ...request.scopes,
    ...claimsBeyondScopes(request).map(claim => `claim:${claim}`),
    ...(request.resources ?? []).map(uri => `resource:${uri}`),
  ]
}

/** Claims about the person that none of the scopes asks for. */
export function claimsBeyondScopes({ scopes, claims }: Asked): readonly string[] {
  const covered = new Set([...SIGN_IN_CLAIMS, ...scopes.flatMap(scope => CLAIMS_OF_SCOPES[scope] ?? [])])
  const asked = [...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.idToken ?? {})]
  return [...new Set(asked)].filter(claim => !covered.has(claim))
}
