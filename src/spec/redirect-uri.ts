/** Redirect URIs: which may be redirected to. An open redirect does not compile: only this file mints a `VerifiedRedirectUri`. */

import { type Refusal, refuse } from './refusal.ts'

declare const verified: unique symbol
/** A URI that the client registered, verbatim as it was requested. */
export type VerifiedRedirectUri = string & { readonly [verified]: true }

export function verifyRedirectUri(
  registered: readonly string[],
  requested: string | undefined,
  /** RFC 8252 §7.3 speaks of native apps, which are public clients. */
  mayChooseLoopbackPort: boolean,
): VerifiedRedirectUri | Refusal {
  if (requested === undefined) {
    // RFC 6749 §3.1.2.3: with several registered URIs the request MUST include one; OIDC Core §3.1.2.1 always requires it.
    return refuse('invalid_request', 'redirect_uri is missing', 'OIDC Core §3.1.2.1 redirect_uri is required')
  }
  // OIDC Core §3.1.2.1, RFC 9700 §2.1: simple string comparison, no normalisation.
  if (
    registered.includes(requested) ||
    (mayChooseLoopbackPort && registered.some(uri => isSameLoopback(uri, requested)))
  ) {
    return requested as VerifiedRedirectUri
  }
  return refuse(
    'invalid_request',
    'redirect_uri is not registered for this client',
    'RFC 9700 §2.1 redirect_uri is registered, exactly',
    {
      requested: requested.slice(0, 200),
      registered,
    },
  )
}

const LOOPBACK_WITHOUT_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))((?:\/|\?|$).*)$/

/** RFC 8252 §7.3: a loopback IP literal registered without a port stands for every port, which a native app only knows at run time. */
function isSameLoopback(registered: string, requested: string): boolean {
  const parts = LOOPBACK_WITHOUT_PORT.exec(registered)
  if (parts === null || parts[1] === undefined || parts[2] === undefined) return false
  const [, origin, rest] = parts
  if (!requested.startsWith(`${origin}:`)) return false
  const port = /^\d{1,5}/.exec(requested.slice(origin.length + 1))?.[0]
  return port !== undefined && Number(port) <= 65535 && requested === `${origin}:${port}${rest}`
}

/** A URI stored with a flow or grant was verified when it was stored. */
export function restoreVerifiedRedirectUri(stored: string): VerifiedRedirectUri {
  return stored as VerifiedRedirectUri
}
