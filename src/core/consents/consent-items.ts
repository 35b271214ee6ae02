/** What an authorization request asks the person for, as the names under which a consent remembers it. Pure. */

import { SIGN_IN_CLAIMS } from '../../spec/authorization-parameters.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { CLAIMS_OF_SCOPES } from '../../spec/claims.ts'

type Asked = Pick<AuthorizationRequest, 'scopes' | 'claims' | 'resources'>

/** A single claim (OIDC Core §5.5). RFC 6749 §3.3: no scope has a blank, so whoever allows a scope allows nothing else by its name. */
export function claimItem(claim: string): string {
  return `claim ${claim}`
}

/** An API (RFC 8707). */
export function resourceItem(uri: string): string {
  return `resource ${uri}`
}

/** Scopes as they are, single claims and APIs with what they are before them. */
export function consentItems(request: Asked): readonly string[] {
  return [
    ...request.scopes,
    ...claimsBeyondScopes(request).map(claimItem),
    ...(request.resources ?? []).map(resourceItem),
  ]
}

/** Claims about the person that none of the scopes asks for. */
export function claimsBeyondScopes({ scopes, claims }: Asked): readonly string[] {
  const covered = new Set([...SIGN_IN_CLAIMS, ...scopes.flatMap(scope => CLAIMS_OF_SCOPES[scope] ?? [])])
  const asked = [...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.idToken ?? {})]
  return [...new Set(asked)].filter(claim => !covered.has(claim))
}
