/** An upstream as commands print it: JSON for programs, lines for people. A secret is never shown, only the name of its place. */

import type { JsonObject } from '../core/clients/client.ts'
import { ownAddresses } from '../core/upstreams/own-addresses.ts'
import { settingsJson } from '../core/upstreams/settings/read-settings.ts'
import { warningsOf } from '../core/upstreams/settings/upstream-warnings.ts'
import type { DiscoveredMetadata, Upstream, UpstreamSecret } from '../core/upstreams/upstream.ts'
import { formatFields } from './output.ts'

export interface UpstreamView {
  readonly issuer: string
  /** Also what is as it is without being said. */
  readonly all?: boolean
}

/** By the names in files, so that it can be given back with `upstream create --file`. */
export function upstreamJson(upstream: Upstream, { issuer, all }: UpstreamView): JsonObject {
  const { discovered, createdAt, updatedAt } = upstream
  return {
    ...settingsJson(upstream, all === true),
    ...referencesOf(upstream),
    register_there: addressesJson(issuer, upstream),
    ...(discovered === undefined ? {} : { discovered: discoveredJson(discovered) }),
    warnings: warningsOf(upstream),
    created_at: createdAt,
    updated_at: updatedAt,
  }
}

export function upstreamText(upstream: Upstream, view: UpstreamView): string {
  const { discovered, clientSecret, clientCertificateKey, createdAt, updatedAt } = upstream
  const settings = Object.entries(settingsJson(upstream, view.all === true)).flatMap(([name, value]) =>
    linesOf(name, value),
  )
  const fields = formatFields({
    ...Object.fromEntries(settings),
    ...(clientSecret === undefined ? {} : { client_secret: secretText(clientSecret) }),
    ...(clientCertificateKey === undefined ? {} : { client_certificate_key: secretText(clientCertificateKey) }),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  })
  const found = discovered === undefined ? [] : ['', 'Discovered:', formatFields(discoveredJson(discovered))]
  return [fields, ...found, '', registerText(upstream, view.issuer)].join('\n')
}

/** What an administrator types in at the upstream. */
export function registerText(upstream: Upstream, issuer: string): string {
  return ['To be registered there:', formatFields(addressesJson(issuer, upstream))].join('\n')
}

export function discoveredText({ discovered }: Upstream): string | undefined {
  return discovered === undefined ? undefined : ['Found there:', formatFields(discoveredJson(discovered))].join('\n')
}

function addressesJson(issuer: string, upstream: Upstream): JsonObject {
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

function discoveredJson(discovered: DiscoveredMetadata): JsonObject {
  return {
    issuer: discovered.issuer,
    authorization_endpoint: discovered.authorizationEndpoint,
    token_endpoint: discovered.tokenEndpoint,
    userinfo_endpoint: discovered.userinfoEndpoint,
    jwks_uri: discovered.jwksUri,
    end_session_endpoint: discovered.endSessionEndpoint,
    mtls_token_endpoint: discovered.mtlsTokenEndpoint,
    mtls_userinfo_endpoint: discovered.mtlsUserinfoEndpoint,
    id_token_signing_algs: discovered.idTokenSigningAlgs,
    fetched_at: discovered.fetchedAt.toISOString(),
  }
}

function referencesOf({ clientSecret, clientCertificateKey }: Upstream): JsonObject {
  return {
    ...(clientSecret?.kind === 'reference' ? { client_secret: clientSecret.text } : {}),
    ...(clientCertificateKey?.kind === 'reference' ? { client_certificate_key: clientCertificateKey.text } : {}),
  }
}

function secretText(secret: UpstreamSecret): string {
  return secret.kind === 'reference' ? secret.text : 'kept sealed'
}

/** A map has one line for each name. */
function linesOf(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]]
  return Object.entries(value).map(([key, text]) => [`${name}.${key}`, text] as const)
}
