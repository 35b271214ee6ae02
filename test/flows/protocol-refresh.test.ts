/** Refresh tokens: rotation, the grace for a lost answer, reuse, and what ends them (numbers of the certification's lines). */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { openRefreshToken } from '../../src/core/handles/token-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { isActive, payloadOf, postAs, refresh, tokensFor, userinfo } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const OFFLINE = { scope: 'openid email offline_access' }

onBothDatabases('refresh tokens, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register()
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  /** As if the last rotation had been that long ago: the grace is over without waiting for it. */
  async function rotatedSecondsAgo(refreshToken: string, seconds: number): Promise<void> {
    const { grants, commit } = app.house.repositories
    const token = openRefreshToken(app.keys.handles, refreshToken)
    const facts = token && (await grants.find(token.grantId))
    assert.ok(token && facts)
    const { id, generation, expiresAt } = facts.grant
    const outcome = await commit([grants.rotate(id, generation, addSeconds(new Date(), -seconds), expiresAt)])
    assert.ok(outcome.committed)
  }

  it('(29) comes with offline_access and prompt=consent, as a 200 that is not cached (OIDC Core §11)', async () => {
    const { refresh_token } = await tokensFor(app, browser, by, OFFLINE)
    const response = await postAs(app, by, '/token', { grant_type: 'refresh_token', refresh_token })
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const tokens = (await response.json()) as Readonly<Record<string, unknown>>
    assert.equal(tokens.token_type, 'Bearer')
    assert.equal(tokens.expires_in, 3600)
    assert.notEqual(tokens.refresh_token, refresh_token)
  })

  it('(29) brings an ID token with the same iss, sub, aud, azp, auth_time and sid, a later iat and no nonce (OIDC Core §12.2)', async () => {
    const { session, cookie } = await app.beginSession(ada, { authTime: addSeconds(new Date(), -100) })
    const earlier = await app.browser()
    earlier.cookies.set(SESSION_COOKIE, cookie)
    const first = await tokensFor(app, earlier, by, { ...OFFLINE, nonce: 'n' })
    // iat counts whole seconds: the next one has to begin.
    await app.house.clock.sleep(1000)
    const second = await refresh(app, by, first.refresh_token)
    const [before, now] = [payloadOf(first.id_token), payloadOf(second.id_token)]
    for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time', 'sid', 'amr'])
      assert.deepEqual(now[name], before[name], name)
    assert.equal(now.sid, session.id)
    assert.ok(Number(now.iat) > Number(before.iat))
    assert.notEqual(now.jti, before.jti)
    assert.ok(!('nonce' in now))
  })

  it('(29) refuses the refresh token of client 2 at client 1 with invalid_grant, and leaves it to client 2', async () => {
    const other = await app.register()
    const { refresh_token } = await tokensFor(app, browser, by, OFFLINE)
    const refused = await refresh(app, other, refresh_token)
    assert.deepEqual([refused.status, refused.error], [400, 'invalid_grant'])
    assert.equal((await refresh(app, by, refresh_token)).status, 200)
  })

  it('answers the one before again within the grace, with the same successor, for an answer that was lost', async () => {
    const { refresh_token } = await tokensFor(app, browser, by, OFFLINE)
    const first = await refresh(app, by, refresh_token)
    const again = await refresh(app, by, refresh_token)
    assert.deepEqual([first.status, again.status], [200, 200])
    assert.equal(again.refresh_token, first.refresh_token)
    assert.equal((await refresh(app, by, first.refresh_token)).status, 200)
  })

  it('ends everything when the one before comes after the grace: somebody else has it (RFC 9700 §4.14.2)', async () => {
    const { refresh_token, access_token } = await tokensFor(app, browser, by, OFFLINE)
    const next = await refresh(app, by, refresh_token)
    await rotatedSecondsAgo(refresh_token, 6)
    assert.equal((await refresh(app, by, next.refresh_token)).error, 'invalid_grant')
    assert.equal((await userinfo(app, access_token)).status, 401)
    assert.equal((await userinfo(app, next.access_token)).status, 401)
    assert.equal(await isActive(app, by, next.refresh_token), false)
  })

  it('ends everything when one from before the last comes, grace or not', async () => {
    const { refresh_token } = await tokensFor(app, browser, by, OFFLINE)
    const second = await refresh(app, by, refresh_token)
    const third = await refresh(app, by, second.refresh_token)
    assert.equal((await refresh(app, by, refresh_token)).error, 'invalid_grant')
    assert.equal((await refresh(app, by, third.refresh_token)).error, 'invalid_grant')
  })

  it('makes at most one successor of a generation, however many ask at the same time', async () => {
    let current = (await tokensFor(app, browser, by, OFFLINE)).refresh_token
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(app, by, current)))
      const successors = new Set(answers.map(answer => answer.refresh_token))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200], 'all within the grace')
      assert.equal(successors.size, 1)
      assert.ok(!successors.has(current))
      ;[current = ''] = successors
    }
  })

  it('gives less when less is asked for, never more, and the next one is not bound by it (RFC 6749 §6)', async () => {
    const first = await tokensFor(app, browser, by, OFFLINE)
    const narrow = await refresh(app, by, first.refresh_token, { scope: 'openid' })
    assert.equal(narrow.scope, 'openid')
    assert.ok(!('email' in ((await (await userinfo(app, narrow.access_token)).json()) as object)))
    assert.equal((await refresh(app, by, narrow.refresh_token, { scope: 'openid profile' })).error, 'invalid_scope')
    assert.equal((await refresh(app, by, narrow.refresh_token)).scope, 'openid email offline_access')
  })

  it('works on after the person has signed out, and not after they were disabled or their password changed (OIDC Core §11)', async () => {
    const { accounts, commit, sessions } = app.house.repositories
    const bob = await app.enrol()
    const { session, cookie } = await app.beginSession(bob)
    const leaving = await app.browser()
    leaving.cookies.set(SESSION_COOKIE, cookie)
    const offline = await tokensFor(app, leaving, by, OFFLINE)
    const online = await tokensFor(app, leaving, by)
    await commit([sessions.end(session.id, new Date())])
    const next = await refresh(app, by, offline.refresh_token)
    assert.equal(next.status, 200)
    assert.equal(
      (await userinfo(app, online.access_token)).status,
      401,
      'without offline_access it ends with the session',
    )
    await commit([accounts.replace({ ...bob, disabledAt: new Date() }, bob)])
    assert.equal((await refresh(app, by, next.refresh_token)).error, 'invalid_grant')
    assert.equal((await userinfo(app, next.access_token)).status, 401)
  })
})

onBothDatabases('refresh tokens without grace, on the wire', database => {
  let app: RunningApp

  before(async () => {
    app = await startApp({ database: await database(), environment: { SALLYPORT_TOKENS_REFRESH_GRACE: '0s' } })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('are good for one answer: the second of two ends the grant (tokens.refresh_grace=0s)', async () => {
    const by = await app.register()
    const { refresh_token } = await tokensFor(app, await app.browser(await app.enrol()), by, OFFLINE)
    const next = await refresh(app, by, refresh_token)
    assert.equal(next.status, 200)
    await app.house.clock.sleep(2)
    assert.equal((await refresh(app, by, refresh_token)).error, 'invalid_grant')
    assert.equal((await refresh(app, by, next.refresh_token)).error, 'invalid_grant')
  })
})
