/** Tests of how clients present their credentials. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bearerChallenge, parseBearerToken } from './bearer-token.ts'
import { parseClientCredentials } from './client-credentials.ts'
import { parseParams } from './params.ts'
import { isRefusal, refuse } from './refusal.ts'

function params(text: string) {
  const parsed = parseParams(text)
  assert.ok(!isRefusal(parsed))
  return parsed
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

describe('client credentials (RFC 6749 §2.3.1)', () => {
  it('read client_secret_basic, form-urlencoded inside', () => {
    assert.deepEqual(parseClientCredentials(basic('my%20app:p%3Aw%2Bd'), params('')), {
      method: 'client_secret_basic',
      clientId: 'my app',
      secret: 'p:w+d',
    })
  })

  it('take everything after the first colon as the secret', () => {
    assert.deepEqual(parseClientCredentials(basic('app:a:b'), params('')), {
      method: 'client_secret_basic',
      clientId: 'app',
      secret: 'a:b',
    })
  })

  it('read client_secret_post, and a public client by its client_id', () => {
    assert.deepEqual(parseClientCredentials(undefined, params('client_id=a&client_secret=s')), {
      method: 'client_secret_post',
      clientId: 'a',
      secret: 's',
    })
    assert.deepEqual(parseClientCredentials(undefined, params('client_id=a')), { method: 'none', clientId: 'a' })
  })

  it('allow the same client_id beside the header', () => {
    assert.ok(!isRefusal(parseClientCredentials(basic('app:s'), params('client_id=app'))))
  })

  const rows: [string, string | undefined, string, string][] = [
    ['nothing at all', undefined, '', 'invalid_client'],
    ['a header that is no Basic', 'Bearer abc', '', 'invalid_client'],
    ['a Basic without a colon', basic('app'), '', 'invalid_client'],
    ['a Basic without a name', basic(':s'), '', 'invalid_client'],
    ['two methods (§2.3)', basic('app:s'), 'client_secret=s', 'invalid_request'],
    ['two clients', basic('app:s'), 'client_id=other', 'invalid_request'],
    ['an assertion', undefined, 'client_id=a&client_assertion=x', 'invalid_client'],
  ]
  for (const [what, header, body, error] of rows) {
    it(`refuse ${what}`, () => {
      const result = parseClientCredentials(header, params(body))
      assert.ok(isRefusal(result) && result.error === error)
    })
  }
})

describe('bearer tokens (RFC 6750)', () => {
  it('come in the header, whatever its case, or in the form (§2.1, §2.2)', () => {
    assert.equal(parseBearerToken('Bearer abc', undefined), 'abc')
    assert.equal(parseBearerToken('bearer abc==', params('')), 'abc==')
    assert.equal(parseBearerToken(undefined, params('access_token=abc')), 'abc')
    assert.equal(parseBearerToken(undefined, undefined), undefined)
  })

  it('refuse two tokens and other schemes (§2)', () => {
    assert.ok(isRefusal(parseBearerToken('Bearer abc', params('access_token=abc'))))
    assert.ok(isRefusal(parseBearerToken('Basic abc', undefined)))
    assert.ok(isRefusal(parseBearerToken('Bearer a b', undefined)))
  })

  it('are asked for without an error when none was sent (§3.1)', () => {
    assert.equal(bearerChallenge(undefined), 'Bearer')
    assert.equal(
      bearerChallenge(refuse('invalid_token', 'the access token has expired', 'r')),
      'Bearer error="invalid_token", error_description="the access token has expired"',
    )
  })
})
