/** Request objects by value and by reference, on the wire (RFC 9101, OIDC Core §6). Numbers in parentheses: what certification asks. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { makeSecret } from '../../src/core/clients/client-secrets.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'
import { authorizePath, exchange, payloadOf, query, signInAt } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import {
  encryptedObject,
  makeKeys,
  type RequestObjectHow,
  type SigningKeys,
  signedObject,
  unsignedObject,
} from '../support/request-objects.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

type Claims = Readonly<Record<string, unknown>>

const ENVIRONMENT = { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' }

onBothDatabases('request objects', database => {
  let app: RunningApp
  let ada: Account
  let browser: HandBrowser
  let keys: SigningKeys
  let stranger: SigningKeys
  let by: Registered
  let documents: DocumentServer

  before(async () => {
    app = await startApp({ database: await database(), environment: ENVIRONMENT })
    ada = await app.enrol()
    browser = await app.browser(ada)
    keys = await makeKeys('ES256')
    stranger = await makeKeys('ES256')
    by = await app.register({ jwks: keys.jwks })
    documents = await startDocumentServer()
  })
  after(async () => {
    await documents?.close()
    await app?.close()
    assert.deepEqual(app.failures, [])
  })

  const now = (): number => Math.floor(Date.now() / 1000)

  /** A whole request in an object, as RFC 9101 §4 has it. */
  function wholeRequest(client: Client, changes: Claims = {}): Claims {
    return {
      iss: client.clientId,
      aud: app.issuer,
      exp: now() + 60,
      client_id: client.clientId,
      response_type: 'code',
      redirect_uri: client.redirectUris[0],
      scope: 'openid',
      state: 'inside',
      nonce: 'nonce inside',
      ...changes,
    }
  }

  /** RFC 9101 §5: nothing outside but what is required. */
  const byValue = (client: Client, request: string): string =>
    `/authorize?${query({ client_id: client.clientId, request })}`
  const byReference = (client: Client, request_uri: string): string =>
    `/authorize?${query({ client_id: client.clientId, request_uri })}`

  async function object(changes: Claims = {}, how: RequestObjectHow = {}): Promise<string> {
    return signedObject(keys, wholeRequest(by.client, changes), how)
  }

  async function assertSignedIn(path: string, registered: Registered = by): Promise<Claims> {
    const { params } = sentAway(await browser.open(path))
    assert.equal(params.get('error'), null, params.get('error_description') ?? '')
    const tokens = await exchange(app, registered, params.get('code') ?? '')
    assert.equal(tokens.status, 200)
    return { ...payloadOf(tokens.id_token), state: params.get('state'), scope: tokens.scope }
  }

  /** The app hears of it where its own parameters outside the object say. */
  async function errorOf(request: string, client = by.client): Promise<string | null> {
    const { params } = sentAway(await browser.open(authorizePath(client, { request, state: 'outside' })))
    assert.equal(params.get('code'), null)
    assert.equal(params.get('state'), 'outside')
    assert.match(params.get('error_description') ?? '', /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
    return params.get('error')
  }

  describe('by value', () => {
    it('(24) honours state, nonce and scope inside the object (OIDC Core §6.1)', async () => {
      const claims = await assertSignedIn(byValue(by.client, await object({ scope: 'openid email' })))
      assert.deepEqual([claims.state, claims.nonce], ['inside', 'nonce inside'])
      assert.deepEqual(String(claims.scope).split(' ').sort(), ['email', 'openid'])
    })

    it('(24) lets redirect_uri inside win over a bad one outside (OIDC Core §6.1)', async () => {
      const request = await object()
      const evil = 'https://evil.example/callback'
      const landing = sentAway(await browser.open(authorizePath(by.client, { request, redirect_uri: evil })))
      assert.ok(landing.location.startsWith(`${by.client.redirectUris[0]}?code=`), landing.location)
    })

    it('never redirects to an unregistered URI that stands inside, however well it is signed', async () => {
      const request = await object({ redirect_uri: 'https://evil.example/callback' })
      for (const path of [byValue(by.client, request), authorizePath(by.client, { request })])
        assert.equal(shown(await browser.open(path), '/authorize').status, 400)
    })

    it('(24) takes unsigned objects of a client that is not held to signing (OIDC Core §6.1)', async () => {
      const unsigned = unsignedObject({ state: 'inside', nonce: 'nonce inside' })
      const claims = await assertSignedIn(authorizePath(by.client, { request: unsigned, state: 'outside' }))
      assert.deepEqual([claims.state, claims.nonce], ['inside', 'nonce inside'])
    })

    it('adds what stands only outside, as OpenID Connect has it (OIDC Core §6.1)', async () => {
      const request = await signedObject(keys, { state: 'inside' })
      const claims = await assertSignedIn(authorizePath(by.client, { request, nonce: 'outside', state: 'outside' }))
      assert.deepEqual([claims.state, claims.nonce], ['inside', 'outside'])
    })

    it('takes only what stands inside an object of type oauth-authz-req+jwt (RFC 9101 §6.3)', async () => {
      const request = await object({ nonce: undefined }, { typ: 'oauth-authz-req+jwt' })
      const claims = await assertSignedIn(authorizePath(by.client, { request, nonce: 'outside', scope: 'email' }))
      assert.deepEqual([claims.nonce, claims.scope], [undefined, 'openid'])
    })

    it('comes as a posted form, too (OIDC Core §3.1.2.1)', async () => {
      const fields = { client_id: by.client.clientId, request: await object() }
      assert.ok(sentAway(await browser.post('/authorize', fields)).params.get('code'))
    })

    it('asks for claims as JSON inside the object (OIDC Core §5.5, §6.1)', async () => {
      const request = await object({ claims: { userinfo: { email: { essential: true } } }, max_age: 10_000 })
      const { params } = sentAway(await browser.open(byValue(by.client, request)))
      const { access_token, id_token } = await exchange(app, by, params.get('code') ?? '')
      assert.equal(typeof payloadOf(id_token).auth_time, 'number')
      const person = await fetch(`${app.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })
      assert.equal(((await person.json()) as Claims).email, ada.email)
    })

    it('survives the sign-in page, and a start from the beginning', async () => {
      const other = await app.browser()
      const login = shown(await other.open(byValue(by.client, await object())), '/login')
      // Its cookie is gone: the flow is too young to go round, so the person is asked to start again.
      other.cookies.clear()
      const stale = shown(await other.open(login.url.href))
      const again = /href="([^"]*\/authorize\?[^"]*)"/.exec(stale.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
      const fresh = shown(await other.open(again), '/login')
      assert.equal(sentAway(await signInAt(other, fresh, ada)).params.get('state'), 'inside')
    })

    for (const alg of ['RS256', 'PS256', 'ES384', 'EdDSA']) {
      it(`verifies ${alg} with the key that the client registered (RFC 9101 §6.2)`, async () => {
        const own = await makeKeys(alg)
        const registered = await app.register({ jwks: own.jwks, requestObjectSigningAlg: alg as 'RS256' })
        const request = await signedObject(own, wholeRequest(registered.client))
        assert.equal((await assertSignedIn(byValue(registered.client, request), registered)).state, 'inside')
      })
    }

    const encryptions = [
      { alg: 'RSA-OAEP-256', enc: 'A256GCM' },
      { alg: 'ECDH-ES', enc: 'A128CBC-HS256' },
    ]
    for (const how of encryptions) {
      it(`opens one that was signed and then encrypted with ${how.alg} (RFC 9101 §6.1)`, async () => {
        const request = await encryptedObject(app.issuer, await object(), how)
        assert.equal((await assertSignedIn(byValue(by.client, request))).state, 'inside')
      })
    }

    it('takes the secret of the client as the key of both sides: HS256, A256KW (OIDC Core §10.1, §10.2)', async () => {
      const { random, secretHasher: hasher, clock } = app.house
      const ports = { random, hasher, now: clock.now(), sealer: async () => app.keys.sealer }
      const uses = { requestObjectSigningAlg: 'HS256', requestObjectEncryptionAlg: 'A256KW' } as const
      const { plain, stored } = await makeSecret(uses, undefined, ports)
      const { client } = await app.register({ ...uses, secrets: [stored] })
      const signed = await new jose.CompactSign(Buffer.from(JSON.stringify(wholeRequest(client))))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(plain))
      const encrypted = await new jose.CompactEncrypt(Buffer.from(signed))
        .setProtectedHeader({ alg: 'A256KW', enc: 'A128GCM', cty: 'JWT' })
        .encrypt(hash('sha256', plain, 'buffer'))
      for (const request of [signed, encrypted])
        await assertSignedIn(byValue(client, request), { client, secret: plain })
    })

    it('keeps a signature necessary inside the encryption, where it is necessary', async () => {
      const registered = await app.register({ jwks: keys.jwks, requestObjectSigningAlg: 'ES256' })
      const how = { alg: 'RSA-OAEP-256', enc: 'A256GCM' }
      for (const content of [JSON.stringify(wholeRequest(registered.client)), unsignedObject({ state: 'inside' })]) {
        const request = await encryptedObject(app.issuer, content, how)
        assert.equal(await errorOf(request, registered.client), 'invalid_request_object')
      }
    })

    it('refuses one that is encrypted twice, or to nobody here', async () => {
      const how = { alg: 'RSA-OAEP-256', enc: 'A256GCM' }
      const once = await encryptedObject(app.issuer, await object(), how)
      assert.equal(await errorOf(await encryptedObject(app.issuer, once, how)), 'invalid_request_object')
      const { publicKey } = await jose.generateKeyPair('ECDH-ES')
      const foreign = await new jose.CompactEncrypt(Buffer.from(await object()))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM' })
        .encrypt(publicKey)
      assert.equal(await errorOf(foreign), 'invalid_request_object')
    })

    const refused: readonly (readonly [string, () => Promise<string> | string])[] = [
      ["with somebody else's key (RFC 9101 §6.2)", () => signedObject(stranger, wholeRequest(by.client))],
      ['with a changed payload (RFC 9101 §6.2)', async () => tampered(await object())],
      ['for another server (RFC 9101 §4)', () => object({ aud: 'https://other.example' })],
      ['from another issuer (RFC 9101 §4)', () => object({ iss: 'somebody' })],
      ['of another client (RFC 9101 §6.3)', () => object({ client_id: 'somebody' })],
      ['that has expired (RFC 7519 §4.1.4)', () => object({ exp: now() - 300 })],
      ['that is not valid yet (RFC 7519 §4.1.5)', () => object({ nbf: now() + 300 })],
      ['that is a client assertion (RFC 9101 §10.8)', () => object({ sub: by.client.clientId })],
      ['that is a DPoP proof by its type (RFC 9101 §10.8)', () => object({}, { typ: 'dpop+jwt' })],
      ['with a reference inside (RFC 9101 §4)', () => object({ request_uri: 'https://app.example.org/r' })],
      ['that is no JWT', () => 'not-a-jwt'],
    ]
    for (const [what, make] of refused) {
      it(`refuses one ${what}`, async () => assert.equal(await errorOf(await make()), 'invalid_request_object'))
    }

    it('refuses our own ID token as a request object (RFC 9101 §10.8)', async () => {
      const { params } = sentAway(await browser.open(byValue(by.client, await object())))
      const { id_token } = await exchange(app, by, params.get('code') ?? '')
      assert.equal(await errorOf(id_token), 'invalid_request_object')
    })

    it('refuses any algorithm but the registered one, and none where one is (OIDC Registration §2)', async () => {
      const registered = await app.register({ jwks: keys.jwks, requestObjectSigningAlg: 'PS256' })
      const signed = await signedObject(keys, wholeRequest(registered.client))
      for (const request of [signed, unsignedObject(wholeRequest(registered.client))])
        assert.equal(await errorOf(request, registered.client), 'invalid_request_object')
    })

    it('does not take the public key of the client for a shared secret (RFC 8725 §2.1)', async () => {
      const [jwk = {}] = keys.jwks.keys
      const secret = Buffer.from(JSON.stringify(jwk))
      const request = await new jose.CompactSign(Buffer.from(JSON.stringify(wholeRequest(by.client))))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(secret)
      assert.equal(await errorOf(request), 'invalid_request_object')
    })

    it('is refused on our page when the address is longer than 8000 characters, by GET and by POST', async () => {
      const request = await object({ padding: 'x'.repeat(8_000) })
      const byGet = await browser.open(byValue(by.client, request))
      const byPost = await browser.post('/authorize', { client_id: by.client.clientId, request })
      for (const landing of [byGet, byPost]) assert.equal(shown(landing, '/authorize').status, 400)
    })

    it('refuses request and request_uri together, and either of them twice (RFC 9101 §5)', async () => {
      const request = await object()
      assert.equal(
        sentAway(
          await browser.open(`${authorizePath(by.client, { request, request_uri: 'https://a.example/' })}`),
        ).params.get('error'),
        'invalid_request',
      )
      const twice = `${authorizePath(by.client, { request })}&${query({ request })}`
      assert.equal(sentAway(await browser.open(twice)).params.get('error'), 'invalid_request')
    })

    it('refuses another response_type outside than inside (OIDC Core §6.1)', async () => {
      const request = await object({ response_type: 'code id_token' })
      assert.equal(await errorOf(request), 'invalid_request')
    })

    it('is required of a client that is held to it; the parameters alone or unsigned do not count (RFC 9101 §10.5)', async () => {
      const registered = await app.register({ jwks: keys.jwks, requireSignedRequestObject: true })
      const { client } = registered
      const plain = sentAway(await browser.open(authorizePath(client)))
      assert.equal(plain.params.get('error'), 'invalid_request')
      assert.equal(await errorOf(unsignedObject(wholeRequest(client)), client), 'invalid_request_object')
      // Only what is inside counts, whatever the browser adds.
      const request = await signedObject(keys, wholeRequest(client))
      const claims = await assertSignedIn(authorizePath(client, { request, scope: 'openid email' }), registered)
      assert.deepEqual([claims.scope, claims.state], ['openid', 'inside'])
    })
  })

  describe('by reference (RFC 9101 §5.2, §7)', () => {
    async function withReference(path: string, changes: Partial<Client> = {}): Promise<[Registered, string]> {
      const uri = `${documents.origin}${path}`
      return [await app.register({ jwks: keys.jwks, requestUris: [uri], ...changes }), uri]
    }

    async function serve(path: string, body: string, contentType = 'application/oauth-authz-req+jwt'): Promise<void> {
      documents.documents.set(path, { body, headers: { 'content-type': contentType } })
    }

    it('(35) fetches a registered request_uri without its fragment, type application/jwt (OIDC Core §6.2)', async () => {
      const [registered, uri] = await withReference('/fragment#part')
      await serve('/fragment', await signedObject(keys, wholeRequest(registered.client)), 'application/jwt')
      assert.equal((await assertSignedIn(byReference(registered.client, uri), registered)).state, 'inside')
      assert.equal(documents.asked.at(-1)?.target, '/fragment')
    })

    it('(35) verifies one that is signed with RS256 (OIDC Core §6.2)', async () => {
      const own = await makeKeys('RS256')
      const [registered, uri] = await withReference('/rs256', { jwks: own.jwks, requestObjectSigningAlg: 'RS256' })
      await serve('/rs256', await signedObject(own, wholeRequest(registered.client)))
      assert.equal((await assertSignedIn(byReference(registered.client, uri), registered)).nonce, 'nonce inside')
    })

    it('fetches it anew each time, for it may have changed; a fragment that is its hash says that it has not (OIDC Core §6.2)', async () => {
      const [registered, uri] = await withReference('/changing')
      for (const state of ['first', 'second']) {
        await serve('/changing', await signedObject(keys, wholeRequest(registered.client, { state })))
        assert.equal((await assertSignedIn(byReference(registered.client, uri), registered)).state, state)
      }
      const { client } = registered
      const fixed = unsignedObject({ response_type: 'code', scope: 'openid', redirect_uri: client.redirectUris[0] })
      const [hashed, hashedUri] = await withReference(`/fixed#${hash('sha256', fixed, 'base64url')}`)
      await serve('/fixed', fixed)
      for (let count = 0; count < 2; count++) await assertSignedIn(byReference(hashed.client, hashedUri), hashed)
      assert.equal(documents.asked.filter(({ target }) => target === '/fixed').length, 1)
    })

    async function errorAt(client: Client, request_uri: string): Promise<string | null> {
      return sentAway(await browser.open(authorizePath(client, { request_uri }))).params.get('error')
    }

    it('asks no address that is not registered, exactly (RFC 9101 §10.4)', async () => {
      const [{ client }, uri] = await withReference('/registered#a')
      const before = documents.asked.length
      const others = [
        `${documents.origin}/registered`,
        `${uri}b`,
        `${uri}?x`,
        uri.replace('http', 'HTTP'),
        'https://evil.example/',
      ]
      for (const other of others) assert.equal(await errorAt(client, other), 'invalid_request_uri', other)
      assert.equal(await errorAt(by.client, uri), 'invalid_request_uri', 'of another client')
      assert.equal(documents.asked.length, before)
    })

    it('follows no redirect, and takes nothing but 200 (RFC 9101 §10.4)', async () => {
      const [{ client }, uri] = await withReference('/moved')
      const good = await signedObject(keys, wholeRequest(client))
      await serve('/target', good)
      for (const [status, headers] of [
        [302, { location: `${documents.origin}/target` }],
        [404, {}],
        [500, {}],
      ] as const) {
        documents.documents.set('/moved', { status, headers, body: good })
        assert.equal(await errorAt(client, uri), 'invalid_request_uri', String(status))
      }
      assert.ok(!documents.asked.some(({ target }) => target === '/target'))
    })

    it('refuses what is too large, and what is no request object', async () => {
      const [{ client }, uri] = await withReference('/odd')
      const large = await signedObject(keys, wholeRequest(client, { padding: 'x'.repeat(33_000) }))
      await serve('/odd', large)
      assert.equal(await errorAt(client, uri), 'invalid_request_uri')
      await serve('/odd', '<html>', 'text/html')
      assert.equal(await errorAt(client, uri), 'invalid_request_object')
    })

    it('tells nobody what it found inside the network', async () => {
      const [{ client }] = await withReference('/unused')
      const registered = await app.register({ requestUris: ['http://10.0.0.1/secret', `${documents.origin}/nothing`] })
      const told = new Set<string | null>()
      for (const request_uri of registered.client.requestUris ?? []) {
        const { params } = sentAway(await browser.open(authorizePath(registered.client, { request_uri })))
        told.add(`${params.get('error')}: ${params.get('error_description')}`)
      }
      assert.equal(told.size, 1)
      assert.ok(client)
    })
  })

  describe('from libraries', () => {
    it('of openid-client, with buildAuthorizationUrlWithJAR', async () => {
      const url = new URL(app.issuer)
      const { client, secret } = by
      const configuration = await oidc.discovery(url, client.clientId, secret, oidc.ClientSecretBasic(secret), {
        execute: [oidc.allowInsecureRequests],
      })
      const codeVerifier = oidc.randomPKCECodeVerifier()
      const parameters = {
        redirect_uri: client.redirectUris[0] ?? '',
        scope: 'openid email',
        state: 'of the library',
        nonce: 'of the library',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }
      const key = { key: keys.privateKey, kid: 'ES256' }
      const start = await oidc.buildAuthorizationUrlWithJAR(configuration, parameters, key)
      assert.deepEqual([...start.searchParams.keys()].sort(), ['client_id', 'request'])
      const { location } = sentAway(await browser.open(start.href))
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(location), {
        pkceCodeVerifier: codeVerifier,
        expectedState: 'of the library',
        expectedNonce: 'of the library',
        idTokenExpected: true,
      })
      assert.equal(tokens.claims()?.sub, ada.subject)
    })

    it('of oauth4webapi, with issueRequestObject', async () => {
      const { client } = by
      const parameters = { response_type: 'code', scope: 'openid', redirect_uri: client.redirectUris[0] ?? '' }
      const request = await oauth.issueRequestObject(
        { issuer: app.issuer },
        { client_id: client.clientId },
        parameters,
        { key: keys.privateKey, kid: 'ES256' },
      )
      assert.equal((await assertSignedIn(byValue(client, request))).scope, 'openid')
    })
  })

  it('are announced by what is served (OpenID Connect Discovery §3, RFC 9101 §10.5)', async () => {
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Claims
    const algorithms = metadata.request_object_signing_alg_values_supported as readonly string[]
    for (const alg of ['RS256', 'PS256', 'ES256', 'none']) assert.ok(algorithms.includes(alg), alg)
    assert.deepEqual(
      [
        metadata.request_parameter_supported,
        metadata.request_uri_parameter_supported,
        metadata.require_request_uri_registration,
        metadata.require_signed_request_object,
      ],
      [true, true, true, false],
    )
  })
})

/** The same signature over other words. */
function tampered(jws: string): string {
  const [header, payload = '', signature] = jws.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims
  const changed = Buffer.from(JSON.stringify({ ...claims, scope: 'openid email' })).toString('base64url')
  return `${header}.${changed}.${signature}`
}

describe('a server that takes signed request objects only (requests.require_signed)', () => {
  let app: RunningApp

  before(async () => {
    app = await startApp({ environment: { SALLYPORT_REQUESTS_REQUIRE_SIGNED: 'true' } })
  })
  after(async () => {
    await app?.close()
  })

  it('refuses every other request, and says so in its metadata (RFC 9101 §10.5)', async () => {
    const { client } = await app.register()
    const browser = await app.browser()
    for (const request of [undefined, unsignedObject({ state: 'inside' })]) {
      const { params } = sentAway(await browser.open(authorizePath(client, { request })))
      assert.match(params.get('error') ?? '', /^invalid_request(_object)?$/)
    }
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Claims
    assert.equal(metadata.require_signed_request_object, true)
    assert.ok(!(metadata.request_object_signing_alg_values_supported as string[]).includes('none'))
  })
})
