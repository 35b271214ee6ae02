/** The claims parameter, APIs and authorization details on the wire (OIDC Core §5.5, RFC 8707, RFC 9396), and what the person is asked. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { answerOf } from '../support/answers.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { authorizePath, exchange, metadataOf, payloadOf, signInAt, tokensFor, userinfo } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const API = 'https://api.example.org/v1'
const FILES = 'urn:example:files'

onBothDatabases('what apps ask for beyond scopes', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({
      database: await database(),
      environment: {
        SALLYPORT_RESOURCES: JSON.stringify([
          { uri: API, name: 'Reports' },
          { uri: FILES, name: 'Files' },
        ]),
        SALLYPORT_AUTHORIZATION_DETAILS_TYPES: 'payment account',
      },
    })
    by = await app.register({ authorizationDetailsTypes: ['payment'], resources: [API] })
    ada = await app.enrol({ attributes: { name: 'Ada Lovelace', birthdate: '1815-12-10' } })
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const errorOf = async (changes: Readonly<Record<string, string | undefined>>) =>
    answerOf(await browser.open(authorizePath(by.client, changes))).params.error
  const personOf = async (token: string) =>
    (await (await userinfo(app, token)).json()) as Readonly<Record<string, unknown>>
  const claimsOf = (claims: object) => JSON.stringify(claims)

  it('(25) tells an essential claim of user info with scope openid alone, and keeps it out of the ID token (OIDC Core §5.5)', async () => {
    const claims = claimsOf({ userinfo: { name: { essential: true } } })
    const tokens = await tokensFor(app, browser, by, { claims })
    assert.deepEqual(await personOf(tokens.access_token), {
      sub: payloadOf(tokens.id_token).sub,
      name: 'Ada Lovelace',
    })
    assert.ok(!('name' in payloadOf(tokens.id_token)))
  })

  it('(25) puts a claim that is asked for in the ID token there, and only there (OIDC Core §5.5)', async () => {
    const claims = claimsOf({ id_token: { email: null, auth_time: { essential: true } } })
    const tokens = await tokensFor(app, browser, by, { claims })
    const idToken = payloadOf(tokens.id_token)
    assert.deepEqual([idToken.email, typeof idToken.auth_time], [ada.email, 'number'])
    assert.ok(!('email' in (await personOf(tokens.access_token))))
  })

  it('tells no claim that the scopes of the client do not reach, and refuses nothing for it (OIDC Core §5.5.1)', async () => {
    const narrow = await app.register({ scopes: ['openid', 'email'] })
    const claims = claimsOf({ userinfo: { birthdate: { essential: true }, passwordHash: null, role: null } })
    const tokens = await tokensFor(app, browser, narrow, { claims })
    assert.deepEqual(Object.keys(await personOf(tokens.access_token)), ['sub'])
  })

  it('refuses claims that are no claims request with invalid_request (OIDC Core §5.5)', async () => {
    for (const claims of ['{', '[]', '"x"', '{"userinfo":[]}', '{"id_token":{"sub":7}}'])
      assert.equal(await errorOf({ claims }), 'invalid_request', claims)
  })

  it('lets nobody else through when sub is asked for with a value (OIDC Core §5.5.1)', async () => {
    const subject = payloadOf((await tokensFor(app, browser, by)).id_token).sub
    const claims = claimsOf({ id_token: { sub: { value: subject } } })
    assert.equal(await errorOf({ claims, prompt: 'none' }), undefined)
    const bob = await app.enrol()
    const other = await app.browser(bob)
    const silent = await other.open(authorizePath(by.client, { claims, prompt: 'none' }))
    assert.equal(answerOf(silent).params.error, 'login_required')
    const page = shown(await other.open(authorizePath(by.client, { claims })), '/login')
    assert.equal(answerOf(await signInAt(other, page, bob)).params.error, 'login_required')
    const again = shown(await other.open(authorizePath(by.client, { claims })), '/login')
    assert.ok(sentAway(await signInAt(other, again, ada)).params.get('code'))
  })

  it('knows the person behind the hint and the sub of a pairwise client (OIDC Core §3.1.2.1, §8.1)', async () => {
    const pairwise = await app.register({ subjectType: 'pairwise', sectorIdentifier: 'app.example.org' })
    const { id_token } = await tokensFor(app, browser, pairwise)
    const { sub } = payloadOf(id_token)
    assert.notEqual(sub, ada.subject)
    const bob = await app.browser(await app.enrol())
    for (const changes of [{ id_token_hint: id_token }, { claims: claimsOf({ id_token: { sub: { value: sub } } }) }]) {
      const asked = authorizePath(pairwise.client, { ...changes, prompt: 'none' })
      assert.ok(sentAway(await browser.open(asked)).params.get('code'))
      assert.equal(answerOf(await bob.open(asked)).params.error, 'login_required')
    }
  })

  it('shows single claims on the consent page, and remembers them beside scopes (OIDC Core §5.5, §3.1.2.4)', async () => {
    const asking = await app.register({ consentMode: 'remember' })
    const open = (claims: object) =>
      browser.open(authorizePath(asking.client, { claims: claimsOf(claims), scope: 'openid email' }))
    const first = shown(await open({ userinfo: { birthdate: null, email: null } }), '/consent')
    assert.match(first.html, /your date of birth/)
    assert.ok(!first.html.includes('See one detail: your e-mail address'), 'a scope says that already')
    sentAway(await browser.submit(first, '/consent', { decision: 'approve' }))
    sentAway(await open({ id_token: { birthdate: { essential: true } } }))
    const second = shown(await open({ userinfo: { birthdate: null, name: null } }), '/consent')
    assert.match(second.html, /your name[\s\S]*badge/)
    const consent = await app.house.repositories.consents.find(ada.id, asking.client.uid)
    assert.deepEqual(consent?.scopes, ['claim birthdate', 'email', 'openid'])
  })

  it('takes resources that are configured and allowed, several of them, and refuses others with invalid_target (RFC 8707 §2)', async () => {
    const wide = await app.register()
    const two = `${authorizePath(wide.client)}&resource=${encodeURIComponent(API)}&resource=${encodeURIComponent(FILES)}`
    assert.ok(sentAway(await browser.open(two)).params.get('code'))
    assert.equal(await errorOf({ resource: API }), undefined)
    for (const resource of [FILES, 'https://other.example.org', '/v1', `${API}#x`, 'https://api.example.org/v1/'])
      assert.equal(await errorOf({ resource }), 'invalid_target', resource)
  })

  it('asks the person before an app uses an API for the first time (RFC 8707 §2.1)', async () => {
    const asking = await app.register({ consentMode: 'remember' })
    const open = (resource?: string) => browser.open(authorizePath(asking.client, { resource }))
    sentAway(await browser.submit(shown(await open(), '/consent'), '/consent', { decision: 'approve' }))
    const page = shown(await open(API), '/consent')
    assert.match(page.html, /Use Reports for you/)
    sentAway(await browser.submit(page, '/consent', { decision: 'approve' }))
    sentAway(await open(API))
  })

  const PAYMENT = [{ type: 'payment', actions: ['pay'], amount: { currency: 'EUR', value: '12.30' }, to: '<b>Bob</b>' }]

  it('shows authorization details readably and asks every time (RFC 9396 §2)', async () => {
    const asking = await app.register({ consentMode: 'remember', authorizationDetailsTypes: ['payment'] })
    const asked = authorizePath(asking.client, { authorization_details: JSON.stringify(PAYMENT) })
    for (let round = 0; round < 2; round++) {
      const page = shown(await browser.open(asked), '/consent')
      for (const text of [
        'payment',
        'amount · currency',
        'EUR',
        'amount · value',
        '12.30',
        '&lt;b&gt;Bob',
        'asked again next time',
      ])
        assert.ok(page.html.includes(text), text)
      const { code = '' } = answerOf(await browser.submit(page, '/consent', { decision: 'approve' })).params
      const tokens = (await exchange(app, asking, code)) as unknown as { readonly authorization_details: unknown }
      assert.deepEqual(tokens.authorization_details, PAYMENT)
    }
    const silent = await browser.open(`${asked}&prompt=none`)
    assert.equal(answerOf(silent).params.error, 'consent_required')
  })

  it('refuses authorization details that are malformed, unknown or not for this client (RFC 9396 §5)', async () => {
    for (const authorization_details of ['[', '{}', '[]', '[{"type":"account"}]', '[{"type":"loan"}]', '[{}]'])
      assert.equal(await errorOf({ authorization_details }), 'invalid_authorization_details', authorization_details)
    assert.equal(await errorOf({ authorization_details: '[{"type":"payment"}]' }), undefined)
  })

  it('says in discovery what may be asked for (OpenID Connect Discovery §3, RFC 9396 §10)', async () => {
    const metadata = await metadataOf(app)
    assert.equal(metadata.claims_parameter_supported, true)
    assert.deepEqual(metadata.authorization_details_types_supported, ['payment', 'account'])
  })
})
