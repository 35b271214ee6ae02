/** Tests of what token endpoints really send. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonValue, normaliseTokenAnswer, withoutTokens } from './normalise-answer.ts'

function answer(body: string, type = 'application/json', status = 200) {
  return normaliseTokenAnswer({ status, headers: { 'content-type': type }, body: Buffer.from(body) })
}

describe('a token answer, put in order (RFC 6749 §5.1, §5.2)', () => {
  const usual = { access_token: 'a', token_type: 'bearer' }

  it('is the same where nothing is odd, with every member that it knows nothing of', () => {
    assert.deepEqual(answer('{"access_token":"a","token_type":"Bearer","expires_in":60,"x":{"y":1}}'), {
      status: 200,
      json: { ...usual, token_type: 'Bearer', expires_in: 60, x: { y: 1 } },
    })
  })

  it('loses members that are no values: a null ID token, an expiry that is no number, a scope that is no text', () => {
    assert.deepEqual(answer('{"access_token":"a","id_token":null,"expires_in":"soon","scope":7,"refresh_token":""}'), {
      status: 200,
      json: usual,
    })
    assert.deepEqual(answer('{"access_token":"a","expires_in":-1}').json, usual)
    assert.equal(answer('{"access_token":"a","expires_in":"3600"}').json?.expires_in, 3600)
  })

  it('is read as a form where it says so or looks so, and never out of a page', () => {
    const form = 'application/x-www-form-urlencoded; charset=utf-8'
    assert.deepEqual(answer('access_token=a%20b&scope=x', form).json, { ...usual, access_token: 'a b', scope: 'x' })
    assert.deepEqual(answer('access_token=a&expires=9', 'text/plain').json, { ...usual, expires: '9' })
    assert.deepEqual(answer('<a href="?access_token=a">', 'text/html'), { status: 502 })
    assert.deepEqual(answer('access_token=<script>', 'text/html'), { status: 502 })
  })

  it('is an error wherever it says so, whatever its status', () => {
    for (const status of [200, 400, 401, 500])
      assert.deepEqual(answer('{"error":"invalid_grant"}', 'application/json', status), {
        status: 400,
        json: { error: 'invalid_grant' },
      })
    assert.deepEqual(answer('{"message":"no"}', 'application/json', 403), { status: 403, json: { message: 'no' } })
  })

  it('shows mappings everything but the tokens', () => {
    const json = {
      access_token: 'a',
      scope: 'x',
      bot: [{ id: 1, refresh_token: 'b' }],
      id_token: 'c',
      device_secret: 'd',
    }
    assert.deepEqual(withoutTokens(json), { scope: 'x', bot: [{ id: 1 }] })
  })

  it('is nothing when it is deeper than any honest answer', () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    assert.ok(Array.isArray(jsonValue(deep(50))))
    assert.equal(jsonValue(deep(52)), undefined)
    assert.equal(jsonValue(deep(100_000)), undefined)
  })
})
