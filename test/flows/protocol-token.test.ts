/** The token endpoint: codes, errors, client credentials, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { sealCode } from '../../src/core/handles/token-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { aGrant } from '../support/builders.ts'
import {
  answered,
  assertRefused,
  basic,
  CHALLENGE,
  codeFor,
  exchange,
  type Fields,
  isActive,
  payloadOf,
  postAs,
  refresh,
  tokensFor,
  userinfo,
  VERIFIER,
} from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('the token endpoint, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let machine: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register()
    machine = await app.register({ grantTypes: ['client_credentials'], scopes: ['api:read', 'api:write'] })
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const machineGrant = { grant_type: 'client_credentials' }

  describe('codes (RFC 6749 §4.1.3)', () => {
    it('(27) answers a code that was used with exactly 400 invalid_grant, and ends what came of it (§4.1.2)', async () => {
      const code = await codeFor(browser, by.client, { scope: 'openid offline_access' })
      const { access_token, refresh_token } = await exchange(app, by, code)
      const [redirect_uri = ''] = by.client.redirectUris
      const again = { grant_type: 'authorization_code', code, redirect_uri }
      await assertRefused(await postAs(app, by, '/token', again), 400, 'invalid_grant')
      const response = await userinfo(app, access_token)
      assert.equal(response.status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
      assert.equal(await isActive(app, by, access_token), false)
      assert.equal((await refresh(app, by, refresh_token)).error, 'invalid_grant')
      await assertRefused(await postAs(app, by, '/token', again), 400, 'invalid_grant')
    })

    it('(27) exchanges one code once, however many ask at the same time', async () => {
      for (let round = 0; round < 5; round++) {
        const code = await codeFor(browser, by.client)
        const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(app, by, code)))
        assert.equal(answers.filter(({ status }) => status === 200).length, 1)
        assert.equal(answers.filter(({ status, error }) => status === 400 && error === 'invalid_grant').length, 7)
      }
    })

    it('(27) refuses a code after its minute (§4.1.2)', async () => {
      const now = app.house.clock.now()
      const { session } = await app.beginSession(ada)
      const [redirectUri = ''] = by.client.redirectUris
      const at = {
        createdAt: addSeconds(now, -61),
        codeExpiresAt: addSeconds(now, -1),
        authTime: now,
        requestedAt: now,
      }
      const terms = { clientUid: by.client.uid, accountId: ada.id, sessionId: session.id, redirectUri }
      const grant = aGrant({ ...terms, ...at, expiresAt: addSeconds(now, 1000) })
      await app.house.repositories.commit([app.house.repositories.grants.insert(grant)])
      assert.equal((await exchange(app, by, sealCode(app.keys.handles, grant.id))).error, 'invalid_grant')
    })

    it('refuses a code of client A at client B, and leaves it to A (§5.2)', async () => {
      const other = await app.register()
      const code = await codeFor(browser, by.client)
      assert.equal((await exchange(app, other, code)).error, 'invalid_grant')
      const spa = await app.register({ type: 'public' })
      assert.equal((await exchange(app, spa, code)).error, 'invalid_grant')
      assert.equal((await exchange(app, by, code)).status, 200)
    })

    it('holds the exchange to the redirect URI and to the PKCE verifier of the request (RFC 7636 §4.6)', async () => {
      const rows: readonly Fields[] = [
        { redirect_uri: 'https://app.example.org/callback/' },
        { redirect_uri: '' },
        { code_verifier: '' },
        { code_verifier: `${VERIFIER.slice(0, -1)}A` },
        { code_verifier: CHALLENGE.code_challenge },
        { code_verifier: 'short' },
        { code_verifier: 'ä'.repeat(43) },
      ]
      for (const changes of rows) {
        const code = await codeFor(browser, by.client, CHALLENGE)
        const refused = await exchange(app, by, code, { code_verifier: VERIFIER, ...changes })
        assert.deepEqual([refused.status, refused.error], [400, 'invalid_grant'], JSON.stringify(changes))
        assert.equal(
          (await exchange(app, by, code, { code_verifier: VERIFIER })).status,
          200,
          'a mistake does not burn it',
        )
      }
    })

    it('refuses a verifier for a request that had no challenge (RFC 9700 §2.1.1, downgrade)', async () => {
      const refused = await exchange(app, by, await codeFor(browser, by.client), { code_verifier: VERIFIER })
      assert.equal(refused.error, 'invalid_grant')
    })

    it('takes no token of another kind for a code, and no code for a token', async () => {
      const code = await codeFor(browser, by.client, { scope: 'openid offline_access' })
      const { access_token, refresh_token, id_token } = await exchange(app, by, code)
      for (const wrong of [access_token, refresh_token, id_token, `${code}A`, code.slice(1), 'x', 'é']) {
        assert.equal((await exchange(app, by, wrong)).error, 'invalid_grant')
      }
      assert.equal((await refresh(app, by, access_token)).error, 'invalid_grant')
      assert.equal((await userinfo(app, refresh_token)).status, 401)
      assert.equal((await userinfo(app, access_token)).status, 200, 'none of it did harm')
    })

    it('issues nothing about somebody who has signed out, whose password was changed, or who was disabled since', async () => {
      const { accounts, commit } = app.house.repositories
      const changes: readonly ((account: Account) => Account)[] = [
        account => ({ ...account, disabledAt: new Date() }),
        account => ({ ...account, validFrom: addSeconds(new Date(), 1) }),
      ]
      for (const change of changes) {
        const account = await app.enrol()
        const code = await codeFor(await app.browser(account), by.client)
        await commit([accounts.replace(change(account), account)])
        assert.equal((await exchange(app, by, code)).error, 'invalid_grant')
      }
      const { session, cookie } = await app.beginSession(ada)
      const leaving = await app.browser()
      leaving.cookies.set('sallyport-session', cookie)
      const code = await codeFor(leaving, by.client)
      await commit([app.house.repositories.sessions.end(session.id, new Date())])
      assert.equal((await exchange(app, by, code)).error, 'invalid_grant')
    })
  })

  describe('errors and answers (RFC 6749 §5)', () => {
    const rows: readonly [string, Fields, string][] = [
      ['no grant_type', { grant_type: '' }, 'invalid_request'],
      ['an unknown grant_type', { grant_type: 'password' }, 'unsupported_grant_type'],
      ['a hostile grant_type', { grant_type: '"\\\r\n<ä>' }, 'unsupported_grant_type'],
      ['a grant_type that the client may not use', { grant_type: 'client_credentials' }, 'unauthorized_client'],
      ['no code', { grant_type: 'authorization_code' }, 'invalid_request'],
      ['an unknown code', { grant_type: 'authorization_code', code: 'x' }, 'invalid_grant'],
      ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request'],
      ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
    ]
    for (const [what, fields, error] of rows) {
      it(`(28) answers ${what} with ${error}, 400, JSON and a clean error_description (§5.2)`, async () => {
        await assertRefused(await postAs(app, by, '/token', fields), 400, error)
      })
    }

    it('(28) takes forms only, and no parameters from the query (§3.2)', async () => {
      const headers = { authorization: basic(machine.client.clientId, machine.secret) }
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
        const body = type.includes('json') ? JSON.stringify(machineGrant) : 'grant_type=client_credentials'
        const init = { method: 'POST', headers: { ...headers, 'content-type': type }, body }
        await assertRefused(await fetch(`${app.issuer}/token`, init), 400, 'invalid_request')
      }
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
      const inQuery = await fetch(`${app.issuer}/token?grant_type=client_credentials`, {
        method: 'POST',
        headers: form,
      })
      await assertRefused(inQuery, 400, 'invalid_request')
    })

    it('(29) is never cached: Cache-Control: no-store, and says Bearer (§5.1)', async () => {
      const response = await postAs(app, machine, '/token', machineGrant)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(response.headers.get('pragma'), 'no-cache')
      const tokens = await answered(response)
      assert.equal(tokens.token_type, 'Bearer')
      assert.equal(tokens.scope, 'api:read api:write')
      assert.deepEqual(
        Object.keys(tokens).sort(),
        ['access_token', 'expires_in', 'scope', 'status', 'token_type'],
        'no person, no refresh token (§4.4.3)',
      )
    })

    it('client_credentials gives what was asked for, within what the client may have (§4.4)', async () => {
      const narrow = await answered(postAs(app, machine, '/token', { ...machineGrant, scope: 'api:read' }))
      assert.equal(narrow.scope, 'api:read')
      assert.equal((await userinfo(app, narrow.access_token)).status, 401, 'it is about nobody')
      assert.equal(await isActive(app, machine, narrow.access_token), true)
      const spa = await app.register({ type: 'public', grantTypes: ['client_credentials'] })
      await assertRefused(await postAs(app, spa, '/token', machineGrant), 400, 'unauthorized_client')
    })

    it('gives a refresh token for offline_access only, and an ID token for openid only (OIDC Core §11, §3.1.2.1)', async () => {
      const plain = await tokensFor(app, browser, by)
      assert.ok(!Object.hasOwn(plain, 'refresh_token'))
      const oauth = await tokensFor(app, browser, by, { scope: 'email offline_access' })
      assert.ok(!Object.hasOwn(oauth, 'id_token') && oauth.refresh_token)
      assert.equal((await userinfo(app, oauth.access_token)).status, 403, 'user info needs openid')
      assert.equal(payloadOf(plain.id_token).scope, 'openid')
    })
  })
})
