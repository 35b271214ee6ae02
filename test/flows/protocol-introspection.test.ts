/** Introspection (RFC 7662, RFC 9701), on the wire: who may ask about which token, what is said, and how. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  answered,
  codeFor,
  exchange,
  headerOf,
  isActive,
  payloadOf,
  postAs,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { dpopProof, makeAppKey } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const CALENDAR = 'https://calendar.example.org'
const JWT = 'application/token-introspection+jwt'

onBothDatabases('introspection, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let calendar: Registered
  let stranger: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    const resources = [{ uri: CALENDAR, clients: ['calendar'], scopes: ['calendar:read', 'openid'] }]
    const environment = {
      SALLYPORT_RESOURCES: JSON.stringify(resources),
      SALLYPORT_AUTHORIZATION_DETAILS_TYPES: 'payment',
    }
    app = await startApp({ database: await database(), environment })
    by = await app.register({ scopes: ['openid', 'email', 'calendar:read'], accessTokenFormat: 'jwt' })
    calendar = await app.register({ clientId: 'calendar' })
    stranger = await app.register()
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const calendarToken = async () => {
    const code = await codeFor(browser, by.client, { scope: 'openid calendar:read' })
    return (await exchange(app, by, code, { resource: CALENDAR })).access_token
  }

  describe('who may ask (RFC 7662 §2.2)', () => {
    it('tells the API that a token is for, and the app that got it; nobody else', async () => {
      const token = await calendarToken()
      assert.equal(await isActive(app, calendar, token), true)
      assert.equal(await isActive(app, by, token), true)
      assert.equal(await isActive(app, stranger, token), false)
    })

    it('tells every API that an operator registered about a token for none in particular', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      assert.equal(await isActive(app, stranger, access_token), true)
    })

    it('tells a client that registered itself about its own tokens only', async () => {
      const itself = await app.register({ origin: 'registration' })
      const { access_token } = await tokensFor(app, browser, by)
      assert.equal(await isActive(app, itself, access_token), false)
      assert.equal(await isActive(app, itself, (await tokensFor(app, browser, itself)).access_token), true)
    })
  })

  describe('what is said', () => {
    it('says of a JWT access token what stands in it, with its jti, and how the person signed in (RFC 9470 §6.2)', async () => {
      const token = await calendarToken()
      const answer = (await (await postAs(app, calendar, '/introspect', { token })).json()) as object
      const claims = payloadOf(token)
      assert.deepEqual(answer, {
        active: true,
        scope: 'openid calendar:read',
        client_id: by.client.clientId,
        token_type: 'Bearer',
        iss: app.issuer,
        aud: [CALENDAR],
        iat: claims.iat,
        exp: claims.exp,
        jti: claims.jti,
        sub: ada.subject,
        username: ada.username,
        auth_time: claims.auth_time,
        amr: claims.amr,
        acr: claims.acr,
      })
    })

    it('says of a bound token that it is one, and to which key (RFC 9449 §6.2)', async () => {
      const key = makeAppKey()
      const machine = await app.register({ grantTypes: ['client_credentials'], scopes: ['calendar:read'] })
      const dpop = await dpopProof(key, 'POST', `${app.issuer}/token`)
      const fields = { grant_type: 'client_credentials', resource: CALENDAR }
      const { access_token } = await answered(postAs(app, machine, '/token', fields, { dpop }))
      const response = await postAs(app, calendar, '/introspect', { token: access_token })
      const answer = (await response.json()) as Readonly<Record<string, unknown>>
      assert.deepEqual([answer.token_type, answer.cnf], ['DPoP', { jkt: key.jkt }])
      assert.deepEqual([answer.sub, answer.aud], [machine.client.clientId, [CALENDAR]])
    })

    it('says which authorization details the token carries: those for its API (RFC 9396 §9.2)', async () => {
      const types = { authorizationDetailsTypes: ['payment'] }
      const machine = await app.register({ grantTypes: ['client_credentials'], scopes: ['calendar:read'], ...types })
      const here = { type: 'payment', locations: [CALENDAR], actions: ['pay'] }
      const elsewhere = { type: 'payment', locations: ['https://bank.example.org'] }
      const authorization_details = JSON.stringify([here, elsewhere])
      const fields = { grant_type: 'client_credentials', resource: CALENDAR, authorization_details }
      const issued = await answered(postAs(app, machine, '/token', fields))
      assert.deepEqual((issued as { authorization_details?: unknown }).authorization_details, [here])
      const response = await postAs(app, calendar, '/introspect', { token: issued.access_token })
      assert.deepEqual(((await response.json()) as { authorization_details: unknown }).authorization_details, [here])
      const wrong = { ...fields, authorization_details: JSON.stringify([{ type: 'other' }]) }
      const refused = await answered(postAs(app, machine, '/token', wrong))
      assert.equal(refused.error, 'invalid_authorization_details')
    })

    it('says no more than was asked for, though one detail was named twice (RFC 9396 §6)', async () => {
      const payer = await app.register({ authorizationDetailsTypes: ['payment'] })
      const [small, large] = ['1.00', '9999.00'].map(amount => ({ type: 'payment', amount }))
      const both = JSON.stringify([small, large])
      const code = await codeFor(browser, payer.client, { authorization_details: both })
      const { access_token } = await exchange(app, payer, code, {
        authorization_details: JSON.stringify([small, small]),
      })
      const response = await postAs(app, payer, '/introspect', { token: access_token })
      assert.deepEqual(((await response.json()) as { authorization_details: unknown }).authorization_details, [small])
    })

    it("says of a client's own token only what the client may still have (RFC 7662 §2.2 scope)", async () => {
      const { clients, commit } = app.house.repositories
      const machine = await app.register({ scopes: ['read', 'write'], grantTypes: ['client_credentials'] })
      const own = await answered(postAs(app, machine, '/token', { grant_type: 'client_credentials' }))
      await commit([clients.replace({ ...machine.client, scopes: ['read'] }, machine.client)])
      await new Promise(resolve => setTimeout(resolve, 600))
      const response = await postAs(app, machine, '/introspect', { token: own.access_token })
      assert.equal(((await response.json()) as { scope: string }).scope, 'read')
    })

    it('never says the user name of somebody whom the app knows by a pairwise sub (OIDC Core §8.1)', async () => {
      const apart = await app.register({ subjectType: 'pairwise', sectorIdentifier: 'apart.example.org' })
      const { access_token, id_token } = await tokensFor(app, browser, apart)
      const response = await postAs(app, apart, '/introspect', { token: access_token })
      const answer = (await response.json()) as Readonly<Record<string, unknown>>
      assert.deepEqual([answer.sub, 'username' in answer], [payloadOf(id_token).sub, false])
    })
  })

  describe('as a JWT (RFC 9701)', () => {
    const asked = async (registered: Registered, token: string) =>
      postAs(app, registered, '/introspect', { token }, { accept: JWT })

    it('comes when it is asked for, signed for the caller, with the answer as one claim (§5)', async () => {
      const token = await calendarToken()
      const response = await asked(calendar, token)
      assert.equal(response.headers.get('content-type'), JWT)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const jwt = await response.text()
      const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`))
      const { payload } = await jwtVerify(jwt, keys, {
        issuer: app.issuer,
        audience: 'calendar',
        typ: 'token-introspection+jwt',
        algorithms: ['RS256'],
      })
      assert.deepEqual(Object.keys(payload).sort(), ['aud', 'iat', 'iss', 'token_introspection'])
      const plain = await (await postAs(app, calendar, '/introspect', { token })).json()
      assert.deepEqual(payload.token_introspection, plain)
      assert.equal((await userinfo(app, jwt)).status, 401, 'it is no token')
    })

    it('says inactive in the same way, and plain JSON to everybody else', async () => {
      const jwt = await (await asked(calendar, 'x')).text()
      assert.deepEqual(payloadOf(jwt).token_introspection, { active: false })
      const headers = { accept: 'application/json, */*' }
      const plain = await postAs(app, calendar, '/introspect', { token: 'x' }, headers)
      assert.deepEqual(await plain.json(), { active: false })
    })

    it('is signed and encrypted as the caller registered (§6)', async () => {
      const pair = await generateKeyPair('RSA-OAEP-256', { extractable: true })
      const key = { ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'e', alg: 'RSA-OAEP-256' }
      const sealed = await app.register({
        introspectionSignedResponseAlg: 'ES256',
        introspectionEncryptedResponseAlg: 'RSA-OAEP-256',
        introspectionEncryptedResponseEnc: 'A256GCM',
        jwks: { keys: [key] },
      })
      const { access_token } = await tokensFor(app, browser, by)
      const { plaintext } = await compactDecrypt(await (await asked(sealed, access_token)).text(), pair.privateKey)
      const inner = Buffer.from(plaintext).toString()
      assert.equal(headerOf(inner).alg, 'ES256')
      assert.equal((payloadOf(inner).token_introspection as { active: boolean }).active, true)
      const keyless = await app.register({ introspectionEncryptedResponseAlg: 'RSA-OAEP-256' })
      assert.equal((await asked(keyless, access_token)).status, 400)
    })
  })
})
