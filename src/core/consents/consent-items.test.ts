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
    'claim:birthdate',
    'claim:name',
    'resource:https://api.example.org',
  ])
})
