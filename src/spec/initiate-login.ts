/** Sign-ins that begin with us (OIDC Core §4): the app is asked to send an authorization request of its own, so nothing is signed in yet. */

export interface LoginInitiation {
  readonly issuer: string
  readonly loginHint?: string
  readonly targetLinkUri?: string
}

/** OIDC Core §4: iss is REQUIRED, the others are OPTIONAL. A query that the app registered is kept. */
export function initiateLoginUrl(
  initiateLoginUri: string,
  { issuer, loginHint, targetLinkUri }: LoginInitiation,
): string {
  const url = new URL(initiateLoginUri)
  url.searchParams.set('iss', issuer)
  if (loginHint !== undefined) url.searchParams.set('login_hint', loginHint)
  if (targetLinkUri !== undefined) url.searchParams.set('target_link_uri', targetLinkUri)
  return url.href
}
