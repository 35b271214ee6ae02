/** The options of `client create` and `client edit`: one row per member of a client. */

import type { Command } from 'commander'
import type { ClientSettings } from '../core/clients/client-settings.ts'
import { type OptionRow, type OptionValue, type ReadOptions, readOptions } from './option-table.ts'
import type { Terminal } from './terminal.ts'

type Member = keyof Omit<ClientSettings, 'clientId' | 'name' | 'type'>

export const CLIENT_OPTIONS: readonly OptionRow<Member>[] = [
  row(
    'redirectUris',
    '-u, --redirect-uri <uri>',
    'REDIRECT_URIS',
    'list',
    'where people return after signing in; repeat for more',
  ),
  row(
    'postLogoutRedirectUris',
    '-p, --post-logout-redirect-uri <uri>',
    'POST_LOGOUT_REDIRECT_URIS',
    'list',
    'where people return after signing out; repeat for more',
  ),
  row('responseTypes', '-r, --response-type <type>', 'RESPONSE_TYPES', 'list', 'response type; default: code'),
  row(
    'grantTypes',
    '--grant-type <type>',
    'GRANT_TYPES',
    'list',
    'such as authorization_code, refresh_token, client_credentials; default: those of the response types',
  ),
  row('scopes', '--scope <scope>', 'SCOPES', 'list', 'a scope the app may ask for; default: all'),
  row(
    'tokenEndpointAuthMethods',
    '--auth-method <method>',
    'AUTH_METHODS',
    'list',
    'such as client_secret_basic, private_key_jwt; default: client_secret_basic, client_secret_post',
  ),
  row('idTokenSignedResponseAlg', '--alg <alg>', 'ALG', 'text', 'signs ID tokens: RS256 (default), ES256, EdDSA, …'),
  row('requirePkce', '--require-pkce', 'REQUIRE_PKCE', 'switch', 'insist on PKCE; always on for public clients'),
  row('allowPlainPkce', '--allow-plain-pkce', 'ALLOW_PLAIN_PKCE', 'switch', 'accept the plain method, for old apps'),
  row('consentMode', '--consent <mode>', 'CONSENT', 'text', 'ask people: always, remember (default), never'),
  row(
    'consentTtlSeconds',
    '--consent-ttl <duration>',
    'CONSENT_TTL',
    'seconds',
    'how long a remembered consent counts',
  ),
  row(
    'defaultMaxAgeSeconds',
    '--default-max-age <duration>',
    'DEFAULT_MAX_AGE',
    'seconds',
    'sign in again after this time',
  ),
  row(
    'description',
    '--description <text>',
    'DESCRIPTION',
    'text',
    'what people read about the app when it asks for consent',
  ),
  row('websiteUrl', '--website-url <url>', 'WEBSITE_URL', 'text', 'the home page of the app'),
  row('termsUrl', '--terms-url <url>', 'TERMS_URL', 'text', 'its terms of service'),
  row('policyUrl', '--policy-url <url>', 'POLICY_URL', 'text', 'its privacy policy'),
  row('logoUrl', '--logo-url <url>', 'LOGO_URL', 'text', 'its logo'),
  row('contactEmail', '--contact-email <address>', 'CONTACT_EMAIL', 'text', 'who to write to about it'),
  row('owner', '--owner <name>', 'OWNER', 'text', 'who is responsible for it'),
]

export function readClientOptions(
  command: Command,
  env: Terminal['env'],
): ReadOptions<Readonly<Partial<Record<Member, OptionValue>>>> {
  return readOptions(command, CLIENT_OPTIONS, env)
}

function row(
  member: Member,
  flags: string,
  variable: string,
  kind: OptionRow<Member>['kind'],
  help: string,
): OptionRow<Member> {
  return { member, flags, variable: `SALLYPORT_CLIENT_${variable}`, kind, help }
}
