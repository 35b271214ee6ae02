/** The settings of an OIDC/OAuth provider in Khoros Aurora, by section and label, and what becomes of each. */

import type { JsonObject } from '../../clients/client.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isObject, isTrue, ownValue, textOf, textsOf } from '../values.ts'

const EMPTY: Taken = { outcome: 'ignored', why: 'empty' }

const text = (setting: string, field: string, why?: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  ...(why === undefined ? {} : { why }),
  take: value => (textOf(value) === undefined ? EMPTY : { fields: { [field]: textOf(value) } }),
})

const map = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => (isObject(value) && Object.keys(value).length > 0 ? { fields: { [field]: texts(value) } } : EMPTY),
})

const boolean = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => ({ fields: { [field]: isOn(value) } }),
})

function texts(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, `${one ?? ''}`]))
}

/** Switches of a settings page. */
export function isOn(value: unknown): boolean {
  return isTrue(value) || /^(?:on|yes|enabled)$/i.test(textOf(value) ?? '')
}

const AUTH_METHODS: Readonly<Record<string, string>> = {
  client_secret_base: 'client_secret_basic',
  client_secret_basic: 'client_secret_basic',
  client_secret_post: 'client_secret_post',
  none: 'none',
}

const MAPPINGS: SourceRow = {
  setting: 'claim mapping',
  older: ['add claim mapping', 'claim mappings'],
  outcome: 'mapped',
  field: 'mappings',
  why: 'Attribute of the community: claim. One list for what the token and the user info say.',
  take: () => ({}),
}

