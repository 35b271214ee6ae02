/** Tests of what a consent is about. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { anAuthorizationRequest } from '../../../test/support/builders.ts'
import { claimsBeyondScopes, consentItems } from './consent-items.ts'

it('names scopes, the claims that none of them brings, and APIs, each once (OIDC Core §5.5, RFC 8707)', () => {
  const request = anAuthorizationRequest({
    scopes: ['openid', 'email'],
    claims: {
      userinfo: { email: {}, birthdate: {}, name: {} },
      idToken: { birthdate: {}, acr: {}, sub: {}, auth_time: {} },
    },
    resources: ['https://api.example.org'],
  })
  assert.deepEqual(claimsBeyondScopes(request), ['birthdate', 'name'])
  assert.deepEqual(consentItems(request), [
    'openid',
    'email',
    'claim birthdate',
    'claim name',
    'resource https://api.example.org',
  ])
})

it('gives no scope the name of a claim or of an API (RFC 6749 §3.3)', () => {
  const asked = { scopes: ['claim:birthdate', 'resource:https://api.example.org'] }
  const wanted = { scopes: [], claims: { userinfo: { birthdate: {} } }, resources: ['https://api.example.org'] }
  const allowed = consentItems(anAuthorizationRequest(asked))
  assert.ok(consentItems(anAuthorizationRequest(wanted)).every(item => item.includes(' ') && !allowed.includes(item)))
})
