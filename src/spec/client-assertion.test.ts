/** Tests of client assertions: their claims. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AssertionExpectations, checkClientAssertion, LEEWAY, LONGEST_LIFE } from './client-assertion.ts'
import { isRefusal } from './refusal.ts'

const NOW = 1_772_366_400
const ISSUER = 'https://id.example.org'

const expected = (changes: Partial<AssertionExpectations> = {}): AssertionExpectations => ({
  clientId: 'app',
  audiences: [ISSUER, `${ISSUER}/token`, `${ISSUER}/par`],
  isIssuerOnly: false,
  now: NOW,
  ...changes,
})

const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  iss: 'app',
  sub: 'app',
  aud: ISSUER,
  exp: NOW + 60,
  jti: 'one',
  ...changes,
})

/** The rule that is broken; nothing when all hold. */
const broken = (changes: Readonly<Record<string, unknown>>, how = expected()): string | undefined => {
  const checked = checkClientAssertion(claims(changes), how)
  if (!isRefusal(checked)) return undefined
  assert.deepEqual([checked.error, checked.description], ['invalid_client', 'client authentication failed'])
  return checked.rule
}

describe('client assertions (RFC 7523 §3, OIDC Core §9)', () => {
  it('are remembered until they are no longer accepted', () => {
    assert.deepEqual(checkClientAssertion(claims(), expected()), { jti: 'one', usableUntil: NOW + 60 + LEEWAY })
    const odd = checkClientAssertion(claims({ exp: NOW + 0.5 }), expected())
    assert.deepEqual(odd, { jti: 'one', usableUntil: NOW + 1 + LEEWAY })
  })

  it('are for the issuer, the token endpoint or the endpoint that is called (RFC 9126 §2), and for nobody else', () => {
    for (const aud of [ISSUER, `${ISSUER}/token`, `${ISSUER}/par`, [ISSUER], [`${ISSUER}/par`, ISSUER]])
      assert.equal(broken({ aud }), undefined)
    for (const aud of [undefined, '', `${ISSUER}/`, [], [ISSUER, 'https://other.example'], [[ISSUER]], { 0: ISSUER }])
      assert.match(broken({ aud }) ?? '', /aud is this server/)
  })

  it('are for the issuer alone, as text, where the profile says so (FAPI 2.0 §5.3.2.1)', () => {
    const strict = expected({ isIssuerOnly: true })
    assert.equal(broken({ aud: ISSUER }, strict), undefined)
    for (const aud of [[ISSUER], `${ISSUER}/token`]) assert.match(broken({ aud }, strict) ?? '', /aud/)
  })

  it('bear with clocks that run 10 s fast, and not with those that run 60 s fast (FAPI 2.0 §5.3.2.1)', () => {
    for (const member of ['iat', 'nbf']) {
      assert.equal(broken({ [member]: NOW + 10 }), undefined)
      assert.match(broken({ [member]: NOW + 61 }) ?? '', new RegExp(member))
    }
  })

  it('end, and not in a day', () => {
    assert.equal(broken({ exp: NOW - LEEWAY + 1 }), undefined)
    assert.match(broken({ exp: NOW - LEEWAY }) ?? '', /exp has not passed/)
    assert.equal(broken({ exp: NOW + LONGEST_LIFE }), undefined)
    assert.match(broken({ exp: NOW + LONGEST_LIFE + LEEWAY + 1 }) ?? '', /unreasonably far/)
    for (const exp of [undefined, null, 'soon', Number.NaN]) assert.match(broken({ exp }) ?? '', /exp is required/)
  })

  it('are by the client about itself, and have an identifier', () => {
    for (const changes of [{ iss: 'other' }, { sub: 'other' }, { iss: undefined }, { sub: ['app'] }])
      assert.match(broken(changes) ?? '', /iss and sub/)
    for (const jti of [undefined, '', 7, 'x'.repeat(501)]) assert.match(broken({ jti }) ?? '', /jti is required/)
  })
})
