/** Signing out: what we tell the upstream, and what it tells us. */

import { inSection, type SettingRow } from '../settings-row.ts'

export const LOGOUT_ROWS: readonly SettingRow[] = inSection('Sign-out, from us to it', [
  {
    name: 'logout_mode',
    member: 'logoutMode',
    kind: 'choice',
    choices: ['redirect', 'backchannel', 'none'],
    about:
      'Who signs out here signs out there: by way of the browser (RP-Initiated Logout), by a call of ours that is repeated until it arrives, or not at all.',
    keycloak: '`config.backchannelSupported` Backchannel logout',
    aurora: 'RP Initiated, Frontend Logout',
  },
  {
    name: 'logout_uri',
    member: 'logoutUri',
    kind: 'uri',
    standard: 'the end session endpoint',
    about: 'What is called for `backchannel`.',
    keycloak: '`config.logoutUrl` Logout URL',
    aurora: 'RP URL',
  },
  {
    name: 'logout_authorization',
    member: 'logoutAuthorization',
    kind: 'choice',
    choices: ['basic', 'bearer', 'none'],
    about:
      'The `Authorization` header of that call: our client id and secret, the access token of the person, or none.',
    aurora: 'Authorization method',
  },
  {
    name: 'logout_token_method',
    member: 'logoutTokenMethod',
    kind: 'choice',
    choices: ['form', 'json', 'none'],
    about: 'How the access token travels in the body of that call.',
    aurora: 'Token method',
  },
  {
    name: 'logout_token_parameter',
    member: 'logoutTokenParameter',
    kind: 'text',
    about:
      'Its name there. A name with `refresh` in it gets the refresh token instead, one with `id_token` the ID token (`refresh_token` signs out at Keycloak).',
    aurora: 'RP param name',
  },
  {
    name: 'logout_parameters',
    member: 'logoutParameters',
    kind: 'map',
    about:
      'Sent with the browser, or with the call: in the query of `logout_uri`, in the form of the end session endpoint.',
    aurora: 'RP Static Parameters, Frontend logout params',
  },
  {
    name: 'logout_pass_parameters',
    member: 'logoutPassParameters',
    kind: 'boolean',
    about: "The further parameters of the app's own sign-out request travel on.",
    aurora: 'RP Params passthrough',
  },
  {
    name: 'send_id_token_hint',
    member: 'sendIdTokenHint',
    kind: 'boolean',
    about: '`id_token_hint` is sent: the upstream knows whom it signs out.',
    keycloak: '`config.sendIdTokenOnLogout` Send id_token_hint in logout',
    aurora: 'Frontend logout URL (always)',
  },
  {
    name: 'send_client_id_on_logout',
    member: 'sendClientIdOnLogout',
    kind: 'boolean',
    about: '`client_id` is sent.',
    keycloak: '`config.sendClientIdOnLogout` Send client_id in logout',
  },
  {
    name: 'post_logout_redirect_parameter',
    member: 'postLogoutRedirectParameter',
    kind: 'text',
    about: 'The name under which the upstream wants `post_logout_redirect_uri`.',
    aurora: 'Alternate name for post_logout_redirect_uri',
  },
  {
    name: 'post_logout_redirect_uri',
    member: 'postLogoutRedirectUri',
    kind: 'uri',
    standard: 'our own `/broker/ALIAS/endpoint/logout_response`',
    about:
      'Where the upstream sends the browser afterwards. With another one than ours, people do not come back to the app.',
    aurora: 'Frontend logout URL, with its own post_logout_redirect_uri',
  },
])

export const INBOUND_LOGOUT_ROWS: readonly SettingRow[] = inSection('Sign-out, from it to us', [
  {
    name: 'backchannel_logout',
    member: 'backchannelLogout',
    kind: 'boolean',
    about:
      'Logout tokens of the upstream are accepted at `/broker/ALIAS/backchannel-logout` (OIDC Back-Channel Logout §2.5).',
    keycloak: 'always on, at `/protocol/openid-connect/logout/backchannel-logout`',
  },
  {
    name: 'frontchannel_logout',
    member: 'frontchannelLogout',
    kind: 'boolean',
    about: 'Browsers that come to `/broker/ALIAS/logout` are signed out (OIDC Front-Channel Logout §2).',
    aurora: 'OP enabled',
  },
  {
    name: 'frontchannel_logout_frame_ancestors',
    member: 'frontchannelLogoutFrameAncestors',
    kind: 'list',
    about: 'Origins that may show that URL in an iframe.',
    aurora: 'OP allow iframe, OP iframe redirect url',
  },
  {
    name: 'frontchannel_logout_redirect_uri',
    member: 'frontchannelLogoutRedirectUri',
    kind: 'uri',
    standard: 'a page of ours',
    about: 'Where people go who were sent to that URL.',
    aurora: 'OP URL',
  },
])
