/** Tests of authorization responses: what goes back, and where in the URI it stands. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { authorizationResponse, errorParams } from './authorization-response.ts'
import { restoreVerifiedRedirectUri } from './redirect-uri.ts'

const uri = restoreVerifiedRedirectUri('https://app.example.org/cb?a=b')

describe('authorization responses', () => {
  it("keeps the registered URI's query and adds what is sent (RFC 6749 §3.1.2)", () => {
    const response = authorizationResponse(uri, 'query', [
      ['code', 'CODE'],
      ['state', '-._~ä"'],
      ['nothing', undefined],
    ])
    assert.ok(response.kind === 'redirect')
    assert.deepEqual(Object.fromEntries(new URL(response.location).searchParams), {
      a: 'b',
      code: 'CODE',
      state: '-._~ä"',
    })
  })

  it('describes errors in printable ASCII (RFC 6749 §4.1.2.1)', () => {
    assert.deepEqual(errorParams({ error: 'invalid_scope', description: 'bad "ö"\n' }), [
      ['error', 'invalid_scope'],
      ['error_description', 'bad ????'],
    ])
  })
})
