/** ID tokens and what comes with them, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { SigningAlgorithm } from '../../src/spec/jws.ts'
import { assertGolden } from '../support/golden.ts'
import { codeFor, exchange, headerOf, payloadOf, tokensFor } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const EVERY_SCOPE = 'openid profile email groups address phone offline_access'

describe('ID tokens, on the wire', () => {
  let app: RunningApp
  let by: Registered
  let browser: HandBrowser
  let subject: string

  before(async () => {
    app = await startApp()
    by = await app.register()
    const account = await app.enrol()
    subject = account.subject
    browser = await app.browser(account)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const now = (): number => Math.floor(Date.now() / 1000)

  it('(7) says who issued it, to whom, about whom, and when, in seconds (OIDC Core §2)', async () => {
    const before = now()
    const { id_token } = await tokensFor(app, browser, by, { nonce: 'n-0S6_WzA2Mj', max_age: '10000' })
    const claims = payloadOf(id_token)
    assert.equal(claims.iss, app.issuer)
    assert.deepEqual(claims.aud, [by.client.clientId])
    assert.equal(claims.azp, by.client.clientId)
    assert.equal(claims.sub, subject)
    const [iat, exp, authTime] = [Number(claims.iat), Number(claims.exp), Number(claims.auth_time)]
    assert.ok(Number.isInteger(iat) && iat >= before && iat <= now(), `iat ${iat}`)
    assert.equal(exp - iat, 3600)
    assert.ok(Number.isInteger(authTime) && authTime <= iat && authTime > iat - 60, `auth_time ${authTime}`)
  })

  it('(7) echoes the nonce exactly, and has none when none was sent (OIDC Core §3.1.2.1)', async () => {
    for (const nonce of ['n-0S6_WzA2Mj', 'ä ö+%2F"<&>', 'x'.repeat(500), '0']) {
      assert.equal(payloadOf((await tokensFor(app, browser, by, { nonce })).id_token).nonce, nonce)
    }
    assert.ok(!('nonce' in payloadOf((await tokensFor(app, browser, by)).id_token)))
    // RFC 6749 §3.1: a parameter without a value is as if it were not there.
    assert.ok(!('nonce' in payloadOf((await tokensFor(app, browser, by, { nonce: '' })).id_token)))
  })

  for (const alg of ['RS256', 'ES256', 'EdDSA'] as const satisfies readonly SigningAlgorithm[]) {
    it(`(8) is signed with ${alg} by the one key of the JWKS that its kid names (OIDC Core §2)`, async () => {
      const signing = await app.register({ idTokenSignedResponseAlg: alg })
      const { id_token } = await tokensFor(app, browser, signing)
      const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`))
      const { protectedHeader } = await jwtVerify(id_token, keys, {
        issuer: app.issuer,
        audience: signing.client.clientId,
        algorithms: [alg],
      })
      assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ'])
    })

    it(`(9) has an at_hash that fits, by the hash of ${alg} (OIDC Core §3.1.3.6)`, async () => {
      const { id_token, access_token } = await tokensFor(
        app,
        browser,
        await app.register({ idTokenSignedResponseAlg: alg }),
      )
      const digest = hash(alg === 'EdDSA' ? 'sha512' : 'sha256', access_token, 'buffer')
      assert.equal(payloadOf(id_token).at_hash, digest.subarray(0, digest.length / 2).toString('base64url'))
    })
  }

  it('(8) is signed with RS256 when the client says nothing else (OIDC Core §15.1)', async () => {
    assert.equal(headerOf((await tokensFor(app, browser, by)).id_token).alg, 'RS256')
  })

  it('(10) carries no claim about the person: those are for user info (OIDC Core §5.4)', async () => {
    const claims = payloadOf((await tokensFor(app, browser, by, { scope: EVERY_SCOPE })).id_token)
    for (const name of ['name', 'email', 'email_verified', 'groups', 'address', 'phone_number', 'preferred_username']) {
      assert.ok(!(name in claims), name)
    }
  })

  it('(7–10) looks on the wire as it did: golden', async () => {
    const sign = async (nonce?: string) =>
      payloadOf((await tokensFor(app, browser, by, { scope: EVERY_SCOPE, nonce })).id_token)
    const replaced = Object.fromEntries(
      ['iss', 'sub', 'aud', 'azp', 'exp', 'iat', 'auth_time', 'rat', 'jti', 'sid', 'at_hash'].map(name => [
        name,
        `<${name}>`,
      ]),
    )
    assertGolden('id-token', await sign(), replaced)
    assertGolden('id-token-with-nonce', await sign('a nonce'), replaced)
  })

  it('(11) makes codes and tokens that nobody guesses: 256 bits of a keyed hash each (RFC 6749 §10.10)', async () => {
    const seen = new Set<string>()
    for (let count = 0; count < 20; count++) {
      const code = await codeFor(browser, by.client, { scope: 'openid offline_access' })
      const { access_token, refresh_token } = await exchange(app, by, code)
      for (const token of [code, access_token, refresh_token]) {
        assert.match(token, /^[\w-]{43,}$/)
        assert.ok(entropyBits(token) >= 96, `${entropyBits(token)} bits in ${token.length} characters`)
        // What can be known of it beforehand (kind, id, times) is not what keeps it: the last 32 bytes are a MAC.
        seen.add(Buffer.from(token, 'base64url').subarray(-32).toString('hex'))
      }
    }
    assert.equal(seen.size, 60)
  })

  it('(11) says how long the access token is good for (RFC 6749 §5.1)', async () => {
    const tokens = await tokensFor(app, browser, by)
    assert.equal(tokens.expires_in, 3600)
    assert.equal(tokens.token_type, 'Bearer')
    assert.equal(tokens.scope, 'openid')
  })
})

/** Shannon entropy of a text as the certification suite reckons it. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let perCharacter = 0
  for (const count of counts.values()) perCharacter -= (count / text.length) * Math.log2(count / text.length)
  return perCharacter * text.length
}
