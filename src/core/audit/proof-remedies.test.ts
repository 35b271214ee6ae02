/** Tests of the remedies for what apps prove with keys: the facts of the refusals are in them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkClientAssertion } from '../../spec/client-assertion.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { findRemedy } from './remedies.ts'

const NOW = 1_772_366_400
const AT = '2026-03-01T12:00:00.000Z'
const ISSUER = 'https://id.example.org'

function remedyFor(changes: Readonly<Record<string, unknown>>) {
  const claims = { iss: 'app', sub: 'app', aud: ISSUER, exp: NOW + 60, jti: 'x', ...changes }
  const expected = { clientId: 'app', audiences: [ISSUER, `${ISSUER}/token`], isIssuerOnly: false, now: NOW }
  const refusal = checkClientAssertion(claims, expected)
  assert.ok(isRefusal(refusal))
  return findRemedy({ rule: refusal.rule, facts: { ...refusal.facts, client_id: 'app' }, at: AT })
}

describe('remedies for client assertions', () => {
  it('say whom the assertion was for, and what is accepted', () => {
    const remedy = remedyFor({ aud: 'https://other.example' })
    const accepted = `${ISSUER}, ${ISSUER}/token`
    assert.equal(remedy?.why, `The assertion of the app app is for https://other.example; accepted: ${accepted}.`)
    assert.deepEqual(remedy?.commands, ['sallyport client show app'])
  })

  it('show both clocks', () => {
    const why = remedyFor({ exp: NOW - 300 })?.why
    assert.equal(
      why,
      'The assertion of the app app expired 2026-03-01T11:55:00.000Z, here it was 2026-03-01T12:00:00.000Z.',
    )
    assert.match(remedyFor({ iat: NOW + 600 })?.why ?? '', /made at 2026-03-01T12:10:00\.000Z, here it was/)
  })

  it('do not stumble over times that no calendar has', () => {
    assert.match(remedyFor({ exp: 1e300 })?.why ?? '', /no time/)
  })
})
