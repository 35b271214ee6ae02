/** Our addresses for an upstream: what an administrator registers there, and what links and buttons lead to. */

import { redirectUriOf } from './relying-party.ts'
import { logoutReturnUri } from './sign-out/leave.ts'
import type { Upstream } from './upstream.ts'

export interface OwnAddresses {
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  readonly backchannelLogoutUri: string
  readonly frontchannelLogoutUri: string
  /** Our public keys, for `private_key_jwt` and for encryption to us. */
  readonly jwksUri: string
  readonly signInUrl: string
  readonly registrationUrl: string
}

export function ownAddresses(issuer: string, upstream: Upstream): OwnAddresses {
  const base = `${issuer}/broker/${upstream.alias}`
  return {
    redirectUri: redirectUriOf(issuer, upstream),
    postLogoutRedirectUri: upstream.postLogoutRedirectUri ?? logoutReturnUri(issuer, upstream.alias),
    backchannelLogoutUri: `${base}/backchannel-logout`,
    frontchannelLogoutUri: `${base}/logout`,
    jwksUri: `${issuer}/jwks`,
    signInUrl: `${base}/login`,
    registrationUrl: `${base}/register`,
  }
}