/** By the labels in lower case, without what stands in brackets. */
export const KHOROS_SECTIONS: Readonly<Record<string, readonly SourceRow[]>> = {
  'provider information': [
    text('name', 'display_name'),
    {
      setting: 'id',
      outcome: 'mapped',
      field: 'alias',
      why: 'In small letters: it is part of our URLs.',
      take: () => ({}),
    },
    text('client id', 'client_id'),
    text(
      'client secret',
      'client_secret',
      '`${env.NAME}`, `${file:PATH}` and `${vault.NAME}` name a place where it is read.',
    ),
  ],
  authorization: [
    text('url', 'authorization_endpoint'),
    { setting: 'response type', outcome: 'ignored', why: 'Always `code`, which is the only one there, too.' },
    {
      setting: 'scope',
      outcome: 'mapped',
      field: 'scopes',
      take: value => ({
        fields: {
          scopes: textsOf(value)
            .flatMap(one => one.split(/[\s,]+/))
            .filter(one => one !== '')
            .join(' '),
        },
      }),
    },
    { ...map('static parameters', 'authorization_parameters'), older: ['add static parameters'] },
    {
      setting: 'persist parameters',
      outcome: 'mapped',
      field: 'persist_parameters',
      take: value => (isOn(value) ? { fields: { persist_parameters: ['*'] } } : { outcome: 'ignored', why: 'off' }),
    },
    {
      setting: 'enable pkce',
      outcome: 'mapped',
      field: 'pkce_method',
      why: 'S256, or off. Try it without this line: most providers understand PKCE.',
      take: value => ({ fields: { pkce_method: isOn(value) ? 'S256' : 'off' } }),
    },
  ],
  token: [
    text('url', 'token_endpoint'),
    {
      setting: 'client auth method',
      outcome: 'mapped',
      field: 'client_auth_method',
      take: value => {
        const method = ownValue(AUTH_METHODS, (textOf(value) ?? '').toLowerCase())
        return method === undefined
          ? { outcome: 'no-equivalent', why: 'is none of client_secret_base, client_secret_post and none' }
          : { fields: { client_auth_method: method } }
      },
    },
    { ...map('static parameter', 'token_parameters'), older: ['static parameters'] },
    map('header parameters', 'token_headers'),
    MAPPINGS,
  ],
  'jwt options': [
    {
      setting: 'audience override',
      outcome: 'mapped',
      field: 'audience',
      take: value => (textOf(value) === undefined ? EMPTY : { fields: { audience: textsOf(value) } }),
    },
    text('issuer', 'issuer'),
    text('jwks uri', 'jwks_uri'),
    {
      ...boolean('disable jwt validation', 'disable_jwt_validation'),
      why: 'For testing only: with it, anybody can sign in as anybody.',
    },
  ],
  'user info': [
    text('url', 'userinfo_endpoint'),
    {
      setting: 'use post request',
      outcome: 'mapped',
      field: 'userinfo_method',
      take: value => ({ fields: { userinfo_method: isOn(value) ? 'POST' : 'GET' } }),
    },
    map('static parameters', 'userinfo_parameters'),
    map('header parameters', 'userinfo_headers'),
    MAPPINGS,
  ],
  'rp initiated': [
    {
      setting: 'rp url',
      outcome: 'mapped',
      field: 'logout_uri',
      why: 'A call of ours, repeated until it arrives.',
      take: value =>
        textOf(value) === undefined ? EMPTY : { fields: { logout_mode: 'backchannel', logout_uri: value } },
    },
    {
      setting: 'authorization method',
      outcome: 'mapped',
      field: 'logout_authorization',
      take: value => oneOf(value, { basic: 'basic', bearer: 'bearer', none: 'none' }, 'logout_authorization'),
    },
    {
      setting: 'token method',
      outcome: 'mapped',
      field: 'logout_token_method',
      take: value =>
        textOf(value) === undefined
          ? { fields: { logout_token_method: 'none' } }
          : oneOf(value, { 'form url encoded body': 'form', 'json body': 'json', none: 'none' }, 'logout_token_method'),
    },
    text('rp param name', 'logout_token_parameter'),
    boolean('rp params passthrough', 'logout_pass_parameters'),
    map('static parameters', 'logout_parameters'),
  ],
  'op initiated': [
    boolean('op enabled', 'frontchannel_logout'),
    {
      setting: 'op allow iframe',
      outcome: 'mapped',
      field: 'frontchannel_logout_frame_ancestors',
      why: 'The origins of OP iframe redirect url; without one, nobody may show it in an iframe.',
      take: () => ({}),
    },
    text('op url', 'frontchannel_logout_redirect_uri'),
    {
      setting: 'op iframe redirect url',
      outcome: 'mapped',
      field: 'frontchannel_logout_frame_ancestors',
      take: (value, { 'op allow iframe': allowed }) => {
        const origins = textsOf(value)
          .flatMap(one => one.split(/[\s,]+/))
          .filter(one => one !== '')
        if (origins.length === 0) return EMPTY
        return allowed !== undefined && !isOn(allowed)
          ? { outcome: 'ignored', why: 'OP allow iframe is off' }
          : { fields: { frontchannel_logout_frame_ancestors: origins.map(originOf) } }
      },
    },
  ],
  'frontend logout': [
    {
      setting: 'frontend logout url',
      outcome: 'mapped',
      field: 'end_session_endpoint',
      why: 'The browser goes there; id_token_hint is sent.',
      take: value => (textOf(value) === undefined ? EMPTY : { fields: { end_session_endpoint: value } }),
    },
    map('frontend logout params', 'logout_parameters'),
    text('alternate name for post_logout_redirect_uri', 'post_logout_redirect_parameter'),
  ],
  advanced: [text('redirect uri override', 'redirect_uri_override')],
}

function oneOf(value: unknown, names: Readonly<Record<string, string>>, field: string): Taken {
  const name = (textOf(value) ?? '').toLowerCase()
  if (name === '') return EMPTY
  return Object.hasOwn(names, name)
    ? { fields: { [field]: names[name] } }
    : { outcome: 'no-equivalent', why: `is none of ${Object.keys(names).join(', ')}` }
}

/** Ancestors of a frame are origins. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
