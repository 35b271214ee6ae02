/** Tokens of an upstream, kept with an identity and read by apps that may: over HTTP, against an upstream that rotates refresh tokens. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, it } from 'node:test'
import { UnsecuredJWT } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Identity, StoredTokens } from '../../src/core/upstreams/identity.ts'
import { openTokens, sealTokens } from '../../src/core/upstreams/tokens/stored-tokens.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { anIdentity } from '../support/builders.ts'
import { answered, assertRefused, codeFor, exchange, postAs, tokensFor } from '../support/hand-app.ts'
import { type HandBrowser, shown } from '../support/hand-browser.ts'
import { dpopProof, makeAppKey } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startTokenEndpoint, type TokenEndpoint } from '../support/token-endpoint.ts'
import { startUpstreamPair } from '../support/upstream-pair.ts'

const API = 'https://api.example.org'
const ENVIRONMENT = {
  SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1',
  SALLYPORT_RESOURCES: JSON.stringify([{ uri: API, scopes: ['api:read'], clients: ['files'] }]),
}

onBothDatabases('stored tokens of an upstream', database => {
  let there: TokenEndpoint
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser
  let upstream: Upstream

  before(async () => {
    there = await startTokenEndpoint()
    app = await startApp({ database: await database(), environment: ENVIRONMENT })
    by = await app.register({ clientId: 'files', scopes: ['openid', 'email', 'api:read'] })
    upstream = await app.addUpstream(
      {
        alias: 'drive',
        tokenEndpoint: there.url,
        storeTokens: true,
        storedTokensReadableBy: ['files', 'page', 'bound'],
      },
      'a secret',
    )
  })
  beforeEach(async () => {
    there.asked.length = 0
    there.instead = undefined
    there.gate = Promise.resolve()
    there.onAsked = () => {}
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    await there.close()
    assert.deepEqual(app.failures, [])
  })

  /** Links Ada, with tokens that are good for so many seconds. */
  async function link(left: number | undefined, changes: Partial<StoredTokens> = {}, at = upstream): Promise<Identity> {
    const identity = anIdentity({ accountId: ada.id, upstreamUid: at.uid })
    const expiresAt = left === undefined ? {} : { expiresAt: addSeconds(app.house.clock.now(), left).toISOString() }
    const tokens = { accessToken: 'at-1', refreshToken: 'rt-1', tokenType: 'Bearer', scope: 'files', ...expiresAt }
    const sealedTokens = sealTokens(app.keys.sealer, identity.id, { ...tokens, ...changes })
    assert.deepEqual(
      await app.house.repositories.commit([app.house.repositories.identities.link({ ...identity, sealedTokens })]),
      {
        committed: true,
      },
    )
    return identity
  }

  async function kept({ id }: Identity): Promise<StoredTokens | undefined> {
    const found = await app.house.repositories.identities.findById(id)
    return found?.sealedTokens && openTokens(app.keys.sealer, id, found.sealedTokens)
  }

  const readAt = (issuer: string, token: string, alias = 'drive', init: RequestInit = {}) =>
    fetch(`${issuer}/broker/${alias}/token`, { headers: { authorization: `Bearer ${token}` }, ...init })
  const read = async (alias = 'drive') => readAt(app.issuer, (await tokensFor(app, browser, by)).access_token, alias)

  const eventsOf = async (type: string) =>
    (await app.house.repositories.audit.list({ accountId: ada.id, type, limit: 10 })).map(({ detail }) => detail)

  it('are read with an access token of the person, never cached, without the refresh token (RFC 6749 §5.1)', async () => {
    await link(300, { idToken: 'an.id.token' })
    const response = await read()
    const body = await answered(response)
    const { expires_in, ...rest } = body
    assert.deepEqual(rest, {
      status: 200,
      access_token: 'at-1',
      token_type: 'Bearer',
      scope: 'files',
      id_token: 'an.id.token',
    })
    assert.ok(expires_in > 200 && expires_in <= 300)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(there.asked, [], 'they were good enough')
    assert.deepEqual(await eventsOf('upstream-tokens.read'), [{ upstream: 'drive', client_id: 'files' }])
    const { access_token } = await tokensFor(app, browser, by)
    const posted = await fetch(`${app.issuer}/broker/drive/token`, {
      method: 'POST',
      body: new URLSearchParams({ access_token }),
    })
    assert.equal((await answered(posted)).access_token, 'at-1')
  })

  it('are refreshed when less than min_token_validity is left, and kept (RFC 6749 §6)', async () => {
    const identity = await link(2)
    assert.equal((await answered(read())).access_token, 'at-2')
    assert.deepEqual(there.asked, ['rt-1'])
    assert.equal((await answered(read())).access_token, 'at-2', 'and good for the next one')
    assert.deepEqual(there.asked, ['rt-1'])
    const { expiresAt, ...tokens } = (await kept(identity)) ?? {}
    assert.deepEqual(tokens, { accessToken: 'at-2', refreshToken: 'rt-2', tokenType: 'bearer', scope: 'files' })
    assert.ok(expiresAt)
    assert.deepEqual(await eventsOf('upstream-tokens.refreshed'), [{ upstream: 'drive' }])
  })

  it('are refreshed once by all nodes together, so that a rotating refresh token is used once (RFC 9700 §4.14.2)', async () => {
    const node = await startApp({ database: app.database, environment: ENVIRONMENT })
    try {
      await link(-10)
      const { access_token } = await tokensFor(app, browser, by)
      const opened = Promise.withResolvers<void>()
      there.gate = opened.promise
      const reads = [app.issuer, node.issuer, app.issuer, node.issuer].map(issuer => readAt(issuer, access_token))
      opened.resolve()
      const bodies = await Promise.all(reads.map(answered))
      assert.deepEqual(
        bodies.map(body => body.access_token),
        ['at-2', 'at-2', 'at-2', 'at-2'],
      )
      assert.deepEqual(there.asked, ['rt-1'])
    } finally {
      await node.close()
    }
  })

  it('wait for the node that refreshes them, and take what the person brings meanwhile', async () => {
    const claimed = { refreshingUntil: addSeconds(app.house.clock.now(), 30).toISOString() }
    const identity = await link(-10, claimed)
    const { access_token } = await tokensFor(app, browser, by)
    const waiting = answered(readAt(app.issuer, access_token))
    const sealedTokens = sealTokens(app.keys.sealer, identity.id, { accessToken: 'at-new' })
    await app.house.repositories.commit([app.house.repositories.identities.touch({ ...identity, sealedTokens })])
    assert.equal((await waiting).access_token, 'at-new')
    assert.deepEqual(there.asked, [])
  })

  it('do not lose a refresh token that rotates while the person signs in', async () => {
    const identity = await link(-10)
    const { access_token } = await tokensFor(app, browser, by)
    const [asked, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    there.gate = opened.promise
    there.onAsked = asked.resolve
    const reading = answered(readAt(app.issuer, access_token))
    await asked.promise
    // A sign-in that brings no refresh token keeps the one from before.
    const sealedTokens = sealTokens(app.keys.sealer, identity.id, { accessToken: 'at-new', refreshToken: 'rt-1' })
    await app.house.repositories.commit([app.house.repositories.identities.touch({ ...identity, sealedTokens })])
    opened.resolve()
    assert.equal((await reading).access_token, 'at-new')
    assert.deepEqual(await kept(identity), { accessToken: 'at-new', refreshToken: 'rt-2' })
  })

  it('are refreshed by the next node when one died while it refreshed them', async () => {
    await link(-10, { refreshingUntil: addSeconds(app.house.clock.now(), -1).toISOString() })
    assert.equal((await answered(read())).access_token, 'at-2')
  })

  it('are handed out to their end when they cannot be refreshed, and then the person signs in again', async () => {
    const identity = await link(3)
    there.instead = { status: 400, body: { error: 'invalid_grant' } }
    assert.equal((await answered(read())).access_token, 'at-1', 'three seconds are better than nothing')
    assert.equal((await kept(identity))?.refreshToken, undefined, 'nobody asks with it again')
    const over = sealTokens(app.keys.sealer, identity.id, {
      accessToken: 'at-1',
      expiresAt: '2026-01-01T00:00:00.000Z',
    })
    await app.house.repositories.commit([app.house.repositories.identities.touch({ ...identity, sealedTokens: over })])
    await assertRefused(await read(), 400, 'login_required')
    assert.deepEqual(there.asked, ['rt-1'])
  })

  it('say that the person has to sign in again when the upstream has ended the session (RFC 6749 §5.2 invalid_grant)', async () => {
    await link(-10)
    there.instead = { status: 400, body: { error: 'invalid_grant' } }
    await assertRefused(await read(), 400, 'login_required')
    await assertRefused(await read(), 400, 'login_required')
    assert.deepEqual(there.asked, ['rt-1'], 'a dead refresh token is not sent again')
  })

  it('are not those of somebody else, whatever a refresh answers with (OIDC Core §12.2)', async () => {
    const idTokenOf = (sub: string): string => new UnsecuredJWT({ sub }).encode()
    const identity = await link(-10, { idToken: idTokenOf('ada') })
    there.instead = {
      status: 200,
      body: { access_token: 'of-eve', refresh_token: 'rt-eve', id_token: idTokenOf('eve') },
    }
    await assertRefused(await read(), 400, 'login_required')
    const { accessToken, refreshToken, idToken } = (await kept(identity)) ?? {}
    assert.deepEqual([accessToken, refreshToken, idToken], ['at-1', undefined, idTokenOf('ada')])
    await assertRefused(await read(), 400, 'login_required')
    assert.deepEqual(there.asked, ['rt-1'], 'it is not asked with again')
    const rules = (await eventsOf('upstream-tokens.refused')).map(({ rule }) => rule)
    assert.ok(rules.includes('OIDC Core §12.2 sub of the upstream'), rules.join())
  })

  it('come back when the upstream does: an outage costs nothing', async () => {
    const identity = await link(-10)
    there.instead = { status: 500, body: 'on fire' }
    const away = await read()
    assert.equal(away.headers.get('retry-after'), '1')
    await assertRefused(away, 503, 'temporarily_unavailable')
    assert.deepEqual(
      [(await kept(identity))?.refreshToken, (await kept(identity))?.refreshingUntil],
      ['rt-1', undefined],
    )
    there.instead = undefined
    there.asked.length = 0
    assert.equal((await answered(read())).access_token, 'at-2')
    const [refusal] = await eventsOf('upstream-tokens.refused')
    assert.equal(refusal?.rule, 'the upstream answers when stored tokens are refreshed')
    assert.equal(JSON.stringify(refusal).includes('rt-1'), false)
  })

  it('stay closed to apps that the upstream does not list, whether they know its name or not (RFC 6750 §3.1)', async () => {
    await link(300)
    const other = await app.register()
    const { access_token } = await tokensFor(app, browser, other)
    const refused = await Promise.all(['drive', 'nothing-here'].map(alias => readAt(app.issuer, access_token, alias)))
    const bodies = await Promise.all(refused.map(response => response.clone().text()))
    assert.equal(bodies[0], bodies[1])
    for (const response of refused) {
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer error="insufficient_scope"/)
      await assertRefused(response, 403, 'insufficient_scope')
    }
  })

  it('are read by a public app that the administrator lists', async () => {
    await link(300)
    const page = await app.register({ clientId: 'page', type: 'public' })
    const origin = 'https://app.example.org'
    const tokens = await tokensFor(app, browser, page)
    const headers = { authorization: `Bearer ${tokens.access_token}`, origin }
    const response = await fetch(`${app.issuer}/broker/drive/token`, { headers })
    assert.equal(response.headers.get('access-control-allow-origin'), origin)
    assert.equal((await answered(response)).access_token, 'at-1')
    const asked = await fetch(`${app.issuer}/broker/drive/token`, { method: 'OPTIONS', headers: { origin } })
    assert.equal(asked.headers.get('access-control-allow-methods'), 'GET, POST')
  })

  it('are refused to a token that is none, ended, for an API (RFC 9068 §4), or about no person (RFC 6750 §3.1 invalid_token)', async () => {
    await link(300)
    const { access_token } = await tokensFor(app, browser, by)
    await postAs(app, by, '/revoke', { token: access_token })
    for (const token of ['nonsense', access_token])
      await assertRefused(await readAt(app.issuer, token), 401, 'invalid_token')
    assert.equal((await fetch(`${app.issuer}/broker/drive/token`)).status, 401)
    const forApi = await tokensFor(app, browser, by, { resource: API, scope: 'api:read' })
    await assertRefused(await readAt(app.issuer, forApi.access_token), 401, 'invalid_token')
    const machine = await app.register({ grantTypes: ['client_credentials'] })
    const own = await answered(postAs(app, machine, '/token', { grant_type: 'client_credentials' }))
    await assertRefused(await readAt(app.issuer, own.access_token), 401, 'invalid_token')
  })

  it('are refused where nothing is linked, nothing is stored, or the upstream is switched off', async () => {
    await assertRefused(await read(), 404, 'not_linked')
    const without = anIdentity({ accountId: ada.id, upstreamUid: upstream.uid })
    await app.house.repositories.commit([app.house.repositories.identities.link(without)])
    await assertRefused(await read(), 404, 'no_stored_tokens')
    const readable = { storedTokensReadableBy: ['files'] }
    const off = await app.addUpstream({ ...readable, storeTokens: true, enabled: false })
    await assertRefused(await read(off.alias), 403, 'insufficient_scope')
    const noStore = await app.addUpstream(readable)
    await link(300, {}, noStore)
    await assertRefused(await read(noStore.alias), 404, 'no_stored_tokens')
  })

  it('are read with a DPoP-bound token by whoever holds its key only (RFC 9449 §7.1)', async () => {
    await link(300)
    const bound = await app.register({ clientId: 'bound', dpopBoundAccessTokens: true })
    const key = makeAppKey()
    const code = await codeFor(browser, bound.client)
    const [redirect_uri = ''] = bound.client.redirectUris
    const fields = { grant_type: 'authorization_code', code, redirect_uri }
    const proof = await dpopProof(key, 'POST', `${app.issuer}/token`)
    const { access_token } = await answered(postAs(app, bound, '/token', fields, { dpop: proof }))
    await assertRefused(await readAt(app.issuer, access_token), 401, 'invalid_token')
    const url = `${app.issuer}/broker/drive/token`
    const prove = async (by: typeof key) => ({
      authorization: `DPoP ${access_token}`,
      dpop: await dpopProof(by, 'GET', url, { accessToken: access_token }),
    })
    await assertRefused(await fetch(url, { headers: await prove(makeAppKey()) }), 401, 'invalid_token')
    assert.equal((await answered(fetch(url, { headers: await prove(key) }))).access_token, 'at-1')
  })

  it('are those of the person that the access token is about, and of nobody else', async () => {
    await link(300)
    const eve = await app.enrol()
    const { access_token } = await tokensFor(app, await app.browser(eve), by)
    await assertRefused(await readAt(app.issuer, access_token), 404, 'not_linked')
    assert.equal((await exchange(app, by, await codeFor(browser, by.client))).status, 200)
  })
})

