/** A client as commands print it: JSON for programs, lines for people. Hashes of secrets are never shown. */

import type { Client } from '../core/clients/client.ts'
import { formatFields } from './output.ts'

export function clientJson(client: Client): Record<string, unknown> {
  return {
    client_id: client.clientId,
    name: client.name,
    client_type: client.type,
    description: client.description,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    response_types: client.responseTypes,
    grant_types: client.grantTypes,
    token_endpoint_auth_methods: client.tokenEndpointAuthMethods,
    scopes: client.scopes,
    id_token_signed_response_alg: client.idTokenSignedResponseAlg,
    require_pkce: client.requirePkce,
    allow_plain_pkce: client.allowPlainPkce,
    consent_mode: client.consentMode,
    consent_ttl: client.consentTtlSeconds,
    default_max_age: client.defaultMaxAgeSeconds,
    website_url: client.websiteUrl,
    terms_url: client.termsUrl,
    policy_url: client.policyUrl,
    logo_url: client.logoUrl,
    contact_email: client.contactEmail,
    owner: client.owner,
    secrets: client.secrets.map(({ createdAt, expiresAt }) => ({ created_at: createdAt, expires_at: expiresAt })),
    created_at: client.createdAt,
    updated_at: client.updatedAt,
    disabled_at: client.disabledAt,
  }
}

export function clientText(client: Client): string {
  const { secrets: _, ...fields } = clientJson(client)
  const secrets = client.secrets.map(
    ({ createdAt, expiresAt }) =>
      `made ${day(createdAt)}${expiresAt === undefined ? '' : `, ends ${expiresAt.toISOString()}`}`,
  )
  return formatFields({
    ...fields,
    // Short words share a line; URIs have one each.
    response_types: client.responseTypes.join(', '),
    grant_types: client.grantTypes.join(', '),
    token_endpoint_auth_methods: client.tokenEndpointAuthMethods.join(', '),
    scopes: client.scopes.join(', '),
    secrets,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
    disabled_at: client.disabledAt?.toISOString(),
  })
}

export function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
