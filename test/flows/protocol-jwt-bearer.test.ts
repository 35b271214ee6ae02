/** The JWT bearer grant (RFC 7523 §2.1), on the wire: whose word is taken about whom, once, and for which app. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { JWT_BEARER } from '../../src/spec/grant-types.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'
import { answered, assertRefused, type Fields, isActive, payloadOf, postAs, userinfo } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const ISSUER = 'https://hr.example.org'
const FETCHED = 'https://fetched.example.org'
const BY_MAIL = 'https://mail.example.org'

onBothDatabases('the JWT bearer grant (RFC 7523 §2.1), on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let key: CryptoKey
  let server: DocumentServer
  let assertions = 0

  before(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    key = pair.privateKey
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'hr' }] }
    const clients = ['reports', 'asking', 'public-app']
    const issuers: object[] = [
      { issuer: ISSUER, jwks, clients },
      { issuer: BY_MAIL, jwks, clients, subject: 'email', max_lifetime: '1m' },
    ]
    server = await startDocumentServer()
    server.documents.set('/jwks', { body: JSON.stringify(jwks), headers: { 'content-type': 'application/json' } })
    issuers.push({ issuer: FETCHED, jwks_uri: `${server.origin}/jwks`, clients })
    const environment = {
      SALLYPORT_ASSERTION_ISSUERS: JSON.stringify(issuers),
      SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1',
    }
    app = await startApp({ database: await database(), environment })
    by = await register({ clientId: 'reports' })
    ada = await app.enrol({ username: 'ada', email: 'ada@example.org' })
  })
  after(async () => {
    await app.close()
    await server.close()
    assert.deepEqual(app.failures, [])
  })

  const register = (changes: Partial<Client> = {}): Promise<Registered> =>
    app.register({ scopes: ['openid', 'email', 'offline_access'], grantTypes: [JWT_BEARER], ...changes })

  const sign = (claims: JWTPayload = {}, header: object = {}, signer = key): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    const whole = {
      iss: ISSUER,
      sub: 'ada',
      aud: app.issuer,
      iat: now,
      exp: now + 50,
      jti: `a${++assertions}`,
      ...claims,
    }
    return new SignJWT(whole).setProtectedHeader({ alg: 'ES256', kid: 'hr', ...header }).sign(signer)
  }
  const ask = (assertion: string, fields: Fields = {}, who = by): Promise<Response> =>
    postAs(app, who, '/token', { grant_type: JWT_BEARER, assertion, ...fields })

  describe('what comes of it', () => {
    it('gives a token about the person, without a session and without a refresh token (RFC 7521 §4.1)', async () => {
      const tokens = await answered(ask(await sign()))
      assert.equal(tokens.status, 200, tokens.error_description ?? '')
      assert.equal(tokens.scope, 'openid email')
      assert.ok(!Object.hasOwn(tokens, 'refresh_token'))
      assert.equal(payloadOf(tokens.id_token).sub, ada.subject)
      assert.ok(!('sid' in payloadOf(tokens.id_token)))
      const claims = (await (await userinfo(app, tokens.access_token)).json()) as { email: string }
      assert.equal(claims.email, ada.email)
      assert.equal(await isActive(app, by, tokens.access_token), true)
    })

    it('gives no more than was asked for, and nothing that the app may not have', async () => {
      assert.equal((await answered(ask(await sign(), { scope: 'openid' }))).scope, 'openid')
      await assertRefused(await ask(await sign(), { scope: 'openid profile' }), 400, 'invalid_scope')
    })

    it('knows people by their verified address where the issuer does', async () => {
      const mail = { iss: BY_MAIL, sub: 'Ada@Example.org' }
      assert.equal((await ask(await sign(mail))).status, 200)
      await app.enrol({ username: 'eve', email: 'eve@example.org', emailVerified: false })
      await assertRefused(await ask(await sign({ ...mail, sub: 'eve@example.org' })), 400, 'invalid_grant')
      await assertRefused(await ask(await sign({ ...mail, sub: 'ada' })), 400, 'invalid_grant')
      await assertRefused(await ask(await sign({ sub: 'ada@example.org' })), 400, 'invalid_grant')
    })

    it('finds the keys of an issuer at its jwks_uri', async () => {
      assert.equal((await ask(await sign({ iss: FETCHED }))).status, 200)
      assert.deepEqual(
        server.asked.map(({ target }) => target),
        ['/jwks'],
      )
      assert.equal((await ask(await sign({ iss: FETCHED }))).status, 200)
      assert.equal(server.asked.length, 1, 'and keeps them')
    })

    it('says when the person signed in there', async () => {
      const auth_time = Math.floor(Date.now() / 1000) - 20
      await app.enrol({ username: 'early', validFrom: new Date((auth_time - 100) * 1000) })
      const tokens = await answered(ask(await sign({ sub: 'early', auth_time })))
      assert.equal(payloadOf(tokens.id_token).auth_time, auth_time)
    })

    it('dies with the account', async () => {
      const { accounts, commit } = app.house.repositories
      const bob = await app.enrol({ username: 'bob' })
      const tokens = await answered(ask(await sign({ sub: 'bob' })))
      await commit([accounts.replace({ ...bob, disabledAt: new Date() }, bob)])
      assert.equal(await isActive(app, by, tokens.access_token), false)
      await assertRefused(await ask(await sign({ sub: 'bob' })), 400, 'invalid_grant')
    })
  })

  describe('what is refused', () => {
    it('an assertion that was used before, however many come at the same time (RFC 7523 §3)', async () => {
      const assertion = await sign()
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask(assertion)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      await assertRefused(await ask(assertion), 400, 'invalid_grant')
    })

    const seconds = () => Math.floor(Date.now() / 1000)
    const rows: readonly [string, () => JWTPayload][] = [
      ['by somebody whom nobody trusts', () => ({ iss: 'https://eve.example.org' })],
      ['for another server', () => ({ aud: 'https://other.example.org' })],
      ['for us and for another server', () => ({ aud: [app.issuer, 'https://other.example.org'] })],
      ['without an audience', () => ({ aud: undefined }) as unknown as JWTPayload],
      ['that has expired', () => ({ iat: seconds() - 400, exp: seconds() - 100 })],
      ['without an end', () => ({ exp: undefined }) as unknown as JWTPayload],
      ['that is good for too long (assertion_issuers max_lifetime)', () => ({ exp: seconds() + 3600 })],
      ['from the future', () => ({ iat: seconds() + 100, exp: seconds() + 200 })],
      ['that does not count yet', () => ({ nbf: seconds() + 100 })],
      ['whose sign-in was never', () => ({ auth_time: -1e300 })],
      ['whose sign-in is yet to come', () => ({ auth_time: seconds() + 100 })],
      ['whose sign-in is no time', () => ({ auth_time: 'today' })],
      ['without a jti', () => ({ jti: undefined }) as unknown as JWTPayload],
      ['without a subject', () => ({ sub: undefined }) as unknown as JWTPayload],
      ['about nobody', () => ({ sub: 'nobody' })],
    ]
    for (const [what, claims] of rows) {
      it(`an assertion ${what} (RFC 7523 §3)`, async () => {
        await assertRefused(await ask(await sign(claims())), 400, 'invalid_grant')
      })
    }

    it('one that says that it is something else: an access token for us is no grant (RFC 8725 §3.12)', async () => {
      for (const typ of ['at+jwt', 'application/logout+jwt', 5])
        await assertRefused(await ask(await sign({}, { typ })), 400, 'invalid_grant')
      for (const typ of ['JWT', 'jwt', undefined]) assert.equal((await ask(await sign({}, { typ }))).status, 200)
    })

    it('one that the issuer did not sign: another key, no signature, a MAC with its public key (RFC 8725 §3.1)', async () => {
      const { privateKey } = await generateKeyPair('ES256')
      const good = await sign()
      const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
      const [, body] = good.split('.')
      const secret = new Uint8Array(32)
      const mac = await new SignJWT(payloadOf(good) as JWTPayload).setProtectedHeader({ alg: 'HS256' }).sign(secret)
      for (const forged of [await sign({}, {}, privateKey), `${none}.${body}.AA`, mac, `${good}A`, 'x', 'a.b.c']) {
        await assertRefused(await ask(forged), 400, 'invalid_grant')
      }
      await assertRefused(await ask(''), 400, 'invalid_request')
      assert.equal((await ask(good)).status, 200, 'none of it used up the good one')
    })

    it('an app that the operator did not name for this issuer, and one without the grant type', async () => {
      await assertRefused(await ask(await sign(), {}, await register()), 400, 'invalid_grant')
      await assertRefused(await ask(await sign(), {}, await app.register()), 400, 'unauthorized_client')
    })

    it('what the person has not allowed: nobody can be asked here (RFC 6749 §1.3)', async () => {
      const asking = await register({ clientId: 'asking', consentMode: 'remember' })
      await assertRefused(await ask(await sign(), {}, asking), 400, 'invalid_grant')
      const { consents, commit } = app.house.repositories
      const consent = { accountId: ada.id, clientUid: asking.client.uid, grantedAt: new Date() }
      await commit([consents.put({ ...consent, scopes: ['openid'] })])
      await assertRefused(await ask(await sign(), { scope: 'openid email' }, asking), 400, 'invalid_grant')
      assert.equal((await ask(await sign(), { scope: 'openid' }, asking)).status, 200)
    })
  })
})
