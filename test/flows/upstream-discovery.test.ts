/** Where an upstream is: its discovery document, read, held against what is configured, and read again. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { RelyingParty } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { refreshUpstreams } from '../../src/doors/jobs/refresh-upstreams.ts'
import { addSeconds, type Clock } from '../../src/lib/clock.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { isRefusal, type Refusal } from '../../src/spec/refusal.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { type OddUpstream, startOddUpstream } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

const DOCUMENT = '/.well-known/openid-configuration'

describe('discovery of an upstream (OIDC Discovery §4)', () => {
  let app: RunningApp
  let odd: OddUpstream
  let party: RelyingParty
  let count = 0

  before(async () => {
    app = await startApp()
  })
  beforeEach(async () => {
    odd = await startOddUpstream()
    party = relyingPartyOf(app)
  })
  after(async () => {
    await app?.close()
  })

  async function withUpstream(changes: Partial<Upstream>, work: (upstream: Upstream) => Promise<void>): Promise<void> {
    count += 1
    try {
      await work(await app.addUpstream({ alias: `found-${count}`, ...odd.whereItIs, ...changes }, odd.secret))
    } finally {
      await odd.close()
    }
  }

  function urlFor(upstream: Upstream): Promise<string | Refusal> {
    return party.authorizationUrl(upstream, attemptAt(upstream), { further: [] })
  }

  async function stored(upstream: Upstream): Promise<Upstream> {
    return (await app.house.repositories.upstreams.find(upstream.uid)) ?? assert.fail('it is gone')
  }

  it('(44) the document is fetched before the first sign-in, once, and stored', () =>
    withUpstream({}, async upstream => {
      const urls = await Promise.all([urlFor(upstream), urlFor(upstream)])
      for (const url of urls) assert.ok(typeof url === 'string' && url.startsWith(`${odd.issuer}/authorize?`))
      assert.equal(odd.asked(DOCUMENT), 1)
      const { discovered } = await stored(upstream)
      assert.equal(discovered?.tokenEndpoint, `${odd.issuer}/token`)
      assert.deepEqual(discovered?.idTokenSigningAlgs, ['RS256', 'ES256'])
    }))

  const strangers: readonly [what: string, issuer: (own: string) => unknown][] = [
    ['another issuer', () => 'https://elsewhere.example'],
    ['an issuer that only begins like it', own => `${own}.elsewhere.example`],
    ['an issuer below it', own => `${own}/tenant`],
    ['no issuer', () => undefined],
    ['an issuer that is no text', () => ({ toString: 1 })],
  ]
  for (const [what, issuer] of strangers)
    it(`(44) a document with ${what}: no authorization request, and nothing is stored (OIDC Discovery §4.3)`, () =>
      withUpstream({}, async upstream => {
        odd.behave({ discovery: { issuer: issuer(odd.issuer) } })
        const url = await urlFor(upstream)
        assert.ok(isRefusal(url))
        assert.equal(url.rule, 'OIDC Discovery §4.3 issuer of the upstream')
        assert.equal((await stored(upstream)).discovered, undefined)
      }))

  it('(44) with an issuer typed by hand, the final slash counts (OIDC Discovery §4.3)', () =>
    withUpstream({ issuer: `${odd.issuer}/` }, async upstream => {
      let now = new Date()
      party = relyingPartyOf(app, { clock: { now: () => now, sleep: async () => {} } })
      assert.ok(isRefusal(await urlFor(upstream)))
      odd.behave({ discovery: { issuer: `${odd.issuer}/` } })
      now = addSeconds(now, 3)
      assert.equal(typeof (await urlFor(upstream)), 'string')
    }))

  it('a document that could not be taken is not asked for again at once, whoever comes, but when a setting changed', () =>
    withUpstream({}, async upstream => {
      let now = new Date()
      party = relyingPartyOf(app, { clock: { now: () => now, sleep: async () => {} } })
      odd.behave({ answers: { [DOCUMENT]: () => ({ status: 503 }) } })
      for (let visits = 0; visits < 3; visits += 1) assert.ok(isRefusal(await urlFor(upstream)))
      assert.equal(odd.asked(DOCUMENT), 1)
      assert.ok(isRefusal(await urlFor({ ...upstream, issuer: `${odd.issuer}/else` })))
      assert.equal(odd.asked(DOCUMENT), 2)
      now = addSeconds(now, 3)
      odd.behave({})
      assert.equal(typeof (await urlFor(upstream)), 'string')
    }))

  it('(44) an issuer with a final slash is that of a URL made without it, and tokens need the slash, too (OIDC Discovery §4.1)', () =>
    withUpstream({}, async upstream => {
      const signIn = async () => {
        const attempt = attemptAt(upstream)
        const url = await party.authorizationUrl(upstream, attempt, { further: [] })
        assert.ok(!isRefusal(url))
        return party.receive(upstream, attempt, paramsOf(await odd.signIn(url)))
      }
      odd.behave({ discovery: { issuer: `${odd.issuer}/` } })
      assert.match((await signIn()).refusal?.rule ?? '', /§3\.1\.3\.7 iss/)
      odd.behave({ discovery: { issuer: `${odd.issuer}/` }, idToken: { claims: { iss: `${odd.issuer}/` } } })
      assert.equal((await signIn()).refusal, undefined)
    }))

  it('an issuer with a place for the tenant is held against the tenant that the token names', () =>
    withUpstream({ discoveryUri: `${odd.issuer}/common/v2.0${DOCUMENT}` }, async upstream => {
      const issuer = `${odd.issuer}/{tenantid}/v2.0`
      const answers = {
        [`/common/v2.0${DOCUMENT}`]: () => ({
          body: JSON.stringify({
            issuer,
            authorization_endpoint: `${odd.issuer}/authorize`,
            token_endpoint: `${odd.issuer}/token`,
            jwks_uri: `${odd.issuer}/jwks`,
          }),
        }),
      }
      const signIn = async (claims: Record<string, unknown>) => {
        odd.behave({ answers, idToken: { claims } })
        const attempt = attemptAt(upstream)
        const url = await party.authorizationUrl(upstream, attempt, { further: [] })
        assert.ok(!isRefusal(url), JSON.stringify(url))
        const { refusal } = await party.receive(upstream, attempt, paramsOf(await odd.signIn(url)))
        return refusal?.rule
      }
      assert.equal(await signIn({ iss: `${odd.issuer}/t-1/v2.0`, tid: 't-1' }), undefined)
      const broken = 'OIDC Core §3.1.3.7 iss of the upstream'
      assert.equal(await signIn({ iss: `${odd.issuer}/t-1/v2.0`, tid: 't-2' }), broken)
      assert.equal(await signIn({ iss: `${odd.issuer}/t-1/v2.0` }), broken)
      assert.equal(await signIn({ iss: issuer, tid: '{tenantid}' }), broken)
      assert.equal(await signIn({ iss: `${odd.issuer}/a/b/v2.0`, tid: 'a/b' }), broken)
    }))

  it('what was typed by hand wins over what was discovered, one by one', () =>
    withUpstream({ authorizationEndpoint: 'https://login.example/start?brand=1' }, async upstream => {
      const url = await urlFor(upstream)
      assert.ok(typeof url === 'string' && url.startsWith('https://login.example/start?brand=1&response_type=code'))
      const endpoints = await party.endpoints(upstream)
      assert.ok(!isRefusal(endpoints))
      assert.equal(endpoints.tokenEndpoint, `${odd.issuer}/token`)
    }))

  it('endpoints that no browser should be sent to are as if they were not there (OIDC Discovery §3)', () =>
    withUpstream({}, async upstream => {
      odd.behave({ discovery: { authorization_endpoint: 'javascript:alert(1)', token_endpoint: 7 } })
      const url = await urlFor(upstream)
      assert.ok(isRefusal(url))
      assert.deepEqual(url.facts.missing, ['authorization_endpoint', 'token_endpoint'])
    }))

  for (const odder of [
    'https://a.example/b\r\nset-cookie: c=d',
    'https://a.example/\u2028',
    `https://a.example/${'a'.repeat(3000)}`,
  ])
    it(`an endpoint that fits in no header is as if it were not there: ${JSON.stringify(odder.slice(0, 40))} (RFC 3986 §2)`, () =>
      withUpstream({}, async upstream => {
        odd.behave({ discovery: { authorization_endpoint: odder } })
        const url = await urlFor(upstream)
        assert.ok(isRefusal(url))
        assert.deepEqual(url.facts.missing, ['authorization_endpoint'])
      }))

  it('people are not sent to an upstream without encryption (OIDC Core §3.1.2.1)', () =>
    withUpstream({ authorizationEndpoint: 'http://login.example/start' }, async upstream => {
      const url = await urlFor(upstream)
      assert.ok(isRefusal(url))
      assert.equal(url.rule, 'OIDC Core §3.1.2.1 the upstream is reached with TLS')
    }))

  const unreadable: readonly [what: string, answer: { status?: number; body: string }][] = [
    ['HTML', { body: '<h1>Hello</h1>' }],
    ['status 500', { status: 500, body: '{}' }],
    ['a redirect', { status: 302, body: '' }],
    ['a list', { body: '[]' }],
  ]
  for (const [what, answer] of unreadable)
    it(`a document that is ${what} is no document (OIDC Discovery §4.2)`, () =>
      withUpstream({}, async upstream => {
        odd.behave({ answers: { [DOCUMENT]: () => answer } })
        const url = await urlFor(upstream)
        assert.ok(isRefusal(url))
        assert.equal(url.rule, 'OIDC Discovery §4.2 discovery document of the upstream')
        assert.equal(url.facts.status, answer.status ?? 200)
      }))

  it('an upstream whose discovery is away goes on with what was read before, and is read again in the background', () =>
    withUpstream({}, async upstream => {
      let now = new Date()
      const clock: Clock = { now: () => now, sleep: async () => {} }
      party = relyingPartyOf(app, { clock, metadataRefreshSeconds: 3600 })
      await urlFor(upstream)
      const known = await stored(upstream)
      now = addSeconds(now, 3601)
      odd.behave({ answers: { [DOCUMENT]: () => ({ status: 503 }) } })
      assert.equal(typeof (await urlFor(known)), 'string')
      const refused = await party.refreshMetadata(known)
      assert.ok(isRefusal(refused))
      assert.equal(refused.facts.status, 503)
      now = addSeconds(now, 60)
      odd.behave({ discovery: { token_endpoint: `${odd.issuer}/token2` } })
      assert.equal(typeof (await urlFor(known)), 'string')
      // The same reading that runs behind it.
      const fresh = await party.refreshMetadata(known)
      assert.ok(!isRefusal(fresh))
      assert.equal((await stored(known)).discovered?.tokenEndpoint, `${odd.issuer}/token2`)
      const [event] = await app.house.repositories.audit.list({ type: 'upstream.rediscovered', limit: 1 })
      assert.deepEqual(event?.detail, { alias: known.alias, changed: ['tokenEndpoint'] })
    }))

  it('who waits for the same document gets it, and keeps the settings that they came with; another place is another document', () =>
    withUpstream({}, async upstream => {
      const elsewhere = { ...upstream, discoveryUri: `${odd.issuer}/nowhere${DOCUMENT}`, issuer: odd.issuer }
      const [before, changed, moved] = await Promise.all([
        urlFor(upstream),
        urlFor({ ...upstream, clientId: 'renamed' }),
        urlFor(elsewhere),
      ])
      assert.ok(!isRefusal(before) && !isRefusal(changed))
      assert.equal(new URL(changed).searchParams.get('client_id'), 'renamed')
      assert.equal(odd.asked(DOCUMENT), 1)
      assert.ok(isRefusal(moved))
    }))

  it('a document that moves an endpoint to another server is told of, in the log and with both servers in the audit', () =>
    withUpstream({}, async upstream => {
      const told: string[] = []
      const logger = {
        ...silentLogger,
        warn: (fields: object, text: string) => told.push(`${text} ${JSON.stringify(fields)}`),
      }
      party = relyingPartyOf(app, { logger })
      await urlFor(upstream)
      odd.behave({ discovery: { token_endpoint: 'https://elsewhere.example/token' } })
      assert.ok(!isRefusal(await party.refreshMetadata(await stored(upstream))))
      const moved = [`tokenEndpoint from ${odd.issuer} to https://elsewhere.example`]
      const [event] = await app.house.repositories.audit.list({ type: 'upstream.rediscovered', limit: 1 })
      assert.deepEqual(event?.detail, { alias: upstream.alias, changed: ['tokenEndpoint'], moved })
      assert.match(told.join(), /moved to another server.*elsewhere\.example/)
    }))

  it('the job reads what is due, leaves alone what is not, and goes on past an upstream that is away', () =>
    withUpstream({}, async upstream => {
      const away = await app.addUpstream({ alias: `away-${count}`, discoveryUri: `${odd.issuer}/nowhere` })
      let now = new Date()
      const clock: Clock = { now: () => now, sleep: async () => {} }
      const settings = { clock, metadataRefreshSeconds: 3600 }
      const relyingParty = relyingPartyOf(app, settings)
      const upstreams = { list: async () => [away, await stored(upstream)] }
      const job = refreshUpstreams({
        clock,
        metadataRefreshSeconds: () => 3600,
        upstreams,
        relyingParty,
        logger: silentLogger,
      })
      const run = () => job.run(new AbortController().signal)
      await run()
      await run()
      assert.equal(odd.asked(DOCUMENT), 1)
      now = addSeconds(now, 3601)
      await run()
      assert.equal(odd.asked(DOCUMENT), 2)
      assert.equal((await stored(upstream)).discovered?.fetchedAt.getTime(), now.getTime())
      assert.equal(odd.asked('/nowhere'), 3)
    }))
})
