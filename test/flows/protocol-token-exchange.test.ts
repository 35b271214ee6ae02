/** Token exchange (RFC 8693), on the wire: impersonation, delegation, narrowing, and everything that has to be refused. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { rotateKey } from '../../src/core/keys/rotate-key.ts'
import { TOKEN_EXCHANGE } from '../../src/spec/grant-types.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  answered,
  codeFor,
  exchange,
  type Fields,
  isActive,
  payloadOf,
  postAs,
  type TokenAnswer,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type AppKey, dpopProof, makeAppKey } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const TYPE = 'urn:ietf:params:oauth:token-type:'
const ORDERS = 'https://orders.example.org'
const STOCK = 'https://stock.example.org'

type Exchanged = TokenAnswer & { readonly issued_token_type: string }

onBothDatabases('token exchange, on the wire', database => {
  let app: RunningApp
  /** The app that people sign in to. */
  let shop: Registered
  /** The API that the app calls, which calls the next one. */
  let orders: Registered
  let stranger: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    const resources = [
      { uri: ORDERS, clients: ['orders'], scopes: ['orders:read', 'stock:read', 'openid'] },
      { uri: STOCK, clients: ['stock'], scopes: ['stock:read'], access_token_format: 'jwt' },
    ]
    app = await startApp({
      database: await database(),
      environment: { SALLYPORT_RESOURCES: JSON.stringify(resources) },
    })
    const scopes = ['openid', 'email', 'offline_access', 'orders:read', 'stock:read', 'stock:write']
    const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', TOKEN_EXCHANGE]
    shop = await app.register({ scopes, grantTypes })
    orders = await app.register({ clientId: 'orders', scopes, grantTypes })
    stranger = await app.register({ scopes, grantTypes })
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const scope = 'openid email offline_access orders:read stock:read'
  const signIn = async (resource?: string) =>
    exchange(app, shop, await codeFor(browser, shop.client, { scope }), resource === undefined ? {} : { resource })
  const swap = async (by: Registered, token: string, fields: Fields = {}, headers: Fields = {}): Promise<Exchanged> =>
    (await answered(
      postAs(
        app,
        by,
        '/token',
        { grant_type: TOKEN_EXCHANGE, subject_token: token, subject_token_type: `${TYPE}access_token`, ...fields },
        headers,
      ),
    )) as Exchanged
  const described = async (by: Registered, token: string) =>
    (await (await postAs(app, by, '/introspect', { token })).json()) as Readonly<Record<string, unknown>>

  describe('what comes of it (§2.2)', () => {
    it('gives an API that was sent a token one of its own for the next API, narrower and in the form that one wants', async () => {
      const { access_token } = await signIn(ORDERS)
      const swapped = await swap(orders, access_token, { resource: STOCK })
      assert.deepEqual(
        [swapped.status, swapped.issued_token_type, swapped.token_type, swapped.scope],
        [200, `${TYPE}access_token`, 'Bearer', 'stock:read'],
        swapped.error_description ?? '',
      )
      const claims = payloadOf(swapped.access_token)
      assert.deepEqual(
        [claims.sub, claims.client_id, claims.aud, claims.scope],
        [ada.subject, 'orders', [STOCK], 'stock:read'],
      )
      assert.ok(!('act' in claims), 'impersonation (§1.1)')
      assert.ok(!('refresh_token' in swapped) && !('id_token' in swapped))
    })

    it('names the API by the client_id that it has here, too (§2.1 audience)', async () => {
      const { access_token } = await signIn(ORDERS)
      const swapped = await swap(orders, access_token, { audience: 'stock' })
      assert.deepEqual(payloadOf(swapped.access_token).aud, [STOCK])
    })

    it('says who acts for the person when an actor token comes along, the newest outermost (§4.1)', async () => {
      const { access_token } = await signIn(ORDERS)
      const own = await answered(postAs(app, orders, '/token', { grant_type: 'client_credentials' }))
      const actor = { actor_token: own.access_token, actor_token_type: `${TYPE}access_token` }
      const first = await swap(orders, access_token, { resource: STOCK, ...actor })
      const act = { sub: 'orders', client_id: 'orders' }
      assert.deepEqual(payloadOf(first.access_token).act, act)
      assert.deepEqual((await described(orders, first.access_token)).act, act)
      const second = await swap(orders, first.access_token, actor)
      assert.deepEqual(payloadOf(second.access_token).act, { ...act, act })
      const third = await swap(orders, second.access_token)
      assert.deepEqual(payloadOf(third.access_token).act, { ...act, act }, 'nobody drops out of the chain')
    })

    it('gives a JWT when that is asked for, and an ID token for the caller (§3)', async () => {
      const { access_token } = await signIn()
      const jwt = await swap(shop, access_token, { requested_token_type: `${TYPE}jwt` })
      assert.equal(jwt.issued_token_type, `${TYPE}jwt`)
      assert.equal((await userinfo(app, jwt.access_token)).status, 200)
      const id = await swap(shop, access_token, { requested_token_type: `${TYPE}id_token`, scope: 'openid' })
      assert.deepEqual([id.issued_token_type, id.token_type], [`${TYPE}id_token`, 'N_A'])
      assert.deepEqual(payloadOf(id.access_token).aud, [shop.client.clientId])
      const noPerson = await answered(postAs(app, shop, '/token', { grant_type: 'client_credentials' }))
      const refused = await swap(shop, noPerson.access_token, { requested_token_type: `${TYPE}id_token` })
      assert.equal(refused.error, 'invalid_request')
    })

    it('takes ID tokens of the caller, for as long as the person is signed in', async () => {
      const account = await app.enrol()
      const { session, cookie } = await app.beginSession(account)
      const own = await app.browser()
      own.cookies.set('sallyport-session', cookie)
      const { id_token } = await tokensFor(app, own, shop, { scope })
      for (const type of ['id_token', 'jwt']) {
        const fields = { subject_token_type: `${TYPE}${type}`, resource: ORDERS }
        const swapped = await swap(shop, id_token, fields)
        assert.equal(swapped.scope, 'openid orders:read stock:read', swapped.error_description ?? '')
        assert.equal((await described(orders, swapped.access_token)).sub, account.subject)
      }
      const last = await swap(shop, id_token, { subject_token_type: `${TYPE}id_token` })
      await app.house.repositories.commit([app.house.repositories.sessions.end(session.id, new Date())])
      assert.equal(await isActive(app, shop, last.access_token), false, 'it ends with the session')
      assert.equal((await swap(shop, id_token, { subject_token_type: `${TYPE}id_token` })).error, 'invalid_request')
    })

    it('takes no ID token by a key that has left the key set: that one recognises a hint at most (RFC 7517 §5)', async () => {
      const { grantTypes, scopes } = shop.client
      const signed = await app.register({ grantTypes, scopes, idTokenSignedResponseAlg: 'ES384' })
      const { id_token } = await tokensFor(app, browser, signed, { scope })
      const fields = { subject_token_type: `${TYPE}id_token` }
      assert.equal((await swap(signed, id_token, fields)).status, 200)
      const { house, keys } = app
      const making = { sealer: keys.sealer, random: house.random, now: house.clock.now() }
      const { writes } = await rotateKey('ES384', 0, { keys: house.repositories.keys, ...making })
      await house.repositories.commit(writes)
      await new Promise(resolve => setTimeout(resolve, 600))
      assert.equal((await swap(signed, id_token, fields)).error, 'invalid_request')
    })

    it("takes a client's own tokens, which stay about that client", async () => {
      const own = await answered(postAs(app, shop, '/token', { grant_type: 'client_credentials', resource: ORDERS }))
      const swapped = await swap(orders, own.access_token, { resource: STOCK })
      const claims = payloadOf(swapped.access_token)
      assert.deepEqual([claims.sub, claims.client_id], [shop.client.clientId, 'orders'])
    })
  })

  describe('never more than before', () => {
    it('lives no longer than the token it was made from', async () => {
      const brief = await app.register({
        accessTokenSeconds: 30,
        scopes: ['orders:read'],
        grantTypes: ['client_credentials'],
      })
      const fields = { grant_type: 'client_credentials', resource: ORDERS }
      const { access_token } = await answered(postAs(app, brief, '/token', fields))
      assert.ok((await swap(orders, access_token)).expires_in <= 30)
    })

    it('has no scope that the token had not, or that the caller may not have (§2.1)', async () => {
      const { access_token } = await signIn(ORDERS)
      for (const wider of ['stock:write', 'email', 'nothing']) {
        assert.equal((await swap(orders, access_token, { scope: wider })).error, 'invalid_scope')
      }
      assert.equal((await swap(orders, access_token, { scope: 'stock:read' })).scope, 'stock:read')
    })

    it('dies with the sign-in that it comes from, and can be revoked by who got it', async () => {
      const tokens = await signIn(ORDERS)
      const first = await swap(orders, tokens.access_token, { resource: STOCK })
      const second = await swap(orders, tokens.access_token, { resource: STOCK })
      assert.equal((await answered(postAs(app, shop, '/revoke', { token: first.access_token }))).error, 'invalid_grant')
      assert.equal((await postAs(app, orders, '/revoke', { token: first.access_token })).status, 200)
      assert.equal(await isActive(app, orders, first.access_token), false)
      assert.equal(await isActive(app, orders, second.access_token), true)
      await postAs(app, shop, '/revoke', { token: tokens.refresh_token })
      assert.equal(await isActive(app, orders, second.access_token), false)
    })

    it('dies with either client', async () => {
      const { clients, commit } = app.house.repositories
      const caller = await app.register({
        scopes: shop.client.scopes,
        grantTypes: shop.client.grantTypes,
        tokenExchangeSubjects: ['*'],
      })
      const { access_token } = await swap(caller, (await signIn(ORDERS)).access_token)
      assert.equal(await isActive(app, orders, access_token), true)
      await commit([clients.replace({ ...caller.client, disabledAt: new Date() }, caller.client)])
      await new Promise(resolve => setTimeout(resolve, 600))
      assert.equal(await isActive(app, orders, access_token), false)
    })
  })

  describe('who may exchange what', () => {
    it('is the app that got a token and the API that it is for, and nobody else', async () => {
      const { access_token } = await signIn(ORDERS)
      assert.equal((await swap(shop, access_token)).status, 200)
      assert.equal((await swap(orders, access_token)).status, 200)
      const refused = await swap(stranger, access_token)
      assert.deepEqual([refused.status, refused.error], [400, 'invalid_request'])
      assert.equal((await swap(orders, (await signIn()).access_token)).error, 'invalid_request', 'for no API')
    })

    it('is whom the operator lists, and then only those (token_exchange_subjects)', async () => {
      const terms = { scopes: shop.client.scopes, grantTypes: shop.client.grantTypes }
      const { access_token } = await signIn()
      const allowed = await app.register({ ...terms, tokenExchangeSubjects: [shop.client.clientId] })
      const anybody = await app.register({ ...terms, tokenExchangeSubjects: ['*'] })
      const nobody = await app.register({ ...terms, tokenExchangeSubjects: [] })
      assert.equal((await swap(allowed, access_token)).status, 200)
      assert.equal((await swap(anybody, access_token)).status, 200)
      assert.equal((await swap(nobody, access_token)).error, 'invalid_request')
      const spa = await app.register({ ...terms, type: 'public', tokenExchangeSubjects: ['*'] })
      assert.equal(
        (await swap(spa, access_token)).error,
        'invalid_request',
        'anybody can say that they are a public client',
      )
    })

    it('takes no ID token from a public client: ID tokens travel through browsers', async () => {
      const spa = await app.register({ type: 'public', scopes: shop.client.scopes, grantTypes: shop.client.grantTypes })
      const { id_token, access_token } = await tokensFor(app, browser, spa)
      assert.equal((await swap(spa, id_token, { subject_token_type: `${TYPE}id_token` })).error, 'invalid_request')
      assert.equal((await swap(spa, access_token)).status, 200)
      const actor = { actor_token: id_token, actor_token_type: `${TYPE}id_token` }
      assert.equal((await swap(spa, access_token, actor)).error, 'invalid_request', 'nor does whoever found one act')
    })

    it('asks who got a bound token for its key, and binds what comes of it to the key of the caller (RFC 9449 §1)', async () => {
      const [key, other] = [makeAppKey(), makeAppKey()]
      const proofBy = async (by: AppKey) => ({ dpop: await dpopProof(by, 'POST', `${app.issuer}/token`) })
      const fields = { grant_type: 'client_credentials', resource: ORDERS }
      const bound = await answered(postAs(app, shop, '/token', fields, await proofBy(key)))
      assert.equal(bound.token_type, 'DPoP')
      assert.equal((await swap(shop, bound.access_token)).error, 'invalid_request', 'no proof')
      assert.equal((await swap(shop, bound.access_token, {}, await proofBy(other))).error, 'invalid_request')
      const same = await swap(shop, bound.access_token, {}, await proofBy(key))
      assert.deepEqual([same.status, same.token_type], [200, 'DPoP'])
      // The API was sent the token and has no key of the app; what it gets is bound to its own.
      const next = await swap(orders, bound.access_token, { resource: STOCK }, await proofBy(other))
      assert.deepEqual(payloadOf(next.access_token).cnf, { jkt: other.jkt })
    })

    it('opens to an app that registered itself no API that the person was not shown (RFC 8707 §2)', async () => {
      const { grantTypes, scopes } = shop.client
      const itself = await app.register({ grantTypes, scopes, origin: 'registration' })
      const { access_token } = await tokensFor(app, browser, itself, { scope: 'openid orders:read', resource: ORDERS })
      assert.equal((await swap(itself, access_token, { resource: ORDERS })).status, 200)
      assert.equal((await swap(itself, access_token, { resource: STOCK })).error, 'invalid_target')
      const plain = await tokensFor(app, browser, itself, { scope: 'openid orders:read' })
      assert.equal((await swap(itself, plain.access_token)).status, 200)
      assert.equal((await swap(itself, plain.access_token, { resource: ORDERS })).error, 'invalid_target')
    })

    it('gives an ID token that is the end of the chain: it leads back to no grant, and so to no other token (§4.1)', async () => {
      const { access_token } = await signIn(ORDERS)
      const own = await answered(postAs(app, orders, '/token', { grant_type: 'client_credentials' }))
      const actor = { actor_token: own.access_token, actor_token_type: `${TYPE}access_token` }
      const given = await swap(orders, access_token, { requested_token_type: `${TYPE}id_token`, ...actor })
      const claims = payloadOf(given.access_token)
      assert.deepEqual([claims.act, claims.sid], [{ sub: 'orders', client_id: 'orders' }, undefined])
      const again = await swap(orders, given.access_token, { subject_token_type: `${TYPE}id_token` })
      assert.equal(again.error, 'invalid_request', 'who acted would drop out, and the audience with them')
    })

    it('takes a bound actor token with its key only (RFC 9449 §1)', async () => {
      const key = makeAppKey()
      const proof = async () => ({ dpop: await dpopProof(key, 'POST', `${app.issuer}/token`) })
      const { access_token } = await signIn(ORDERS)
      const own = await answered(postAs(app, orders, '/token', { grant_type: 'client_credentials' }, await proof()))
      const actor = { actor_token: own.access_token, actor_token_type: `${TYPE}access_token` }
      assert.equal((await swap(orders, access_token, actor)).error, 'invalid_request')
      assert.equal((await swap(orders, access_token, actor, await proof())).status, 200)
    })

    it('takes no actor token that somebody else got (§2.1)', async () => {
      const { access_token } = await signIn(ORDERS)
      const foreign = await answered(postAs(app, stranger, '/token', { grant_type: 'client_credentials' }))
      const actor = { actor_token: foreign.access_token, actor_token_type: `${TYPE}access_token` }
      assert.equal((await swap(orders, access_token, actor)).error, 'invalid_request')
    })

    it('is only who has the grant type', async () => {
      const plain = await app.register()
      assert.equal((await swap(plain, (await signIn()).access_token)).error, 'unauthorized_client')
    })
  })

  describe('requests that are wrong (§2.2.2)', () => {
    const rows: readonly [string, Fields, string][] = [
      ['no subject token', { subject_token: '', subject_token_type: '' }, 'invalid_request'],
      ['no type', { subject_token_type: '' }, 'invalid_request'],
      ['a type that nobody takes', { subject_token_type: `${TYPE}saml2` }, 'invalid_request'],
      ['a type that the token is not of', { subject_token_type: `${TYPE}id_token` }, 'invalid_request'],
      ['a token that is unknown', { subject_token: 'x' }, 'invalid_request'],
      ['a requested type that is not given', { requested_token_type: `${TYPE}refresh_token` }, 'invalid_request'],
      ['an actor type without an actor', { actor_token_type: `${TYPE}jwt` }, 'invalid_request'],
      ['an actor without its type', { actor_token: 'x' }, 'invalid_request'],
      ['an actor that is unknown', { actor_token: 'x', actor_token_type: `${TYPE}jwt` }, 'invalid_request'],
      ['an unknown audience', { audience: 'nobody' }, 'invalid_target'],
      ['an unknown resource', { resource: 'https://nobody.example.org' }, 'invalid_target'],
    ]
    for (const [what, fields, error] of rows) {
      it(`answers ${what} with ${error}`, async () => {
        const { access_token } = await signIn()
        const refused = await swap(shop, access_token, fields)
        assert.deepEqual([refused.status, refused.error], [400, error])
      })
    }

    it('refuses what has ended: a revoked token, and one of a person who was disabled', async () => {
      const { accounts, commit } = app.house.repositories
      const account = await app.enrol()
      const tokens = await tokensFor(app, await app.browser(account), shop, { scope })
      await commit([accounts.replace({ ...account, disabledAt: new Date() }, account)])
      assert.equal((await swap(shop, tokens.access_token)).error, 'invalid_request')
      const revoked = await signIn()
      await postAs(app, shop, '/revoke', { token: revoked.access_token })
      assert.equal((await swap(shop, revoked.access_token)).error, 'invalid_request')
    })
  })
})
