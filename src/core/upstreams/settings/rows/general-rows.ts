/** What an upstream is, where people see it, and where it is. */

import { inSection, type SettingRow } from '../settings-row.ts'

export const GENERAL_ROWS: readonly SettingRow[] = inSection('General', [
  {
    name: 'alias',
    member: 'alias',
    kind: 'text',
    standard: 'required',
    about:
      'Its name in our URLs (`/broker/ALIAS/endpoint`) and in `idp_hint`: lower case letters, digits, `.`, `_` and `-`. It never changes.',
    keycloak: '`alias` Alias, Redirect URI',
    aurora: 'ID, Sign-in URL, Registration URL',
  },
  {
    name: 'kind',
    member: 'kind',
    kind: 'choice',
    choices: ['oidc', 'oauth2'],
    about:
      '`oidc`: an ID token says who somebody is. `oauth2`: there is none; the user info or the token response says it, by the mappings.',
    keycloak: '`providerId` (`oidc`, `keycloak-oidc`, `oauth2`)',
  },
  {
    name: 'preset',
    member: 'preset',
    kind: 'text',
    standard: 'none',
    about: 'The preset that it was made from (`sallyport upstream presets`). Nothing depends on it.',
    keycloak: '`providerId` of the social providers',
  },
  {
    name: 'display_name',
    member: 'displayName',
    kind: 'text',
    standard: 'the alias',
    about: 'What people read on its button.',
    keycloak: '`displayName` Display name',
    aurora: 'Name',
  },
  {
    name: 'logo_uri',
    member: 'logoUri',
    kind: 'uri',
    standard: 'none',
    about: 'A picture for its button.',
  },
  {
    name: 'enabled',
    member: 'enabled',
    kind: 'boolean',
    about: 'Whether anybody can sign in through it.',
    keycloak: '`enabled` Enabled',
  },
  {
    name: 'order',
    member: 'order',
    kind: 'number',
    about: 'Its place on the sign-in page; smaller comes first.',
    keycloak: '`config.guiOrder` Display order',
  },
  {
    name: 'hide_on_login',
    member: 'hideOnLogin',
    kind: 'boolean',
    about:
      'Not on the sign-in page; by `idp_hint`, its sign-in URL, an e-mail domain or as the default it still works.',
    keycloak: '`hideOnLogin` Hide on login page',
  },
  {
    name: 'link_only',
    member: 'linkOnly',
    kind: 'boolean',
    about: 'Nobody signs in through it; people link it on their account page, for apps that use its tokens.',
    keycloak: '`linkOnly` Account linking only',
  },
  {
    name: 'show_in_account',
    member: 'showInAccount',
    kind: 'choice',
    choices: ['always', 'when_linked', 'never'],
    about: 'Whether the account page offers to link it.',
    keycloak: '`config.showInAccountConsole` Show in Account console',
  },
  {
    name: 'email_domains',
    member: 'emailDomains',
    kind: 'list',
    about: 'People who type an address of one of these domains on the sign-in page are sent there.',
    keycloak: 'the domains of its `organizationId`, with "redirect when e-mail domain matches"',
  },
])

export const PLACE_ROWS: readonly SettingRow[] = inSection('Where it is', [
  {
    name: 'discovery_uri',
    member: 'discoveryUri',
    kind: 'uri',
    standard: 'none',
    about:
      'Its discovery document (OIDC Discovery §4), read at once and again every `broker.metadata_refresh`; `/.well-known/openid-configuration` is appended where it is missing. What is set below wins over what it says.',
    keycloak: 'Discovery endpoint (read once, never again)',
  },
  {
    name: 'issuer',
    member: 'issuer',
    kind: 'text',
    standard: 'what discovery says',
    about:
      'Its `iss`, compared character by character (OIDC Core §3.1.3.7, RFC 9207). `{tenantid}` in it stands for the `tid` of the ID token (Microsoft Entra with several tenants).',
    keycloak: '`config.issuer` Issuer',
    aurora: 'Issuer',
  },
  {
    name: 'authorization_endpoint',
    member: 'authorizationEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'Where browsers are sent to sign in.',
    keycloak: '`config.authorizationUrl` Authorization URL',
    aurora: 'Authorization URL',
  },
  {
    name: 'token_endpoint',
    member: 'tokenEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'Where codes are exchanged for tokens.',
    keycloak: '`config.tokenUrl` Token URL',
    aurora: 'Token URL',
  },
  {
    name: 'userinfo_endpoint',
    member: 'userinfoEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'Where more claims come from, with the access token.',
    keycloak: '`config.userInfoUrl` User Info URL',
    aurora: 'User Info URL',
  },
  {
    name: 'jwks_uri',
    member: 'jwksUri',
    kind: 'uri',
    standard: 'what discovery says',
    about:
      'Its keys (RFC 7517), kept and read again for an unknown `kid`; `sallyport upstream clear-cache` forgets them.',
    keycloak: '`config.jwksUrl` JWKS URL',
    aurora: 'JWKS URI',
  },
  {
    name: 'end_session_endpoint',
    member: 'endSessionEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'Where browsers are sent to sign out (RP-Initiated Logout §2).',
    keycloak: '`config.logoutUrl` Logout URL',
    aurora: 'Frontend logout URL',
  },
  {
    name: 'mtls_token_endpoint',
    member: 'mtlsTokenEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'The token endpoint for `tls_client_auth` (RFC 8705 §5).',
    keycloak: '`config.mtlsTokenUrl`',
  },
  {
    name: 'mtls_userinfo_endpoint',
    member: 'mtlsUserinfoEndpoint',
    kind: 'uri',
    standard: 'what discovery says',
    about: 'The user info endpoint for `tls_client_auth` (RFC 8705 §5).',
    keycloak: '`config.mtlsUserInfoUrl`',
  },
])
