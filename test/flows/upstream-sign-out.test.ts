/** Sign-out between us and an upstream: its logout tokens, our calls to it, and the way of the browser. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogoutCall } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { oddRoom } from '../support/upstreams/odd-room.ts'
import type { OddJwt } from '../support/upstreams/odd-upstream.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

describe('sign-out at an upstream', () => {
  const room = oddRoom()

  const now = (): number => Math.floor(Date.now() / 1000)

  it('(46) a logout token says who is signed out; what else stands in it is ignored (OIDC Back-Channel Logout §2.6)', async () => {
    const token = await room.odd.logoutToken({
      claims: { further: 'member', events: { [EVENT]: { more: 1 }, 'urn:other': {} } },
    })
    const claims = await room.party.verifyLogoutToken(room.upstream, token)
    assert.ok(!isRefusal(claims), JSON.stringify(claims))
    assert.deepEqual([claims.sub, claims.sid], ['ada', 'session-1'])
    assert.ok(claims.jti.startsWith('jti-'))
    assert.ok(claims.expiresAt.getTime() > Date.now() + 200_000)
    for (const claims of [{ sub: undefined }, { sid: undefined }, { exp: undefined }])
      assert.ok(!isRefusal(await room.party.verifyLogoutToken(room.upstream, await room.odd.logoutToken({ claims }))))
    assert.ok(
      !isRefusal(
        await room.party.verifyLogoutToken(room.upstream, await room.odd.logoutToken({ header: { typ: undefined } })),
      ),
    )
  })

  const bad: readonly [what: string, token: () => OddJwt][] = [
    ['without a signature (alg none)', () => ({ signer: 'none' })],
    ['with an algorithm that was not agreed on', () => ({ signer: 'secret' })],
    ['signed by a stranger', () => ({ signer: 'stranger' })],
    ['of another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['for another app', () => ({ claims: { aud: 'somebody-else' } })],
    ['without iat', () => ({ claims: { iat: undefined } })],
    ['that is old', () => ({ claims: { iat: now() - 3600, exp: now() + 3600 } })],
    ['that is over', () => ({ claims: { exp: now() - 60 } })],
    ['without events', () => ({ claims: { events: undefined } })],
    ['with another event', () => ({ claims: { events: { 'urn:other': {} } } })],
    ['with an event that is no object', () => ({ claims: { events: { [EVENT]: true } } })],
    ['with events as a list', () => ({ claims: { events: [EVENT] } })],
    ['with a nonce', () => ({ claims: { nonce: 'x' } })],
    ['about nobody', () => ({ claims: { sub: undefined, sid: undefined } })],
    ['with a sub that is no text', () => ({ claims: { sub: 7 } })],
    ['without jti', () => ({ claims: { jti: undefined } })],
    ['with a jti that no database keeps', () => ({ claims: { jti: 'a\0' } })],
    ['with a sid that no database keeps', () => ({ claims: { sid: 'a\0' } })],
    ['with a sub that is half a character', () => ({ claims: { sub: 'a\ud800' } })],
    ['that says it is an access token', () => ({ header: { typ: 'at+jwt' } })],
  ]
  for (const [what, token] of bad)
    it(`(46) a logout token ${what} is refused (OIDC Back-Channel Logout §2.6)`, async () => {
      const result = await room.party.verifyLogoutToken(room.upstream, await room.odd.logoutToken(token()))
      assert.ok(isRefusal(result))
      assert.equal(result.error, 'invalid_request')
    })

  it('(46) what is no token at all is refused', async () => {
    for (const text of ['', 'x', 'a.b.c', 'a.b.c.d.e', '..', 'x'.repeat(300_000)])
      assert.ok(isRefusal(await room.party.verifyLogoutToken(room.upstream, text)))
  })

  const tokens: LogoutCall = {
    idToken: 'an-id-token',
    accessToken: 'an-access-token',
    refreshToken: 'a-refresh-token',
    further: [],
  }

  async function call(changes: Partial<Upstream>, said: Partial<LogoutCall> = {}) {
    const refusal = await room.party.callLogout({ ...room.upstream, ...changes }, { ...tokens, ...said })
    return { refusal, request: room.odd.last('/logout') ?? assert.fail('not asked') }
  }

  it('the end session endpoint is called with everything in the body (RP-Initiated Logout §2)', async () => {
    const { refusal, request } = await call({
      sendClientIdOnLogout: true,
      logoutTokenMethod: 'none',
      logoutParameters: { tenant: 'blue' },
    })
    assert.equal(refusal, undefined)
    assert.deepEqual([request.method, request.query.size, request.headers.authorization], ['POST', 0, undefined])
    assert.equal(request.body, 'id_token_hint=an-id-token&client_id=sallyport&tenant=blue')
  })

  it('a sign-out URL of its own gets the token as it wants it', async () => {
    const own = { logoutUri: `${room.odd.issuer}/logout?a=1`, sendIdTokenHint: false }
    const further = [
      ['lang', 'de'],
      ['client_id', 'x'],
      ['token', 'x'],
    ] as const
    const form = await call({ ...own, logoutAuthorization: 'basic', logoutParameters: { b: '2' } }, { further })
    assert.equal(form.request.body, 'token=an-access-token')
    assert.equal(form.request.query.toString(), 'a=1&b=2&lang=de')
    assert.match(form.request.headers.authorization ?? '', /^Basic /)
    const json = await call({ ...own, logoutTokenMethod: 'json', logoutTokenParameter: 'refresh_token' })
    assert.deepEqual(JSON.parse(json.request.body), { refresh_token: 'a-refresh-token' })
    assert.equal(json.request.headers['content-type'], 'application/json')
    const bearer = await call({ ...own, logoutAuthorization: 'bearer', logoutTokenMethod: 'none' })
    assert.deepEqual([bearer.request.headers.authorization, bearer.request.body], ['Bearer an-access-token', ''])
  })

  it('a call that cannot be made, or is not taken, says why', async () => {
    const own = { logoutUri: `${room.odd.issuer}/logout` }
    const missing = await room.party.callLogout({ ...room.upstream, ...own }, { further: [] })
    assert.equal(missing?.facts.missing, 'token')
    room.odd.behave({ answers: { '/logout': () => ({ status: 500, body: 'secret=42' }) } })
    const refused = await room.party.callLogout({ ...room.upstream, ...own }, tokens)
    assert.equal(refused?.rule, 'RP-Initiated Logout §2 sign-out at the upstream')
    assert.equal(refused?.facts.status, 500)
    assert.equal(JSON.stringify(refused).includes('secret=42'), false)
  })

  it('a call that is answered with a redirect has signed nobody out: it is not followed (RFC 9110 §15.4)', async () => {
    const own = { logoutUri: `${room.odd.issuer}/logout` }
    // A redirect is for a browser: nobody has been signed out for sure.
    room.odd.behave({ answers: { '/logout': () => ({ status: 302, headers: { location: '/' } }) } })
    assert.equal((await room.party.callLogout({ ...room.upstream, ...own }, tokens))?.facts.status, 302)
  })

  it('the browser is sent with hint, return address and state, under the names that the upstream wants', async () => {
    const leaving = { idToken: 'an-id-token', returnUri: 'https://id.example.org/back', state: 's', further: [] }
    const query = async (changes: Partial<Upstream>, further: readonly (readonly [string, string])[] = []) =>
      Object.fromEntries(
        new URL((await room.party.logoutUrl({ ...room.upstream, ...changes }, { ...leaving, further })) ?? '')
          .searchParams,
      )
    assert.deepEqual(await query({}), {
      id_token_hint: 'an-id-token',
      post_logout_redirect_uri: 'https://id.example.org/back',
      state: 's',
    })
    const changes = {
      sendIdTokenHint: false,
      sendClientIdOnLogout: true,
      postLogoutRedirectParameter: 'returnTo',
      postLogoutRedirectUri: 'https://www.example.org/bye',
      logoutParameters: { federated: 'yes', state: 'x' },
    }
    const further = [
      ['lang', 'de'],
      ['returnTo', 'https://evil.example'],
      ['post_logout_redirect_uri', 'https://evil.example'],
    ] as const
    assert.deepEqual(await query(changes, further), {
      client_id: 'sallyport',
      returnTo: 'https://www.example.org/bye',
      state: 's',
      federated: 'yes',
      lang: 'de',
    })
  })

  it('an upstream without an end session endpoint is no place to go to', async () => {
    const { discoveryUri: _, ...typed } = { ...room.upstream, authorizationEndpoint: `${room.odd.issuer}/authorize` }
    assert.equal(
      await room.party.logoutUrl(typed, { returnUri: 'https://id.example.org/', state: 's', further: [] }),
      undefined,
    )
    const refusal = await room.party.callLogout(typed, tokens)
    assert.equal(refusal?.description, 'it is not known where to sign out at the upstream')
  })
})
