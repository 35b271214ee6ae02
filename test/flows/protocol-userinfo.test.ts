/** User info, introspection and revocation, on the wire (numbers of the certification's lines). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { assertGolden } from '../support/golden.ts'
import {
  answered,
  basic,
  codeFor,
  exchange,
  isActive,
  payloadOf,
  postAs,
  refresh,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const EVERYTHING = {
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  middle_name: 'King',
  nickname: 'countess',
  profile: 'https://example.org/ada',
  picture: 'https://example.org/ada.png',
  website: 'https://ada.example.org',
  gender: 'female',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  phone_number: '+44 20 7946 0000',
  phone_number_verified: true,
  address: { formatted: '12 St James Square\nLondon', locality: 'London', country: 'United Kingdom' },
}

onBothDatabases('user info, introspection and revocation, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register()
    ada = await app.enrol({ username: 'ada', email: 'ada@example.org', attributes: EVERYTHING })
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const claimsFor = async (scope: string) => {
    const { access_token } = await tokensFor(app, browser, by, { scope })
    return (await (await userinfo(app, access_token)).json()) as Readonly<Record<string, unknown>>
  }

  describe('user info (OIDC Core §5.3)', () => {
    it('(30) answers GET and POST with the token in the header, and POST with it in the form, as JSON about the same sub', async () => {
      const { access_token, id_token } = await tokensFor(app, browser, by)
      const authorization = `Bearer ${access_token}`
      const url = `${app.issuer}/userinfo`
      const answers = [
        await fetch(url, { headers: { authorization } }),
        await fetch(url, { headers: { authorization: authorization.replace('Bearer', 'bearer') } }),
        await fetch(url, { method: 'POST', headers: { authorization } }),
        await fetch(url, { method: 'POST', body: new URLSearchParams({ access_token }) }),
      ]
      for (const response of answers) {
        assert.equal(response.status, 200)
        assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
        assert.equal(response.headers.get('cache-control'), 'no-store')
        assert.deepEqual(await response.json(), { sub: payloadOf(id_token).sub })
      }
    })

    it('(30) says what the scopes ask for with the right types, and no more (§5.1, §5.4)', async () => {
      assert.deepEqual(await claimsFor('openid email'), {
        sub: ada.subject,
        email: 'ada@example.org',
        email_verified: true,
      })
      assert.deepEqual(await claimsFor('openid groups'), { sub: ada.subject, groups: ['admins', 'staff'] })
      const phone = { phone_number: EVERYTHING.phone_number, phone_number_verified: true }
      assert.deepEqual(await claimsFor('openid phone'), { sub: ada.subject, ...phone })
      assert.deepEqual(await claimsFor('openid address'), { sub: ada.subject, address: EVERYTHING.address })
      assert.equal(typeof (await claimsFor('openid profile')).updated_at, 'number')
    })

    it('(30) looks on the wire as it did: golden', async () => {
      const claims = await claimsFor('openid profile email groups address phone offline_access')
      assertGolden('userinfo', claims, { sub: '<sub>' })
    })

    it('leaves out what it does not know, instead of null (§5.3.2)', async () => {
      const bare = await app.enrol({ username: 'bare', emailVerified: false, groups: [], attributes: {} })
      const { email: _, ...withoutEmail } = bare
      await app.house.repositories.commit([app.house.repositories.accounts.replace(withoutEmail, bare)])
      const scope = 'openid profile email groups address phone'
      const { access_token } = await tokensFor(app, await app.browser(withoutEmail), by, { scope })
      const claims = (await (await userinfo(app, access_token)).json()) as Readonly<Record<string, unknown>>
      assert.deepEqual(Object.keys(claims).sort(), ['groups', 'name', 'preferred_username', 'sub', 'updated_at'])
    })

    it('challenges with Bearer, without an error when no token was sent (RFC 6750 §3.1)', async () => {
      const response = await fetch(`${app.issuer}/userinfo`)
      assert.equal(response.status, 401)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer')
    })

    const rows: readonly [string, (token: string) => RequestInit, number, string][] = [
      ['an unknown token', () => ({ headers: { authorization: 'Bearer abc' } }), 401, 'invalid_token'],
      ['a cut token', token => ({ headers: { authorization: `Bearer ${token.slice(0, -1)}` } }), 401, 'invalid_token'],
      ['another scheme', token => ({ headers: { authorization: `Basic ${token}` } }), 400, 'invalid_request'],
      ['two tokens', token => ({ headers: { authorization: `Bearer ${token} ${token}` } }), 400, 'invalid_request'],
      [
        'a token in the header and in the form',
        token => ({
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          body: new URLSearchParams({ access_token: token }),
        }),
        400,
        'invalid_request',
      ],
    ]
    for (const [what, init, status, error] of rows) {
      it(`answers ${what} with ${status} ${error} in challenge and body (RFC 6750 §3)`, async () => {
        const { access_token } = await tokensFor(app, browser, by)
        const response = await fetch(`${app.issuer}/userinfo`, init(access_token))
        assert.equal(response.status, status)
        const challenge = response.headers.get('www-authenticate') ?? ''
        assert.match(
          challenge,
          new RegExp(`^Bearer error="${error}", error_description="[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]+"$`),
        )
        assert.equal(((await response.json()) as { error: string }).error, error)
      })
    }

    it('takes no token from the query (RFC 6750 §2.3, RFC 9700 §4.3.2)', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      assert.equal((await fetch(`${app.issuer}/userinfo?access_token=${access_token}`)).status, 401)
    })

    it('answers a token without openid with 403 insufficient_scope (RFC 6750 §3.1)', async () => {
      const { access_token } = await tokensFor(app, browser, by, { scope: 'email' })
      const response = await userinfo(app, access_token)
      assert.equal(response.status, 403)
      assert.match(response.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/)
    })
  })

  describe('introspection (RFC 7662)', () => {
    it('tells a confidential client what a token stands for, uncached (§2.2)', async () => {
      const tokens = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const response = await postAs(app, by, '/introspect', {
        token: tokens.access_token,
        token_type_hint: 'refresh_token',
      })
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const access = (await response.json()) as Readonly<Record<string, unknown>>
      const { iat, exp, auth_time, acr, ...stable } = access
      assert.deepEqual(stable, {
        active: true,
        scope: 'openid offline_access',
        client_id: by.client.clientId,
        token_type: 'Bearer',
        iss: app.issuer,
        aud: [by.client.clientId],
        sub: ada.subject,
        username: 'ada',
        amr: ['pwd'],
      })
      const claims = payloadOf(tokens.id_token)
      assert.deepEqual([auth_time, acr], [claims.auth_time, claims.acr], 'RFC 9470 §6.2')
      assert.equal(Number(exp) - Number(iat), 3600)
      assert.equal(await isActive(app, by, tokens.refresh_token), true)
    })

    it('says of everything else only that it is not active (§2.2)', async () => {
      const other = await app.register()
      const tokens = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const code = await codeFor(browser, by.client)
      for (const token of ['x', code, tokens.id_token, `${tokens.access_token}A`]) {
        const response = await postAs(app, by, '/introspect', { token })
        assert.deepEqual([response.status, await response.json()], [200, { active: false }])
      }
      // A refresh token is for its own client alone.
      assert.equal(await isActive(app, other, tokens.refresh_token), false)
      await refresh(app, by, tokens.refresh_token)
      assert.equal(await isActive(app, by, tokens.refresh_token), false, 'rotated')
    })

    it('answers nobody who cannot prove who they are (RFC 7662 §2.1)', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      const spa = await app.register({ type: 'public' })
      const fields = { token: access_token }
      assert.equal((await answered(postAs(app, spa, '/introspect', fields))).error, 'invalid_client')
      const body = new URLSearchParams(fields)
      const anonymous = await fetch(`${app.issuer}/introspect`, { method: 'POST', body })
      assert.equal(anonymous.status, 401)
      const bearer = await fetch(`${app.issuer}/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}` },
        body,
      })
      assert.equal(bearer.status, 401)
      assert.equal((await answered(postAs(app, by, '/introspect', {}))).error, 'invalid_request')
    })
  })

  describe('revocation (RFC 7009)', () => {
    it('ends one access token, and leaves its siblings (§2.1)', async () => {
      const first = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const second = await refresh(app, by, first.refresh_token)
      const response = await postAs(app, by, '/revoke', { token: first.access_token })
      assert.deepEqual([response.status, await response.text()], [200, ''])
      assert.equal((await userinfo(app, first.access_token)).status, 401)
      assert.equal((await userinfo(app, second.access_token)).status, 200)
    })

    it('ends the whole grant with its refresh token, an old one too (§2.1)', async () => {
      for (const pick of [0, 1]) {
        const first = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
        const second = await refresh(app, by, first.refresh_token)
        const token = [first, second][pick]?.refresh_token ?? ''
        assert.equal((await postAs(app, by, '/revoke', { token, token_type_hint: 'access_token' })).status, 200)
        assert.equal((await userinfo(app, second.access_token)).status, 401)
        assert.equal((await refresh(app, by, second.refresh_token)).error, 'invalid_grant')
      }
    })

    it('does not mind an unknown token, or one revoked before (§2.2)', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      for (const token of ['x', access_token, access_token]) {
        assert.equal((await postAs(app, by, '/revoke', { token })).status, 200)
      }
    })

    it("refuses another client's token, and leaves it alive (§2.1)", async () => {
      const other = await app.register()
      const tokens = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        assert.equal((await answered(postAs(app, other, '/revoke', { token }))).error, 'invalid_grant')
      }
      assert.equal((await userinfo(app, tokens.access_token)).status, 200)
      assert.equal((await refresh(app, by, tokens.refresh_token)).status, 200)
    })

    it('takes a public client by its client_id, and challenges one with a wrong secret (§2.1)', async () => {
      const spa = await app.register({ type: 'public' })
      const { access_token } = await exchange(app, spa, await codeFor(browser, spa.client))
      assert.equal((await postAs(app, spa, '/revoke', { token: access_token })).status, 200)
      assert.equal((await userinfo(app, access_token)).status, 401)
      const headers = { authorization: basic(by.client.clientId, 'wrong') }
      const wrong = await fetch(`${app.issuer}/revoke`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ token: 'x' }),
      })
      assert.equal(wrong.status, 401)
      assert.match(wrong.headers.get('www-authenticate') ?? '', /^Basic /)
    })
  })
})
