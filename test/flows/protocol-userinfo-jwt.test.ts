/** User info as the app registered for it: signed, encrypted, single claims, shapes; and the same claims in ID tokens. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { codeFor, exchange, headerOf, payloadOf, tokensFor, userinfo } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

type Claims = Readonly<Record<string, unknown>>

const ATTRIBUTES = { name: 'Ada Lovelace', 'name#de': 'Gräfin Lovelace', given_name: 'Ada', nickname: 'countess' }

onBothDatabases('user info as the app registered for it, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser
  let appKey: CryptoKey
  let jwks: NonNullable<Client['jwks']>

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register()
    ada = await app.enrol({ attributes: ATTRIBUTES })
    browser = await app.browser(ada)
    const pair = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    appKey = pair.privateKey
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'app-enc', alg: 'RSA-OAEP-256' }] }
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const read = async (registered: Registered, changes: Readonly<Record<string, string>> = {}) => {
    const { access_token } = await tokensFor(app, browser, registered, changes)
    return userinfo(app, access_token)
  }
  const json = async (registered: Registered, changes: Readonly<Record<string, string>>) =>
    (await (await read(registered, changes)).json()) as Claims

  describe('signed and encrypted (OIDC Core §5.3.2)', () => {
    it('(31) is a JWT with iss and aud, signed by a published key, and without a nonce', async () => {
      const signing = await app.register({ userinfoSignedResponseAlg: 'RS256' })
      const response = await read(signing, { scope: 'openid email', nonce: 'a nonce' })
      assert.match(response.headers.get('content-type') ?? '', /^application\/jwt\b/)
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`))
      const jwt = await response.text()
      const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
        issuer: app.issuer,
        audience: signing.client.clientId,
        algorithms: ['RS256'],
      })
      assert.equal(typeof protectedHeader.kid, 'string')
      assert.deepEqual(payload, {
        iss: app.issuer,
        aud: signing.client.clientId,
        sub: ada.subject,
        email: ada.email,
        email_verified: true,
      })
    })

    it('(31) never passes for an access token or an ID token', async () => {
      const signing = await app.register({ userinfoSignedResponseAlg: 'RS256' })
      const jwt = await (await read(signing)).text()
      assert.equal((await userinfo(app, jwt)).status, 401)
    })

    it('is signed and then encrypted to the key of the app', async () => {
      const nested = await app.register({
        userinfoSignedResponseAlg: 'ES256',
        userinfoEncryptedResponseAlg: 'RSA-OAEP-256',
        userinfoEncryptedResponseEnc: 'A256GCM',
        jwks,
      })
      const { plaintext, protectedHeader } = await compactDecrypt(await (await read(nested)).text(), appKey)
      assert.deepEqual([protectedHeader.enc, protectedHeader.cty], ['A256GCM', 'JWT'])
      const inner = Buffer.from(plaintext).toString()
      assert.equal(headerOf(inner).alg, 'ES256')
      assert.equal(payloadOf(inner).sub, ada.subject)
    })

    it('is encrypted only, with the claims inside, when no signature was asked for (Registration §2)', async () => {
      const sealed = await app.register({ userinfoEncryptedResponseAlg: 'RSA-OAEP-256', jwks })
      const response = await read(sealed)
      assert.match(response.headers.get('content-type') ?? '', /^application\/jwt\b/)
      const { plaintext, protectedHeader } = await compactDecrypt(await response.text(), appKey)
      assert.equal(protectedHeader.enc, 'A128CBC-HS256', 'the default')
      assert.deepEqual(JSON.parse(Buffer.from(plaintext).toString()), { sub: ada.subject })
    })

    it('says nothing at all when the app has no key to encrypt to: never less protection than was registered', async () => {
      const keyless = await app.register({ userinfoEncryptedResponseAlg: 'RSA-OAEP-256' })
      const response = await read(keyless)
      assert.equal(response.status, 500)
      assert.equal(((await response.json()) as Claims).error, 'server_error')
    })

    it('encrypts ID tokens as well, with the signed one inside', async () => {
      const sealed = await app.register({
        idTokenEncryptedResponseAlg: 'RSA-OAEP-256',
        idTokenEncryptedResponseEnc: 'A128GCM',
        jwks,
      })
      const { id_token } = await tokensFor(app, browser, sealed)
      const { plaintext } = await compactDecrypt(id_token, appKey)
      assert.equal(payloadOf(Buffer.from(plaintext).toString()).sub, ada.subject)
      const keyless = await app.register({ idTokenEncryptedResponseAlg: 'RSA-OAEP-256' })
      const refused = await exchange(app, keyless, await codeFor(browser, keyless.client))
      assert.deepEqual([refused.status, refused.error], [400, 'invalid_request'])
    })
  })

  describe('single claims (OIDC Core §5.5)', () => {
    const asking = (claims: object) => ({ claims: JSON.stringify(claims) })

    it('(25) honours an essential userinfo claim with scope openid alone, and keeps it out of the ID token', async () => {
      const wish = asking({ userinfo: { name: { essential: true } } })
      const tokens = await tokensFor(app, browser, by, wish)
      assert.ok(!('name' in payloadOf(tokens.id_token)))
      assert.deepEqual(await (await userinfo(app, tokens.access_token)).json(), {
        sub: ada.subject,
        name: 'Ada Lovelace',
      })
    })

    it('puts what is asked for in the ID token there, and not in user info', async () => {
      const tokens = await tokensFor(app, browser, by, asking({ id_token: { email: null } }))
      assert.equal(payloadOf(tokens.id_token).email, ada.email)
      assert.deepEqual(await (await userinfo(app, tokens.access_token)).json(), { sub: ada.subject })
    })

    it('tells a claim of which a value is asked for only when it has that value (§5.5.1)', async () => {
      const right = await json(by, asking({ userinfo: { nickname: { value: 'countess' } } }))
      const wrong = await json(by, asking({ userinfo: { nickname: { values: ['duchess', 'queen'] } } }))
      assert.deepEqual([right.nickname, 'nickname' in wrong], ['countess', false])
    })

    it('never lets a wish overlay what the protocol says', async () => {
      const tokens = await tokensFor(app, browser, by, asking({ id_token: { iss: null, aud: null, updated_at: null } }))
      const claims = payloadOf(tokens.id_token)
      assert.deepEqual([claims.iss, claims.aud], [app.issuer, [by.client.clientId]])
    })

    it('knows claims in other languages by their tags (§5.2)', async () => {
      const claims = await json(by, { scope: 'openid profile', claims_locales: 'fr de' })
      assert.deepEqual([claims.name, claims['name#de']], ['Ada Lovelace', 'Gräfin Lovelace'])
      assert.ok(!('name#de' in (await json(by, { scope: 'openid profile' }))))
    })
  })

  describe('shapes, for apps that expect something else', () => {
    it('groups as text, in user info', async () => {
      const odd = await app.register({ groupsShape: 'string' })
      assert.equal((await json(odd, { scope: 'openid groups' })).groups, 'admins,staff')
    })

    it('claims of the scopes in the ID token, scp as text or left out, no rat', async () => {
      const scope = 'openid email'
      const odd = await app.register({ claimsInIdToken: true, scpShape: 'string', withRequestedAt: false })
      const claims = payloadOf((await tokensFor(app, browser, odd, { scope })).id_token)
      assert.deepEqual([claims.email, claims.scp, 'rat' in claims], [ada.email, scope, false])
      const plain = await app.register({ scpShape: 'none' })
      assert.ok(!('scp' in payloadOf((await tokensFor(app, browser, plain, { scope })).id_token)))
    })
  })

  it('(30) is the same sub everywhere for a pairwise client, and another one than others see (OIDC Core §8.1)', async () => {
    const apart = await app.register({
      subjectType: 'pairwise',
      sectorIdentifier: 'apart.example.org',
      accessTokenFormat: 'jwt',
    })
    const { access_token, id_token } = await tokensFor(app, browser, apart)
    const { sub } = payloadOf(id_token)
    assert.notEqual(sub, ada.subject)
    assert.deepEqual(await (await userinfo(app, access_token)).json(), { sub })
    assert.equal(payloadOf(access_token).sub, sub)
  })
})
