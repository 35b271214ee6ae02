/** Tests of what passes for an access token: the servers of this world write different things into theirs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../core/clients/client.ts'
import { checkAccessTokenType } from './check-type.ts'

type Token = readonly [what: string, header: JsonObject, claims: JsonObject]

describe('the type of an access token (RFC 8725 §3.11, RFC 9068 §2.1)', () => {
  const ruleFor = ([, header, claims]: Token, checkTokenType = true): string | undefined =>
    checkAccessTokenType({ checkTokenType }, header, claims)?.rule

  const taken: readonly Token[] = [
    ['of RFC 9068', { typ: 'at+jwt' }, {}],
    ['of RFC 9068 with the whole type', { typ: 'application/AT+JWT' }, {}],
    ['of Keycloak', { typ: 'JWT' }, { typ: 'Bearer', azp: 'us', aud: 'account' }],
    ['of older Keycloaks, with the nonce', { typ: 'JWT' }, { typ: 'Bearer', azp: 'us', nonce: 'n' }],
    ['of Keycloak with DPoP', { typ: 'JWT' }, { typ: 'DPoP', azp: 'us' }],
    ['of Entra', { typ: 'JWT' }, { aud: 'api://orders', azp: 'us', scp: 'Orders.Read' }],
    ['of Okta', {}, { aud: 'api://default', cid: 'us', scp: ['openid'] }],
    ['of Auth0', { typ: 'JWT' }, { aud: ['https://api.example'], azp: 'us', scope: 'openid' }],
    ['of Cognito', {}, { token_use: 'access', client_id: 'us', scope: 'openid' }],
  ]
  for (const token of taken)
    it(`${token[0]}: taken`, () => {
      assert.equal(ruleFor(token), undefined)
    })

  const refused: readonly Token[] = [
    ['an ID token', { typ: 'JWT' }, { aud: 'us', nonce: 'n', auth_time: 1 }],
    ['an ID token without nonce', { typ: 'JWT' }, { aud: 'us', auth_time: 1 }],
    ['an ID token with the scopes', { typ: 'JWT' }, { aud: 'us', nonce: 'n', scope: 'openid' }],
    ['an ID token with the hash of an access token', {}, { aud: 'us', at_hash: 'h', scp: 'openid' }],
    ['an ID token of Keycloak', { typ: 'JWT' }, { typ: 'ID', azp: 'us', scope: 'openid' }],
    ['an ID token of Cognito', {}, { token_use: 'id', aud: 'us', client_id: 'us' }],
    ['a refresh token of Keycloak', { typ: 'JWT' }, { typ: 'Refresh', azp: 'us', scope: 'openid' }],
    ['a logout token', { typ: 'logout+jwt' }, { scope: 'openid' }],
    ['a logout token that says only JWT', { typ: 'JWT' }, { aud: 'us', events: {}, sid: 's', scope: 'openid' }],
    ['a type that is no text', { typ: ['at+jwt'] }, { scope: 'openid' }],
    ['a claim typ that is no text', { typ: 'JWT' }, { typ: ['Bearer'], scope: 'openid' }],
    ['claims of nothing', {}, {}],
    ['scopes that are none', { typ: 'JWT' }, { scope: null }],
  ]
  for (const token of refused)
    it(`${token[0]}: refused, unless nobody looks (check_token_type)`, () => {
      assert.equal(ruleFor(token), 'RFC 8725 §3.11 typ of the upstream')
      assert.equal(ruleFor(token, false), undefined)
    })
})
