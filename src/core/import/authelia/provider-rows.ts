/** The settings of Authelia's provider and of the rest of its file: most are settings of a server here, or the work of another program. */

import type { ReportLine } from '../import-report.ts'
import type { SourceRow } from '../source-rows.ts'
import { textOf } from '../values.ts'
import { olderLifespan } from './lifespans.ts'

const row = (
  setting: string,
  outcome: ReportLine['outcome'],
  why: string,
  older: readonly string[] = [],
): SourceRow => ({
  setting,
  outcome,
  why,
  ...(older.length === 0 ? {} : { older }),
})

export function providerRows(): readonly SourceRow[] {
  return [...PROVIDER_ROWS, ...OLDER_LIFESPANS]
}

const PROVIDER_ROWS: readonly SourceRow[] = [
  row('hmac_secret', 'ignored', 'Opaque tokens of Authelia end with it; ours are made under the master key.'),
  row('jwks', 'mapped', 'Keys that verify what they signed: see each of them.', ['issuer_private_keys']),
  row('issuer_private_key', 'mapped', 'A key that verifies what it signed.'),
  row('issuer_certificate_chain', 'no-equivalent', 'Keys are published without certificates.'),
  row('clients', 'mapped', 'See each of them.'),
  row('authorization_policies', 'mapped', 'See each of them.'),
  row('lifespans', 'approximated', 'See each of them.'),
  row('claims_policies', 'approximated', 'See each of them.'),
  row('scopes', 'approximated', 'See each of them.'),
  row(
    'enable_client_debug_messages',
    'no-equivalent',
    'Apps read the trace code in the header x-trace-code, and `sallyport why CODE` says the rest.',
  ),
  row('minimum_parameter_entropy', 'no-equivalent', 'A nonce of any length is taken.'),
  row('enforce_pkce', 'mapped', 'require_pkce of each client.'),
  row('enable_pkce_plain_challenge', 'mapped', 'allow_plain_pkce of each client.'),
  row(
    'enable_jwt_access_token_stateless_introspection',
    'no-equivalent',
    'Introspection always looks whether the token still counts.',
  ),
  row('discovery_signed_response_alg', 'no-equivalent', 'The discovery document is not signed; TLS says whose it is.'),
  row(
    'discovery_signed_response_key_id',
    'no-equivalent',
    'The discovery document is not signed; TLS says whose it is.',
  ),
  {
    setting: 'require_pushed_authorization_requests',
    outcome: 'mapped',
    why: 'require_pushed_authorization_requests of each client; for all clients: requests.require_pushed: true in sallyport.yaml.',
  },
  row('cors', 'approximated', 'See each of them.'),
]

/** `cors.*` */
export const CORS_ROWS: readonly SourceRow[] = [
  row('endpoints', 'approximated', 'All endpoints that an app calls can be read by its own origins.'),
  row(
    'allowed_origins',
    'no-equivalent',
    'Only the origins of the redirect URIs of an app: nobody else has to read its answers.',
  ),
  row('allowed_origins_from_client_redirect_uris', 'mapped', 'Always so, for each client its own.'),
]

const OLDER_LIFESPANS: readonly SourceRow[] = [
  'access_token_lifespan',
  'authorize_code_lifespan',
  'id_token_lifespan',
  'refresh_token_lifespan',
].map(setting => ({
  setting,
  outcome: 'approximated',
  take: value => {
    const { outcome, why } = olderLifespan(setting, value, setting)
    return { outcome, ...(why === undefined ? {} : { why }) }
  },
}))

const OTHER = 'not a matter of the provider: nothing was made of it'

/** Beside `identity_providers`. */
export const FILE_ROWS: readonly SourceRow[] = [
  row('identity_providers', 'mapped', 'See below.'),
  {
    setting: 'authentication_backend',
    outcome: 'approximated',
    take: value =>
      textOf((value as Readonly<Record<string, unknown>>)?.ldap) !== undefined || Object.hasOwn(Object(value), 'ldap')
        ? {
            outcome: 'no-equivalent',
            why: 'LDAP is not asked here: people have accounts, or come through an upstream.',
          }
        : { why: 'The users file is read with --users FILE.' },
  },
  row(
    'definitions',
    'approximated',
    'Networks are put into the policies that name them. Attributes made of expressions have no equivalent.',
  ),
  row('access_control', 'no-equivalent', 'Rules for a reverse proxy; those of apps are policies.'),
  row('session', 'no-equivalent', 'Settings of the server: sessions in sallyport.yaml.'),
  row(
    'storage',
    'no-equivalent',
    'Sessions, codes and tokens of Authelia end; the database is `database` in sallyport.yaml.',
  ),
  row('notifier', 'no-equivalent', 'The mail server is `mail` in sallyport.yaml.'),
  row('password_policy', 'no-equivalent', 'passwords.min_length in sallyport.yaml.'),
  row('regulation', 'no-equivalent', 'Guesses are always slowed down: throttling in sallyport.yaml.'),
  row('totp', 'no-equivalent', 'The secrets of authenticator apps are in the database of Authelia, encrypted.'),
  row(
    'webauthn',
    'no-equivalent',
    'Passkeys are bound to the host that made them, and are in the database of Authelia.',
  ),
  row('server', 'no-equivalent', 'listen, tls and proxies in sallyport.yaml.'),
  row('log', 'no-equivalent', 'log in sallyport.yaml.'),
  row('telemetry', 'no-equivalent', 'metrics in sallyport.yaml.'),
  row('theme', 'no-equivalent', 'branding in sallyport.yaml.'),
  ...[
    'duo_api',
    'ntp',
    'identity_validation',
    'privacy_policy',
    'certificates_directory',
    'default_2fa_method',
    'default_redirection_url',
    'jwt_secret',
    'host',
    'port',
  ].map(name => row(name, 'ignored', OTHER)),
]
