/** Pushed authorization requests, on the wire (RFC 9126). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import type { PushedRequest } from '../../src/core/pushed-requests/pushed-request.ts'
import { openRequestUri, sealRequestUri } from '../../src/core/pushed-requests/request-uri.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { aPushedRequest } from '../support/builders.ts'
import {
  assertRefused,
  CHALLENGE,
  exchange,
  type Fields,
  payloadOf,
  postAs,
  query,
  requestOf,
  signInAt,
  VERIFIER,
} from '../support/hand-app.ts'
import { type HandBrowser, type Landing, sentAway, shown } from '../support/hand-browser.ts'
import { makeKeys, type SigningKeys, signedObject, unsignedObject } from '../support/request-objects.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

interface Pushed {
  readonly request_uri: string
  readonly expires_in: number
}

const URN = 'urn:ietf:params:oauth:request_uri:'

onBothDatabases('pushed authorization requests (RFC 9126)', database => {
  let app: RunningApp
  let ada: Account
  let browser: HandBrowser
  let keys: SigningKeys
  let by: Registered

  before(async () => {
    app = await startApp({ database: await database() })
    ada = await app.enrol()
    browser = await app.browser(ada)
    keys = await makeKeys('ES256')
    by = await app.register({ jwks: keys.jwks })
  })
  after(async () => {
    await app?.close()
    assert.deepEqual(app.failures, [])
  })

  const post = (fields: Fields, registered = by, headers: Fields = {}): Promise<Response> =>
    postAs(app, registered, '/par', fields, headers)

  async function push(changes: Fields = {}, registered = by): Promise<Pushed> {
    const response = await post({ ...requestOf(registered.client), ...changes }, registered)
    assert.equal(response.status, 201, await response.clone().text())
    return (await response.json()) as Pushed
  }

  const pathOf = ({ client }: Registered, request_uri: string, more: Fields = {}): string =>
    `/authorize?${query({ client_id: client.clientId, request_uri, ...more })}`

  const visit = (request_uri: string, registered = by, more: Fields = {}): Promise<Landing> =>
    browser.open(pathOf(registered, request_uri, more))

  /** RFC 9126 §4: nobody but the person is told, for nothing that the browser brought is the app's word. */
  async function assertNotTaken(landing: Promise<Landing>): Promise<void> {
    assert.equal(shown(await landing, '/authorize').status, 400)
  }

  /** A push as it is stored, without the time that a push takes to expire. */
  async function stored(changes: Partial<PushedRequest>): Promise<string> {
    const now = app.house.clock.now()
    const row = aPushedRequest({
      id: newId(now, app.house.random),
      clientUid: by.client.uid,
      params: query(requestOf(by.client)),
      expiresAt: addSeconds(now, 3600),
      ...changes,
    })
    const outcome = await app.house.repositories.commit([app.house.repositories.pushedRequests.insert(row)])
    assert.ok(outcome.committed)
    return sealRequestUri(app.keys.handles, row.id)
  }
  const seconds = (): number => Math.floor(Date.now() / 1000)

  it('are answered with 201, a request_uri and how long it counts, and never cached (§2.2)', async () => {
    const response = await post({ ...requestOf(by.client) })
    const pushed = (await response.json()) as Pushed
    assert.deepEqual([response.status, response.headers.get('cache-control')], [201, 'no-store'])
    assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
    assert.deepEqual(Object.keys(pushed).sort(), ['expires_in', 'request_uri'])
    assert.ok(pushed.request_uri.startsWith(URN) && pushed.request_uri.length > URN.length + 43)
    assert.equal(pushed.expires_in, 90)
  })

  it('sign in with client_id and request_uri alone (§4)', async () => {
    const { request_uri } = await push({ nonce: 'pushed', ...CHALLENGE })
    const { params } = sentAway(await visit(request_uri))
    assert.deepEqual([params.get('state'), params.get('iss')], ['a state', app.issuer])
    const tokens = await exchange(app, by, params.get('code') ?? '', { code_verifier: VERIFIER })
    assert.equal(payloadOf(tokens.id_token).nonce, 'pushed')
  })

  it('count whatever else the browser brings (§4)', async () => {
    const { request_uri } = await push({ scope: 'openid', state: 'pushed' })
    const more = {
      redirect_uri: 'https://evil.example/',
      state: 'evil',
      scope: 'openid email',
      response_mode: 'fragment',
    }
    const { location, params } = sentAway(await visit(request_uri, by, more))
    assert.ok(location.startsWith(`${by.client.redirectUris[0]}?`))
    assert.equal(params.get('state'), 'pushed')
    assert.equal((await exchange(app, by, params.get('code') ?? '')).scope, 'openid')
  })

  it('are answered once (§7.3)', async () => {
    const { request_uri } = await push()
    assert.ok(sentAway(await visit(request_uri)).params.get('code'))
    await assertNotTaken(visit(request_uri))
  })

  it('are answered once, even when two browsers come at the same moment (§7.3)', async () => {
    const { request_uri } = await push()
    const others = await Promise.all([app.browser(ada), app.browser(ada), app.browser(ada)])
    const landings = await Promise.all(others.map(other => other.open(pathOf(by, request_uri))))
    const kinds = landings.map(({ kind }) => kind).sort()
    assert.deepEqual(kinds, ['page', 'page', 'sent-away'])
  })

  it('are not used up by looking: the sign-in page can be loaded again, and started anew (§4)', async () => {
    const { request_uri } = await push()
    const other = await app.browser()
    shown(await other.open(pathOf(by, request_uri)), '/login')
    const page = shown(await other.open(pathOf(by, request_uri)), '/login')
    const again = shown(await other.open(page.url.href), '/login')
    assert.equal(sentAway(await signInAt(other, again, ada)).params.get('state'), 'a state')
  })

  it('end in one tab when they were answered in another', async () => {
    const { request_uri } = await push()
    const other = await app.browser()
    const first = shown(await other.open(pathOf(by, request_uri)), '/login')
    const second = shown(await other.open(pathOf(by, request_uri)), '/login')
    assert.ok(sentAway(await signInAt(other, first, ada)).params.get('code'))
    const late = shown(await signInAt(other, second, ada))
    assert.equal(late.status, 400)
    assert.match(late.html, /This sign-in was already used/)
  })

  it('end at their time (§4)', async () => {
    const uri = await stored({ acceptedUntil: seconds() })
    await assertNotTaken(visit(uri))
    await assertNotTaken(visit(uri, by, requestOf(by.client)))
  })

  it('do not hurry a person who came in time: the sign-in may take longer than the request_uri counts', async () => {
    const { pushedRequests, commit, housekeeping } = app.house.repositories
    const { request_uri } = await push()
    const other = await app.browser()
    const page = shown(await other.open(pathOf(by, request_uri)), '/login')
    const id = openRequestUri(app.keys.handles, request_uri)
    const row = id && (await pushedRequests.find(id))
    assert.ok(row)
    // As if two minutes had passed.
    const late = { ...row, acceptedUntil: row.acceptedUntil - 120, expiresAt: addSeconds(row.expiresAt, -120) }
    assert.ok((await commit([pushedRequests.use(row.id)])).committed)
    assert.ok((await commit([pushedRequests.insert(late)])).committed)
    await housekeeping.deleteExpired('pushed_request', app.house.clock.now(), 1000)
    await assertNotTaken(visit(request_uri))
    assert.ok(sentAway(await signInAt(other, page, ada)).params.get('code'))
  })

  it('keep of an id_token_hint only whom it names (OIDC Core §3.1.2.1)', async () => {
    const { params } = sentAway(await visit((await push()).request_uri))
    const { id_token } = await exchange(app, by, params.get('code') ?? '')
    const { request_uri } = await push({ id_token_hint: id_token, prompt: 'none' })
    const id = openRequestUri(app.keys.handles, request_uri)
    assert.ok(id)
    const row = await app.house.repositories.pushedRequests.find(id)
    assert.ok(row?.params.includes('id_token_hint=') && !row.params.includes(id_token))
    const stranger = await app.browser(await app.enrol())
    assert.equal(sentAway(await stranger.open(pathOf(by, request_uri))).params.get('error'), 'login_required')
    assert.ok(sentAway(await visit(request_uri)).params.get('code'))
  })

  it('are bound to the client that pushed them (§2.2)', async () => {
    const { request_uri } = await push()
    const other = await app.register()
    await assertNotTaken(visit(request_uri, other))
    assert.ok(sentAway(await visit(request_uri)).params.get('code'))
  })

  it('have a request_uri that nobody can guess or change (§7.1)', async () => {
    const { request_uri } = await push()
    const last = request_uri.at(-1) === 'A' ? 'B' : 'A'
    for (const uri of [`${request_uri.slice(0, -1)}${last}`, `${URN}abc`, URN, `${request_uri}A`])
      await assertNotTaken(visit(uri))
  })

  describe('are refused with the errors of the token endpoint (RFC 9126 §2.1, §2.3)', () => {
    it('without authentication, or with a wrong secret', async () => {
      const body = new URLSearchParams({ ...requestOf(by.client) })
      await assertRefused(await fetch(`${app.issuer}/par`, { method: 'POST', body }), 401, 'invalid_client')
      await assertRefused(await post(requestOf(by.client), { ...by, secret: 'wrong' }), 401, 'invalid_client')
    })

    const wrong: readonly (readonly [what: string, changes: Fields, error: string])[] = [
      ['with a request_uri (§2.1)', { request_uri: `${URN}abc` }, 'invalid_request'],
      [
        'with a redirect URI that is not registered (§2.3)',
        { redirect_uri: 'https://evil.example/' },
        'invalid_request',
      ],
      ['without a redirect URI', { redirect_uri: '' }, 'invalid_request'],
      ['without response_type', { response_type: '' }, 'invalid_request'],
      ['with an unknown response_type', { response_type: 'token code code' }, 'unsupported_response_type'],
      ['with prompt none and login', { prompt: 'none login' }, 'invalid_request'],
      ['of another client (§2)', { client_id: 'somebody' }, 'invalid_request'],
      ['with a request object that is none (§3)', { request: 'not-a-jwt' }, 'invalid_request_object'],
      ['with a resource that is no URI (RFC 8707 §2)', { resource: 'not a uri' }, 'invalid_target'],
    ]
    for (const [what, changes, error] of wrong) {
      it(what, async () => assertRefused(await post({ ...requestOf(by.client), ...changes }), 400, error))
    }

    it('when a parameter comes twice (RFC 6749 §3.1)', async () => {
      const { headers } = new Request(app.issuer, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basicOf(by) },
      })
      const body = `${query(requestOf(by.client))}&state=other`
      await assertRefused(await fetch(`${app.issuer}/par`, { method: 'POST', headers, body }), 400, 'invalid_request')
    })

    it('by another method: 405; too large: 413 (§2.3)', async () => {
      assert.equal((await fetch(`${app.issuer}/par`)).status, 405)
      assert.equal((await post({ ...requestOf(by.client), state: 'x'.repeat(70_000) })).status, 413)
    })
  })

  describe('with a request object (§3)', () => {
    const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
      ...requestOf(by.client),
      iss: by.client.clientId,
      aud: app.issuer,
      state: 'inside',
      ...changes,
    })

    it('take what is inside, and nothing that stands beside it', async () => {
      const request = await signedObject(keys, claims())
      const response = await post({ request, client_id: by.client.clientId, scope: 'openid email', nonce: 'beside' })
      assert.equal(response.status, 201)
      const { params } = sentAway(await visit(((await response.json()) as Pushed).request_uri))
      assert.equal(params.get('state'), 'inside')
      const tokens = await exchange(app, by, params.get('code') ?? '')
      assert.deepEqual([tokens.scope, payloadOf(tokens.id_token).nonce], ['openid', undefined])
    })

    it('are refused when the object is not by the client that pushes it, or does not name it', async () => {
      const stranger = await makeKeys('ES256')
      for (const request of [
        await signedObject(stranger, claims()),
        await signedObject(keys, claims({ client_id: 'somebody' })),
        await signedObject(keys, claims({ client_id: undefined })),
        await signedObject(keys, claims({ request_uri: `${URN}abc` })),
      ])
        await assertRefused(await post({ request }), 400, 'invalid_request_object')
    })

    it('count as signed at the authorization endpoint, for a client that must sign (RFC 9101 §10.5)', async () => {
      const registered = await app.register({ jwks: keys.jwks, requireSignedRequestObject: true })
      await assertRefused(await post(requestOf(registered.client), registered), 400, 'invalid_request')
      const plain = unsignedObject({ ...requestOf(registered.client) })
      await assertRefused(await post({ request: plain }, registered), 400, 'invalid_request_object')
      const request = await signedObject(keys, requestOf(registered.client))
      const { request_uri } = await push({ request }, registered)
      assert.ok(sentAway(await visit(request_uri, registered)).params.get('code'))
    })
  })

  it('come from public clients, too (§2)', async () => {
    const registered = await app.register({ type: 'public', requirePkce: true })
    await assertRefused(await post(requestOf(registered.client), registered), 400, 'invalid_request')
    const { request_uri } = await push({ ...CHALLENGE }, registered)
    const { params } = sentAway(await visit(request_uri, registered))
    const tokens = await exchange(app, registered, params.get('code') ?? '', { code_verifier: VERIFIER })
    assert.equal(tokens.status, 200)
    const large = await post({ ...requestOf(registered.client), ...CHALLENGE, state: 'x'.repeat(8_000) }, registered)
    await assertRefused(large, 413, 'invalid_request')
  })

  it('come with a client assertion, once: one assertion, one push (RFC 7523 §3)', async () => {
    const registered = await app.register({
      jwks: keys.jwks,
      secrets: [],
      tokenEndpointAuthMethods: ['private_key_jwt'],
    })
    const { clientId } = registered.client
    const assertion = { iss: clientId, sub: clientId, aud: app.issuer, exp: seconds() + 60, jti: `of ${clientId}` }
    const body = new URLSearchParams({
      ...requestOf(registered.client),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signedObject(keys, assertion),
    })
    const first = await fetch(`${app.issuer}/par`, { method: 'POST', body })
    const { request_uri } = (await first.json()) as Pushed
    const id = openRequestUri(app.keys.handles, request_uri)
    assert.ok(id)
    const row = await app.house.repositories.pushedRequests.find(id)
    assert.match(row?.params ?? '', /scope=openid/)
    assert.doesNotMatch(row?.params ?? '', /client_assertion|secret/)
    await assertRefused(await fetch(`${app.issuer}/par`, { method: 'POST', body }), 401, 'invalid_client')
    assert.ok(sentAway(await visit(request_uri, registered)).params.get('code'))
  })

  it('are required of a client that is held to them (§4, §6)', async () => {
    const registered = await app.register({ jwks: keys.jwks, requirePushedAuthorizationRequests: true })
    const { client } = registered
    const request = await signedObject(keys, requestOf(client))
    for (const fields of [requestOf(client), { ...requestOf(client), request }]) {
      const { params } = sentAway(await browser.open(`/authorize?${query(fields)}`))
      assert.equal(params.get('error'), 'invalid_request')
    }
    const { request_uri } = await push({}, registered)
    assert.ok(sentAway(await visit(request_uri, registered)).params.get('code'))
  })

  it('end when the client loses what they were allowed by: the rules are asked again (§4)', async () => {
    const registered = await app.register()
    const { request_uri } = await push({}, registered)
    const { repositories } = app.house
    const changed: Client = { ...registered.client, redirectUris: ['https://app.example.org/another'] }
    assert.ok((await repositories.commit([repositories.clients.replace(changed, registered.client)])).committed)
    // Other nodes trust what they know of a client for a moment.
    await sleep(600)
    await assertNotTaken(visit(request_uri, registered))
  })

  function library(): Promise<oidc.Configuration> {
    const { client, secret } = by
    const authentication = oidc.ClientSecretBasic(secret)
    const options = { execute: [oidc.allowInsecureRequests] }
    return oidc.discovery(new URL(app.issuer), client.clientId, secret, authentication, options)
  }

  describe('from libraries', () => {
    it('of openid-client, with buildAuthorizationUrlWithPAR and DPoP: the code is bound to the key (RFC 9449 §10.1)', async () => {
      const { client } = by
      const configuration = await library()
      const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
      const codeVerifier = oidc.randomPKCECodeVerifier()
      const code_challenge = await oidc.calculatePKCECodeChallenge(codeVerifier)
      const parameters = {
        redirect_uri: client.redirectUris[0] ?? '',
        scope: 'openid',
        state: 'of the library',
        code_challenge,
        code_challenge_method: 'S256',
      }
      const start = await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP })
      assert.deepEqual([...start.searchParams.keys()].sort(), ['client_id', 'request_uri'])
      const { location } = sentAway(await browser.open(start.href))
      const code = new URL(location).searchParams.get('code') ?? ''
      const withoutKey = await exchange(app, by, code, { code_verifier: codeVerifier })
      assert.notEqual(withoutKey.status, 200)
      const secondStart = await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP })
      const second = sentAway(await browser.open(secondStart.href))
      const tokens = await oidc.authorizationCodeGrant(
        configuration,
        new URL(second.location),
        { pkceCodeVerifier: codeVerifier, expectedState: 'of the library' },
        undefined,
        { DPoP },
      )
      assert.equal(tokens.token_type, 'dpop')
    })

    it('of openid-client, held to fapi2: private_key_jwt, PAR, PKCE, DPoP (FAPI 2.0 §5.3.2.2)', async () => {
      const { client } = await app.register({
        profile: 'fapi2',
        jwks: keys.jwks,
        secrets: [],
        tokenEndpointAuthMethods: ['private_key_jwt'],
        requirePkce: true,
        requirePushedAuthorizationRequests: true,
        dpopBoundAccessTokens: true,
        idTokenSignedResponseAlg: 'ES256',
      })
      const configuration = await oidc.discovery(
        new URL(app.issuer),
        client.clientId,
        { id_token_signed_response_alg: 'ES256' },
        oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'ES256' }),
        { execute: [oidc.allowInsecureRequests] },
      )
      const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
      const codeVerifier = oidc.randomPKCECodeVerifier()
      const parameters = {
        redirect_uri: client.redirectUris[0] ?? '',
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }
      const unpushed = await browser.open(oidc.buildAuthorizationUrl(configuration, parameters).href)
      assert.equal(sentAway(unpushed).params.get('error'), 'invalid_request')
      const start = await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP })
      const { location } = sentAway(await browser.open(start.href))
      const checks = { pkceCodeVerifier: codeVerifier, idTokenExpected: true }
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(location), checks, undefined, { DPoP })
      assert.equal(tokens.token_type, 'dpop')
    })

    it('of oauth4webapi, which checks the answer as RFC 9126 §2.2 says', async () => {
      const server: oauth.AuthorizationServer = {
        issuer: app.issuer,
        pushed_authorization_request_endpoint: `${app.issuer}/par`,
      }
      const client = { client_id: by.client.clientId }
      const response = await oauth.pushedAuthorizationRequest(
        server,
        client,
        oauth.ClientSecretPost(by.secret),
        new URLSearchParams(requestOf(by.client)),
        { [oauth.allowInsecureRequests]: true },
      )
      const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, response)
      const { params } = sentAway(await visit(request_uri))
      assert.equal((await exchange(app, by, params.get('code') ?? '')).status, 200)
    })
  })

  it('refuse a DPoP proof and a dpop_jkt of different keys (RFC 9449 §10.1)', async () => {
    const configuration = await library()
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const parameters = { ...requestOf(by.client), dpop_jkt: 'A'.repeat(43) }
    const pushing = oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP })
    await assert.rejects(pushing, { error: 'invalid_dpop_proof' })
  })
})

