/** The keys of the app, how it proves who it is, and what its tokens are bound to. */

import type { MetadataRow } from '../metadata-row.ts'

export const PROOF_ROWS: readonly MetadataRow[] = [
  {
    name: 'jwks',
    member: 'jwks',
    kind: 'json',
    source: 'RFC 7591 §2',
    standard: '—',
    about: 'Its public keys as a JWK set; instead of `jwks_uri`.',
  },
  {
    name: 'jwks_uri',
    member: 'jwksUri',
    kind: 'uri',
    source: 'RFC 7591 §2',
    standard: '—',
    about: 'Where its public keys are kept; they are fetched again when an unknown `kid` comes.',
  },
  {
    name: 'token_endpoint_auth_methods',
    member: 'tokenEndpointAuthMethods',
    kind: 'list',
    standard: '`client_secret_basic`, `client_secret_post`',
    about: 'All methods it may authenticate with; `token_endpoint_auth_method` (RFC 7591 §2) names a single one.',
  },
  {
    name: 'token_endpoint_auth_signing_alg',
    member: 'tokenEndpointAuthSigningAlg',
    kind: 'text',
    source: 'OIDC Registration §2',
    standard: 'any that fits the method',
    about: 'Signs its assertions (`private_key_jwt`, `client_secret_jwt`).',
  },
  ...tlsRows(),
  {
    name: 'tls_client_certificate_bound_access_tokens',
    member: 'tlsClientCertificateBoundAccessTokens',
    kind: 'boolean',
    source: 'RFC 8705 §3.4',
    standard: '`false`',
    about: 'Its access tokens count only together with its TLS certificate.',
  },
  {
    name: 'dpop_bound_access_tokens',
    member: 'dpopBoundAccessTokens',
    kind: 'boolean',
    source: 'RFC 9449 §5.2',
    standard: '`false`',
    about: 'Its token requests must carry a DPoP proof, which its tokens are bound to.',
  },
]

function tlsRows(): readonly MetadataRow[] {
  const rows = [
    ['tls_client_auth_subject_dn', 'tlsClientAuthSubjectDn', 'the subject, as RFC 4514 writes it'],
    ['tls_client_auth_san_dns', 'tlsClientAuthSanDns', 'a DNS name'],
    ['tls_client_auth_san_uri', 'tlsClientAuthSanUri', 'a URI'],
    ['tls_client_auth_san_ip', 'tlsClientAuthSanIp', 'an IP address'],
    ['tls_client_auth_san_email', 'tlsClientAuthSanEmail', 'an e-mail address'],
  ] as const
  return rows.map(([name, member, what]) => ({
    name,
    member,
    kind: 'text',
    source: 'RFC 8705 §2.1.2',
    standard: '—',
    about: `What its certificate must show with \`tls_client_auth\`: ${what}. Exactly one of the five.`,
  }))
}
