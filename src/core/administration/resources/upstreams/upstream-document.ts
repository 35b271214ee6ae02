/** An upstream as it is shown: its settings by their names, never a secret, only the name of the place where one is kept. */

import { ownAddresses } from '../../../upstreams/own-addresses.ts'
import { settingsJson } from '../../../upstreams/settings/read-settings.ts'
import { warningsOf } from '../../../upstreams/settings/upstream-warnings.ts'
import type { DiscoveredMetadata, Upstream } from '../../../upstreams/upstream.ts'
import type { Acting, Document } from '../../ports.ts'
import { madeAndChanged, ownedBy } from '../made-and-changed.ts'

/** Every setting as it counts, said or not, so that whoever reads it sees what changes. */
export async function upstreamDocument(upstream: Upstream, acting: Acting): Promise<Document> {
  const { discovered, clientSecret, clientCertificateKey } = upstream
  return {
    ...settingsJson(upstream, true),
    ...(clientSecret?.kind === 'reference' ? { client_secret: clientSecret.text } : {}),
    ...(clientCertificateKey?.kind === 'reference' ? { client_certificate_key: clientCertificateKey.text } : {}),
    has_client_secret: clientSecret !== undefined,
    has_client_certificate_key: clientCertificateKey !== undefined,
    register_there: addresses(acting.issuer, upstream),
    ...(discovered === undefined ? {} : { discovered: discoveredDocument(discovered) }),
    warnings: warningsOf(upstream),
    ...madeAndChanged(upstream),
    ...(await ownedBy('upstreams', upstream.alias, acting)),
  }
}

function addresses(issuer: string, upstream: Upstream): Document {
  const { redirectUri, postLogoutRedirectUri, backchannelLogoutUri, frontchannelLogoutUri, jwksUri, ...links } =
    ownAddresses(issuer, upstream)
  return {
    redirect_uri: redirectUri,
    post_logout_redirect_uri: postLogoutRedirectUri,
    ...(upstream.backchannelLogout ? { backchannel_logout_uri: backchannelLogoutUri } : {}),
    ...(upstream.frontchannelLogout ? { frontchannel_logout_uri: frontchannelLogoutUri } : {}),
    jwks_uri: jwksUri,
    sign_in_url: links.signInUrl,
    registration_url: links.registrationUrl,
  }
}

function discoveredDocument(discovered: DiscoveredMetadata): Document {
  const members: readonly (readonly [string, unknown])[] = [
    ['issuer', discovered.issuer],
    ['authorization_endpoint', discovered.authorizationEndpoint],
    ['token_endpoint', discovered.tokenEndpoint],
    ['userinfo_endpoint', discovered.userinfoEndpoint],
    ['jwks_uri', discovered.jwksUri],
    ['end_session_endpoint', discovered.endSessionEndpoint],
    ['mtls_token_endpoint', discovered.mtlsTokenEndpoint],
    ['mtls_userinfo_endpoint', discovered.mtlsUserinfoEndpoint],
    ['id_token_signing_algs', discovered.idTokenSigningAlgs],
    ['fetched_at', discovered.fetchedAt.toISOString()],
  ]
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}
