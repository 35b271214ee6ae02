/** Where a person goes whose sign-in cannot be taken up again: to the app, which can begin another one. */

import type { Client } from './client.ts'

/** OIDC Core §4: at `initiate_login_uri` the app begins by itself; otherwise its own page, or whatever stands where its answers go. */
export function wayBackTo(
  { initiateLoginUri, websiteUrl, redirectUris }: Pick<Client, 'initiateLoginUri' | 'websiteUrl' | 'redirectUris'>,
  issuer: string,
): string | undefined {
  const initiating = initiateLoginUri === undefined ? null : URL.parse(initiateLoginUri)
  if (initiating !== null) {
    initiating.searchParams.set('iss', issuer)
    return initiating.href
  }
  return websiteUrl ?? redirectUris.filter(uri => /^https?:/.test(uri)).map(uri => new URL('/', uri).href)[0]
}