describe('tokens of a sign-in', () => {
  it('are kept where the upstream stores them (store_tokens), and open the upstream', async () => {
    const pair = await startUpstreamPair()
    try {
      const readable = { storeTokens: true, storedTokensReadableBy: ['reader'] }
      await pair.addUpstream('kept', readable)
      await pair.addUpstream('not-kept', { ...readable, storeTokens: false })
      const by = await pair.app.register({ clientId: 'reader' })
      const ada = await pair.idp.enrol()
      const browser = await pair.browser()
      const login = shown(await browser.open('/login'))
      const flow = login.url.searchParams.get('flow') ?? ''
      shown(await browser.open(`/broker/kept/login?flow=${flow}`, ada), '/')
      const { access_token } = await tokensFor(pair.app, browser.here, by)
      const headers = { authorization: `Bearer ${access_token}` }
      const theirs = await answered(fetch(`${pair.app.issuer}/broker/kept/token`, { headers }))
      assert.equal(theirs.status, 200)
      assert.equal(theirs.refresh_token, undefined)
      const about = await fetch(`${pair.idp.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${theirs.access_token}` },
      })
      assert.equal(((await about.json()) as { sub: string }).sub, ada.subject)
      await assertRefused(await fetch(`${pair.app.issuer}/broker/not-kept/token`, { headers }), 404, 'no_stored_tokens')
    } finally {
      await pair.close()
    }
  })
})

describe('stored tokens in the database', () => {
  it('are sealed: the file has no trace of them', async () => {
    const app = await startApp()
    try {
      const ada = await app.enrol()
      const upstream = await app.addUpstream()
      const identity = anIdentity({ accountId: ada.id, upstreamUid: upstream.uid, label: 'a label in clear' })
      const tokens = { accessToken: 'at-of-the-upstream', refreshToken: 'rt-of-the-upstream' }
      const sealedTokens = sealTokens(app.keys.sealer, identity.id, tokens)
      await app.house.repositories.commit([app.house.repositories.identities.link({ ...identity, sealedTokens })])
      const path = app.database.slice('sqlite:'.length)
      const file = Buffer.concat([path, `${path}-wal`].map(name => readFileSync(name)))
      assert.equal(file.includes('a label in clear'), true, 'it is the right file')
      for (const secret of Object.values(tokens)) assert.equal(file.includes(secret), false, secret)
    } finally {
      await app.close()
    }
  })
})
