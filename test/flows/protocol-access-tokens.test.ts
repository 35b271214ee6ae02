/** JWT access tokens (RFC 9068), on the wire: what is in them, who takes them, and what ends them. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
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
  refresh,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const VAULT = 'https://vault.example.org'

onBothDatabases('JWT access tokens, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser
  let vaultKey: CryptoKey

  before(async () => {
    const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256' })
    vaultKey = pair.privateKey
    const vault = {
      uri: VAULT,
      access_token_format: 'jwt',
      encryption_alg: 'ECDH-ES+A256KW',
      encryption_key: await exportJWK(pair.publicKey),
    }
    const environment = { SALLYPORT_RESOURCES: JSON.stringify([vault]) }
    app = await startApp({ database: await database(), environment })
    by = await app.register({
      accessTokenFormat: 'jwt',
      scopes: ['openid', 'email', 'groups', 'offline_access', 'api:read'],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    })
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  describe('what is in them (RFC 9068 §2)', () => {
    it('says typ at+jwt, is signed with RS256 by a published key, and verifies for the API (§2.1, §4)', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`))
      const options = { issuer: app.issuer, audience: by.client.clientId, typ: 'at+jwt', algorithms: ['RS256'] }
      const { payload } = await jwtVerify(access_token, keys, options)
      assert.equal(payload.sub, ada.subject)
      assert.deepEqual(Object.keys(headerOf(access_token)).sort(), ['alg', 'kid', 'typ'])
    })

    it('has all required claims, those about the sign-in, and the groups only where they were asked for (§2.2)', async () => {
      const before = Math.floor(Date.now() / 1000)
      const scope = 'openid groups'
      const { access_token, id_token, expires_in } = await tokensFor(app, browser, by, { scope })
      const { iat, exp, jti, auth_time, sid, acr, ...stable } = payloadOf(access_token)
      assert.deepEqual(stable, {
        iss: app.issuer,
        sub: ada.subject,
        aud: [by.client.clientId, `${app.issuer}/userinfo`],
        client_id: by.client.clientId,
        scope,
        amr: ['pwd'],
        groups: ['admins', 'staff'],
      })
      assert.equal(Number(exp) - Number(iat), expires_in)
      assert.ok(Number(iat) >= before && typeof jti === 'string')
      const told = payloadOf(id_token)
      assert.deepEqual([auth_time, sid, acr], [told.auth_time, told.sid, told.acr])
      assert.ok(!('groups' in payloadOf((await tokensFor(app, browser, by)).access_token)))
    })

    it('is about the client itself without a person: sub is the client_id, and nothing about a sign-in (§2.2)', async () => {
      const { access_token } = await answered(postAs(app, by, '/token', { grant_type: 'client_credentials' }))
      const { iat, exp, jti, ...stable } = payloadOf(access_token)
      assert.deepEqual(stable, {
        iss: app.issuer,
        sub: by.client.clientId,
        aud: [by.client.clientId],
        client_id: by.client.clientId,
        scope: 'api:read',
      })
      assert.equal(await isActive(app, by, access_token), true)
      assert.equal((await userinfo(app, access_token)).status, 401, 'it is about nobody')
    })

    it('(10) carries no claim that nobody asked for: no name, no e-mail address', async () => {
      const { access_token } = await tokensFor(app, browser, by, { scope: 'openid email' })
      for (const name of ['name', 'email', 'email_verified']) assert.ok(!(name in payloadOf(access_token)), name)
    })

    it('keeps to the lifetimes of the client: access tokens and ID tokens', async () => {
      const quick = await app.register({ accessTokenFormat: 'jwt', accessTokenSeconds: 60, idTokenSeconds: 120 })
      const { access_token, id_token, expires_in } = await tokensFor(app, browser, quick)
      const life = (jwt: string) => Number(payloadOf(jwt).exp) - Number(payloadOf(jwt).iat)
      assert.deepEqual([life(access_token), expires_in, life(id_token)], [60, 60, 120])
    })

    it('is signed as the client registered', async () => {
      const other = await app.register({ accessTokenFormat: 'jwt', accessTokenSigningAlg: 'EdDSA' })
      const { access_token } = await tokensFor(app, browser, other)
      assert.equal(headerOf(access_token).alg, 'EdDSA')
      assert.equal((await userinfo(app, access_token)).status, 200)
    })
  })

  describe('who takes them', () => {
    it('opens UserInfo, and is as dead as its grant, at once', async () => {
      const tokens = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      assert.equal((await userinfo(app, tokens.access_token)).status, 200)
      await postAs(app, by, '/revoke', { token: tokens.refresh_token })
      assert.equal((await userinfo(app, tokens.access_token)).status, 401)
      assert.equal(await isActive(app, by, tokens.access_token), false)
    })

    it('is revoked alone, and its siblings live on (RFC 7009 §2.1)', async () => {
      const first = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const second = await refresh(app, by, first.refresh_token)
      assert.equal((await postAs(app, by, '/revoke', { token: first.access_token })).status, 200)
      assert.equal((await userinfo(app, first.access_token)).status, 401)
      assert.equal((await userinfo(app, second.access_token)).status, 200)
      const other = await app.register()
      assert.equal(
        (await answered(postAs(app, other, '/revoke', { token: second.access_token }))).error,
        'invalid_grant',
        "another client's",
      )
    })

    it('ends with a code that was used twice (27)', async () => {
      const code = await codeFor(browser, by.client)
      const { access_token } = await exchange(app, by, code)
      await exchange(app, by, code)
      assert.equal((await userinfo(app, access_token)).status, 401)
    })

    it('is nothing else than an access token: no ID token passes for one, and its handle opens nothing (RFC 8725 §3.11)', async () => {
      const { access_token, id_token } = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const handle = String(payloadOf(access_token).jti)
      for (const wrong of [id_token, handle, `${access_token}A`, access_token.split('.').slice(0, 2).join('.')]) {
        assert.equal((await userinfo(app, wrong)).status, 401)
        assert.equal(await isActive(app, by, wrong), false)
      }
      assert.equal((await refresh(app, by, handle)).error, 'invalid_grant')
    })

    it('is not made by anybody else: other keys, alg none and a MAC with the public key are refused (RFC 8725 §3.1)', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      const { kid } = headerOf(access_token)
      const claims = payloadOf(access_token)
      const { privateKey } = await generateKeyPair('RS256')
      const foreign = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: String(kid) })
        .sign(privateKey)
      const [, body] = access_token.split('.')
      const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString('base64url')
      const { keys } = (await (await fetch(`${app.issuer}/jwks`)).json()) as { keys: { kid: string; n: string }[] }
      const secret = Buffer.from(keys.find(key => key.kid === kid)?.n ?? '', 'base64url')
      const mac = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: String(kid) })
        .sign(secret)
      for (const forged of [foreign, `${none}.${body}.`, `${none}.${body}.AA`, mac]) {
        assert.equal((await userinfo(app, forged)).status, 401)
        assert.equal(await isActive(app, by, forged), false)
      }
    })
  })

  describe('encrypted for one API (RFC 9068 §6)', () => {
    it('is read by the API alone; what is inside is an access token of ours, and the client can revoke it', async () => {
      const fields = { grant_type: 'client_credentials', resource: VAULT }
      const { access_token } = await answered(postAs(app, by, '/token', fields))
      assert.equal(access_token.split('.').length, 5)
      assert.equal(await isActive(app, by, access_token), false, 'nobody but the API knows what is in it')
      const { plaintext } = await compactDecrypt(access_token, vaultKey)
      const inner = Buffer.from(plaintext).toString()
      assert.deepEqual(payloadOf(inner).aud, [VAULT])
      assert.equal(await isActive(app, by, inner), true)
      const other = await app.register()
      assert.equal((await answered(postAs(app, other, '/revoke', { token: access_token }))).error, 'invalid_grant')
      assert.equal((await postAs(app, by, '/revoke', { token: access_token })).status, 200)
      assert.equal(await isActive(app, by, inner), false)
    })
  })
})
