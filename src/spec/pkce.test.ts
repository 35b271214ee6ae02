/** Tests of PKCE. The S256 example is the one of RFC 7636 Appendix B. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkVerifier, parseCodeChallenge } from './pkce.ts'
import { isRefusal, type Refusal } from './refusal.ts'

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const STRICT = { requirePkce: true, allowPlainPkce: false }
const LOOSE = { requirePkce: false, allowPlainPkce: true }

describe('code challenges (RFC 7636)', () => {
  it('takes S256 (§4.3)', () => {
    assert.deepEqual(parseCodeChallenge(CHALLENGE, 'S256', STRICT), {
      codeChallenge: CHALLENGE,
      codeChallengeMethod: 'S256',
    })
  })

  it('takes a missing method as plain, where plain is allowed (§4.3)', () => {
    assert.deepEqual(parseCodeChallenge(VERIFIER, undefined, LOOSE), {
      codeChallenge: VERIFIER,
      codeChallengeMethod: 'plain',
    })
  })

  it('needs no challenge where the client need not send one', () => {
    assert.equal(parseCodeChallenge(undefined, undefined, LOOSE), undefined)
  })

  for (const [why, challenge, method, rules] of [
    ['a missing challenge where it is required (§4.4.1)', undefined, undefined, STRICT],
    ['a method without a challenge (§4.3)', undefined, 'S256', LOOSE],
    ['plain where it is not allowed (§4.4.1)', VERIFIER, undefined, STRICT],
    ['an unknown method (§4.4.1)', CHALLENGE, 'S512', LOOSE],
    ['a challenge that is too short (§4.2)', 'short', 'S256', LOOSE],
    ['a challenge with other characters (§4.2)', `${CHALLENGE}+`, 'S256', LOOSE],
  ] as const) {
    it(`refuses ${why}`, () => {
      const result = parseCodeChallenge(challenge, method, rules)
      assert.ok(isRefusal(result))
      assert.equal(result.error, 'invalid_request')
    })
  }
})

describe('code verifiers (RFC 7636 §4.1, §4.6)', () => {
  it('accepts the verifier of the challenge', () => {
    assert.equal(checkVerifier(CHALLENGE, 'S256', VERIFIER), undefined)
    assert.equal(checkVerifier(VERIFIER, 'plain', VERIFIER), undefined)
    assert.equal(checkVerifier(undefined, undefined, undefined), undefined)
  })

  for (const [why, challenge, method, verifier] of [
    ['a missing verifier', CHALLENGE, 'S256', undefined],
    ['another verifier', CHALLENGE, 'S256', VERIFIER.replace('d', 'e')],
    ['the challenge itself as the verifier', CHALLENGE, 'S256', CHALLENGE],
    ['a verifier of wrong length', CHALLENGE, 'S256', 'short'],
    ['a verifier though there was no challenge (RFC 9700 §2.1.1)', undefined, undefined, VERIFIER],
  ] as const) {
    it(`refuses ${why}`, () => {
      assert.equal((checkVerifier(challenge, method, verifier) as Refusal).error, 'invalid_grant')
    })
  }
})
