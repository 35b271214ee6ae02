/** Presets: settings of well-known upstreams, as data. What somebody says wins over them, and nothing depends on them afterwards. */

import type { JsonObject } from '../../clients/client.ts'

export interface Preset {
  readonly name: string
  readonly title: string
  /** Everybody has an own one: `--discovery` says where. */
  readonly needsDiscovery?: string
  /** What to know when it is set up there. */
  readonly about: string
  /** By the names in files. */
  readonly settings: JsonObject
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'google',
    title: 'Google',
    about:
      'Google Cloud console, APIs & Services, Credentials: an OAuth client of the type "Web application", with our redirect URI among its authorized ones. --set authorization_parameters=hd=example.com asks for people of one domain, and --set essential_claim=hd --set essential_claim_value=example\\.com lets nobody else in.',
    settings: {
      display_name: 'Google',
      discovery_uri: 'https://accounts.google.com/.well-known/openid-configuration',
      pass_login_hint: true,
      // It never sends one.
      auth_time_required: false,
      // It has no end session endpoint.
      logout_mode: 'none',
    },
  },
  {
    name: 'microsoft',
    title: 'Microsoft Entra ID',
    about:
      'Entra admin center, App registrations, platform "Web". As it is, people of every tenant can sign in; --discovery https://login.microsoftonline.com/TENANT/v2.0 keeps it to one. Addresses are what tenants type in, and prove nothing: leave trust_email off.',
    settings: {
      display_name: 'Microsoft',
      discovery_uri: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      pass_login_hint: true,
      // Only where the app registration adds it as an optional claim.
      auth_time_required: false,
      client_auth_method: 'client_secret_post',
    },
  },
  {
    name: 'github',
    title: 'GitHub',
    about:
      'Settings, Developer settings, OAuth Apps. There is no ID token; addresses come from a document of their own.',
    settings: {
      kind: 'oauth2',
      display_name: 'GitHub',
      authorization_endpoint: 'https://github.com/login/oauth/authorize',
      token_endpoint: 'https://github.com/login/oauth/access_token',
      userinfo_endpoint: 'https://api.github.com/user',
      userinfo_documents: { emails: 'https://api.github.com/user/emails' },
      userinfo_headers: { accept: 'application/vnd.github+json' },
      client_auth_method: 'client_secret_post',
      scopes: 'read:user user:email',
      auth_time_required: false,
      standard_mappings: false,
      mappings: [
        { kind: 'attribute', attribute: 'ssoid', claim: 'id', source: 'userinfo' },
        { kind: 'attribute', attribute: 'login', claim: 'login', source: 'userinfo' },
        { kind: 'attribute', attribute: 'name', claim: 'name', source: 'userinfo' },
        { kind: 'attribute', attribute: 'email', claim: 'emails[primary=true].email', source: 'userinfo' },
        { kind: 'attribute', attribute: 'email_verified', claim: 'emails[primary=true].verified', source: 'userinfo' },
        { kind: 'attribute', attribute: 'picture', claim: 'avatar_url', source: 'userinfo' },
        { kind: 'attribute', attribute: 'profile', claim: 'html_url', source: 'userinfo' },
      ],
      logout_mode: 'none',
    },
  },
  {
    name: 'gitlab',
    title: 'GitLab',
    about:
      'Preferences, Applications, "Confidential", with the scopes openid, profile and email. An own GitLab: --discovery https://gitlab.example.com.',
    settings: {
      display_name: 'GitLab',
      discovery_uri: 'https://gitlab.com/.well-known/openid-configuration',
      logout_mode: 'none',
    },
  },
  {
    name: 'apple',
    title: 'Apple',
    about:
      'A Services ID with "Sign in with Apple". The client secret is a JWT that you sign with your key (ES256) and renew at least every six months: best in a file that a reference names. Names come with the first sign-in only, through the browser.',
    settings: {
      display_name: 'Apple',
      discovery_uri: 'https://appleid.apple.com/.well-known/openid-configuration',
      client_auth_method: 'client_secret_post',
      scopes: 'openid name email',
      response_mode: 'form_post',
      disable_userinfo: true,
      mappings: [
        { kind: 'attribute', attribute: 'given_name', claim: 'user.name.firstName', source: 'authorization_response' },
        { kind: 'attribute', attribute: 'family_name', claim: 'user.name.lastName', source: 'authorization_response' },
      ],
      logout_mode: 'none',
    },
  },
  {
    name: 'keycloak',
    title: 'Keycloak',
    needsDiscovery: 'https://sso.example.com/realms/REALM',
    about:
      'A client of the type "OpenID Connect" with client authentication. Its back-channel logout reaches us at the URI that is printed.',
    settings: { display_name: 'Keycloak', pass_login_hint: true },
  },
  {
    name: 'authelia',
    title: 'Authelia',
    needsDiscovery: 'https://auth.example.com',
    about:
      'A client below identity_providers.oidc.clients, with require_pkce and the scopes openid, profile and email.',
    settings: { display_name: 'Authelia', logout_mode: 'none' },
  },
  {
    name: 'auth0',
    title: 'Auth0',
    needsDiscovery: 'https://TENANT.eu.auth0.com',
    about:
      'An application of the type "Regular Web Application", with our redirect URI among its Allowed Callback URLs and the other one among its Allowed Logout URLs.',
    settings: {
      display_name: 'Auth0',
      client_auth_method: 'client_secret_post',
      pass_login_hint: true,
      send_client_id_on_logout: true,
    },
  },
  {
    name: 'okta',
    title: 'Okta',
    needsDiscovery: 'https://TENANT.okta.com',
    about:
      'An app integration "OIDC - Web Application" with the grant type "Authorization Code", and our two URIs as its sign-in and sign-out redirect URIs. An authorization server of your own is at …/oauth2/NAME, such as …/oauth2/default.',
    settings: { display_name: 'Okta', pass_login_hint: true },
  },
  {
    name: 'sallyport',
    title: 'Sallyport',
    needsDiscovery: 'https://id.example.com',
    about: 'There: sallyport client create NAME confidential -u REDIRECT_URI -p POST_LOGOUT_REDIRECT_URI.',
    settings: { display_name: 'Sallyport', pass_login_hint: true, pass_max_age: true },
  },
]

export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name)

/** What is said about where an upstream is: somebody who names another place takes none of it. */
export const OF_ONE_PLACE: readonly string[] = [
  'discovery_uri',
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'userinfo_documents',
  'jwks_uri',
  'end_session_endpoint',
  'mtls_token_endpoint',
  'mtls_userinfo_endpoint',
]

/**
 * Whoever keeps Microsoft's upstream to one tenant must not be left with the issuer of every tenant: they all sign with the same keys.
 * So another place takes away all that the preset says about its own.
 */
export function withPreset(preset: Preset, said: JsonObject): JsonObject {
  const hasPlace = ['discovery_uri', 'authorization_endpoint'].some(name => said[name] !== undefined)
  const settings = hasPlace
    ? Object.fromEntries(Object.entries(preset.settings).filter(([name]) => !OF_ONE_PLACE.includes(name)))
    : preset.settings
  return { preset: preset.name, ...settings, ...said }
}