function basicOf({ client, secret }: Registered): string {
  return `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`
}

describe('a server that takes pushed requests only (requests.require_pushed)', () => {
  let app: RunningApp

  before(async () => {
    const environment = { SALLYPORT_REQUESTS_REQUIRE_PUSHED: 'true', SALLYPORT_TOKENS_PUSHED_REQUEST: '5m' }
    app = await startApp({ environment })
  })
  after(async () => {
    await app?.close()
  })

  it('refuses every other request, and says so in its metadata (RFC 9126 §4, §5)', async () => {
    const registered = await app.register()
    const browser = await app.browser(await app.enrol())
    const { params } = sentAway(await browser.open(`/authorize?${query(requestOf(registered.client))}`))
    assert.equal(params.get('error'), 'invalid_request')
    const response = await postAs(app, registered, '/par', requestOf(registered.client))
    const { request_uri, expires_in } = (await response.json()) as Pushed
    assert.equal(expires_in, 300)
    const path = `/authorize?${query({ client_id: registered.client.clientId, request_uri })}`
    assert.ok(sentAway(await browser.open(path)).params.get('code'))
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Fields
    assert.equal(metadata.pushed_authorization_request_endpoint, `${app.issuer}/par`)
    assert.equal(String(metadata.require_pushed_authorization_requests), 'true')
  })
})
