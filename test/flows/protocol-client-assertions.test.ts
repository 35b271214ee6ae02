/** client_secret_jwt and private_key_jwt (OIDC Core §9, RFC 7523), on the wire (numbers of the certification's lines). */

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import type { AuditEvent, TraceCode } from '../../src/core/audit/audit-event.ts'
import { generateSecret, sealed } from '../../src/core/clients/client-secrets.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { startDocumentServer } from '../support/document-server.ts'
import { eventually } from '../support/eventually.ts'
import { answered, assertRefused, basic, codeFor, type Fields, postAs, query, userinfo } from '../support/hand-app.ts'
import {
  ASSERTION_TYPE,
  assertedBy,
  assertionClaims,
  type Changes,
  freshId,
  makeAppKey,
  nowInSeconds,
  signJws,
  unsignedJws,
} from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('client assertions (RFC 7523 §2.2), on the wire', database => {
  const key = makeAppKey('ES256')
  let app: RunningApp
  let by: Registered
  let clientId: string

  before(async () => {
    app = await startApp({ database: await database(), environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } })
    by = await app.register({
      grantTypes: ['client_credentials', 'authorization_code'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [key.jwk] },
    })
    clientId = by.client.clientId
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const post = (path: string, fields: Fields, headers: Fields = {}): Promise<Response> =>
    fetch(`${app.issuer}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  const token = (fields: Fields, headers: Fields = {}): Promise<Response> =>
    post('/token', { grant_type: 'client_credentials', ...fields }, headers)
  const asserted = (changes: Changes = {}, audience: unknown = app.issuer) =>
    assertedBy(key, clientId, audience, changes)

  it('(26) takes private_key_jwt whose audience is the issuer, the token endpoint, or both (RFC 7523 §3)', async () => {
    for (const audience of [app.issuer, `${app.issuer}/token`, [app.issuer], [app.issuer, `${app.issuer}/token`]])
      assert.equal((await token(await asserted({}, audience))).status, 200, String(audience))
  })

  it('(26) takes an inline key that has no kid, and a header that has none', async () => {
    const { kid: _, ...jwk } = key.jwk
    const nameless = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [{ ...jwk, kid: undefined }] },
    })
    const id = nameless.client.clientId
    const client_assertion = await signJws(key.privateKey, { alg: 'ES256' }, assertionClaims(id, app.issuer))
    const answer = await token({ client_assertion_type: ASSERTION_TYPE, client_assertion })
    assert.equal(answer.status, 200)
  })

  it('(26) takes the client_id beside the assertion when it is the same, and refuses another (RFC 7521 §4.2)', async () => {
    assert.equal((await token({ ...(await asserted()), client_id: clientId })).status, 200)
    await assertRefused(await token({ ...(await asserted()), client_id: 'another' }), 401, 'invalid_client')
  })

  it('(26) takes an assertion once, on this node and any other, whatever is asked with it (OIDC Core §9 jti)', async () => {
    const once = await asserted()
    assert.equal((await token(once)).status, 200)
    await assertRefused(await token(once), 401, 'invalid_client')
    await assertRefused(await post('/introspect', { ...once, token: 'x' }), 401, 'invalid_client')
    // Refused for another reason, it was shown all the same.
    const unlucky = await asserted()
    await assertRefused(await token({ ...unlucky, grant_type: 'authorization_code', code: 'x' }), 400, 'invalid_grant')
    await assertRefused(await token(unlucky), 401, 'invalid_client')
    const lost = await asserted()
    await assertRefused(await token({ ...lost, grant_type: 'unheard of' }), 400, 'unsupported_grant_type')
    await assertRefused(await token(lost), 401, 'invalid_client')
  })

  it('takes one of two that come with the same assertion at once', async () => {
    const once = await asserted()
    const answers = await Promise.all(Array.from({ length: 6 }, () => token(once)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401])
  })

  it('takes one of two code exchanges with the same assertion, and the code of the other stays good', async () => {
    const browser = await app.browser(await app.enrol())
    const [redirect_uri = ''] = by.client.redirectUris
    const codes = [await codeFor(browser, by.client), await codeFor(browser, by.client)]
    const once = await asserted()
    const exchangeAll = (proof: (index: number) => Fields) =>
      Promise.all(
        codes.map((code, index) => token({ grant_type: 'authorization_code', code, redirect_uri, ...proof(index) })),
      )
    const first = await exchangeAll(() => once)
    assert.deepEqual(first.map(({ status }) => status).sort(), [200, 401])
    const anew = [await asserted(), await asserted()]
    const second = await exchangeAll(index => anew[index] as Fields)
    assert.deepEqual(
      second.map(({ status }) => status),
      first.map(({ status }) => (status === 200 ? 400 : 200)),
    )
  })

  // Made when they are used: the file is loaded long before.
  const wrong: readonly [string, () => Changes][] = [
    ['of another issuer', () => ({ iss: 'another' })],
    ['without issuer', () => ({ iss: undefined })],
    ['for another server', () => ({ aud: 'https://evil.example' })],
    ['for us and another server', () => ({ aud: ['https://evil.example', 'ours'] })],
    ['without audience', () => ({ aud: undefined })],
    ['with an empty audience', () => ({ aud: [] })],
    ['that has expired', () => ({ exp: nowInSeconds() - 31 })],
    ['without expiry', () => ({ exp: undefined })],
    ['that is good for a day', () => ({ exp: nowInSeconds() + 86_400 })],
    ['with an expiry that is no number', () => ({ exp: '2000000000' })],
    ['from the future', () => ({ nbf: nowInSeconds() + 120 })],
    ['made in the future', () => ({ iat: nowInSeconds() + 120 })],
    ['made long ago', () => ({ iat: nowInSeconds() - 90_000 })],
    ['without jti', () => ({ jti: undefined })],
    ['with a jti that is no text', () => ({ jti: 7 })],
  ]
  for (const [what, changesOf] of wrong) {
    it(`refuses an assertion ${what} with invalid_client and 401 (RFC 7523 §3)`, async () => {
      const changes = changesOf()
      const aud = Array.isArray(changes.aud)
        ? changes.aud.map(name => (name === 'ours' ? app.issuer : name))
        : undefined
      const claims = aud === undefined ? changes : { ...changes, aud }
      const answer = await token(await asserted(claims))
      const { error_description } = (await answer.clone().json()) as { readonly error_description: string }
      assert.equal(error_description, 'client authentication failed')
      await assertRefused(answer, 401, 'invalid_client')
    })
  }

  it('refuses signatures that are not by the key of the client: another key, none, and its public key as a secret', async () => {
    const claims = (): Changes => assertionClaims(clientId, app.issuer)
    const another = makeAppKey('ES256')
    const publicKey = Buffer.from(JSON.stringify(key.jwk))
    for (const client_assertion of [
      await signJws(another.privateKey, { alg: 'ES256', kid: key.jwk.kid }, claims()),
      await signJws(another.privateKey, { alg: 'ES256', jwk: another.jwk }, claims()),
      unsignedJws({}, claims()),
      await signJws(publicKey, { alg: 'HS256', kid: key.jwk.kid }, claims()),
      'a.b.c',
    ]) {
      const answer = await token({ client_assertion_type: ASSERTION_TYPE, client_assertion })
      await assertRefused(answer, 401, 'invalid_client')
    }
  })

  it('refuses an assertion of another type, and one beside another way of authenticating (RFC 6749 §2.3)', async () => {
    const proof = await asserted()
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'
    await assertRefused(await token({ ...proof, client_assertion_type: saml }), 401, 'invalid_client')
    await assertRefused(await token({ ...proof, client_secret: 'x' }), 400, 'invalid_request')
    await assertRefused(await token(proof, { authorization: basic(clientId, 'x') }), 400, 'invalid_request')
    assert.equal((await token(proof)).status, 200)
  })

  it('holds a client to its method and its algorithm (OIDC Core §9 token_endpoint_auth_signing_alg)', async () => {
    const rsa = makeAppKey('PS256')
    const client = (changes: Parameters<RunningApp['register']>[0]) =>
      app.register({
        grantTypes: ['client_credentials'],
        tokenEndpointAuthMethods: ['private_key_jwt'],
        secrets: [],
        jwks: { keys: [key.jwk, { ...rsa.jwk, alg: undefined }] },
        ...changes,
      })
    const only = (await client({ tokenEndpointAuthSigningAlg: 'PS256' })).client.clientId
    assert.equal((await token(await assertedBy(rsa, only, app.issuer))).status, 200)
    await assertRefused(await token(await assertedBy(key, only, app.issuer)), 401, 'invalid_client')
    await assertRefused(await token({ client_id: clientId }), 401, 'invalid_client')
    const secretly = await app.register({ grantTypes: ['client_credentials'], jwks: { keys: [key.jwk] } })
    const notItsMethod = await assertedBy(key, secretly.client.clientId, app.issuer)
    await assertRefused(await token(notItsMethod), 401, 'invalid_client')
  })

  it('holds a FAPI 2.0 client to the issuer as the one audience, as text (FAPI 2.0 §5.3.2.1)', async () => {
    const { client } = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [key.jwk] },
      profile: 'fapi2',
    })
    const introspect = async (audience: unknown) =>
      post('/introspect', { token: 'x', ...(await assertedBy(key, client.clientId, audience)) })
    assert.equal((await introspect(app.issuer)).status, 200)
    for (const audience of [`${app.issuer}/introspect`, `${app.issuer}/token`, [app.issuer]])
      await assertRefused(await introspect(audience), 401, 'invalid_client')
  })

  it('takes client_secret_jwt with every secret that is live, and with none that has ended', async () => {
    const now = app.house.clock.now()
    const make = () => sealed(generateSecret({ random: app.house.random, now }), app.keys.sealer)
    const [current, old, ended] = [make(), make(), make()]
    const shared = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['client_secret_jwt'],
      secrets: [
        current.stored,
        { ...old.stored, expiresAt: new Date(now.getTime() + 60_000) },
        { ...ended.stored, expiresAt: now },
      ],
    })
    const by = async (secret: string, alg = 'HS256') => ({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await signJws(
        Buffer.from(secret),
        { alg },
        assertionClaims(shared.client.clientId, `${app.issuer}/token`),
      ),
    })
    assert.equal((await token(await by(current.plain))).status, 200)
    assert.equal((await token(await by(old.plain))).status, 200)
    await assertRefused(await token(await by(ended.plain)), 401, 'invalid_client')
    await assertRefused(await token(await by('x'.repeat(43))), 401, 'invalid_client')
    const form = { client_id: shared.client.clientId, client_secret: current.plain }
    await assertRefused(await token(form), 401, 'invalid_client')
    // Which of them was used last is noted behind the answer.
    const used = async () =>
      (await app.house.repositories.secretUses.listOfClient(shared.client.uid)).map(({ secretId }) => secretId).sort()
    await eventually(async () => (await used()).length > 1)
    assert.deepEqual(await used(), [current.stored.id, old.stored.id].sort())
  })

  it('is asked at every endpoint that apps call, with that endpoint as audience, too', async () => {
    const answers = {
      '/introspect': await post('/introspect', { token: 'x', ...(await asserted({}, `${app.issuer}/introspect`)) }),
      '/revoke': await post('/revoke', { token: 'x', ...(await asserted({}, `${app.issuer}/revoke`)) }),
    }
    for (const [path, { status }] of Object.entries(answers)) assert.equal(status, 200, path)
    const elsewhere = await asserted({}, `${app.issuer}/revoke`)
    await assertRefused(await post('/introspect', { token: 'x', ...elsewhere }), 401, 'invalid_client')
  })

  it('takes the keys from the jwks_uri of the client (RFC 7591 §2)', async t => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ keys: [key.jwk] }))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const fetched = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwksUri: `http://127.0.0.1:${port}/jwks`,
    })
    const id = fetched.client.clientId
    assert.equal((await token(await assertedBy(key, id, app.issuer))).status, 200)
    await assertRefused(await token(await assertedBy(makeAppKey(), id, app.issuer)), 401, 'invalid_client')
  })

  it('says in the audit which check failed, and nothing of the assertion', async () => {
    const jti = freshId()
    const answer = await token(await asserted({ aud: 'https://evil.example', jti }))
    const traceCode = answer.headers.get('x-trace-code')?.replace('-', '') as TraceCode
    // Refusals are written down behind the answer.
    let event: AuditEvent | undefined
    while (event === undefined) [event] = await app.house.repositories.audit.list({ traceCode, limit: 1 })
    assert.match(String(event.detail.rule), /RFC 7523 §3 client assertion: aud is this server/)
    assert.equal(event.detail.audience, 'https://evil.example')
    assert.doesNotMatch(JSON.stringify(event.detail), new RegExp(jti))
  })

  it('works with openid-client and oauth4webapi as they come: private_key_jwt', async () => {
    const cryptoKey = await crypto.subtle.importKey(
      'pkcs8',
      new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    )
    const insecure = { execute: [oidc.allowInsecureRequests] }
    const authentication = oidc.PrivateKeyJwt({ key: cryptoKey, kid: key.jwk.kid })
    const configuration = await oidc.discovery(new URL(app.issuer), clientId, {}, authentication, insecure)
    const tokens = await oidc.clientCredentialsGrant(configuration)
    assert.equal(tokens.token_type, 'bearer')
    const options = { [oauth.allowInsecureRequests]: true }
    const issuer = new URL(app.issuer)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
    const client = { client_id: clientId }
    const auth = oauth.PrivateKeyJwt({ key: cryptoKey, kid: key.jwk.kid })
    const response = await oauth.introspectionRequest(as, client, auth, tokens.access_token, options)
    assert.equal((await oauth.processIntrospectionResponse(as, client, response)).active, true)
  })

  it('ends no grant for whoever sends a whole request again: its assertion was used before (RFC 7523 §3)', async () => {
    const own = await app.register({
      grantTypes: ['authorization_code', 'refresh_token'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [key.jwk] },
    })
    const browser = await app.browser(await app.enrol())
    const [redirect_uri = ''] = own.client.redirectUris
    const prove = () => assertedBy(key, own.client.clientId, app.issuer)
    const code = await codeFor(browser, own.client, { scope: 'openid offline_access' })
    const exchange = { grant_type: 'authorization_code', code, redirect_uri, ...(await prove()) }
    const first = await answered(post('/token', exchange))
    assert.equal(first.status, 200, first.error_description ?? '')
    await assertRefused(await post('/token', exchange), 401, 'invalid_client')
    const { refresh_token } = first
    const refresh = { grant_type: 'refresh_token', refresh_token, ...(await prove()) }
    const second = await answered(post('/token', refresh))
    assert.equal(second.status, 200, 'the code that came again ended nothing')
    await answered(
      post('/token', { grant_type: 'refresh_token', refresh_token: second.refresh_token, ...(await prove()) }),
    )
    await assertRefused(await post('/token', refresh), 401, 'invalid_client')
    assert.equal((await userinfo(app, first.access_token)).status, 200)
    await assertRefused(await post('/token', { ...exchange, ...(await prove()) }), 400, 'invalid_grant')
    assert.equal((await userinfo(app, first.access_token)).status, 401, 'a new assertion makes it a replay of the code')
  })

  it('tells a client whose keys cannot be encrypted to about its keys, not about its assertion (OIDC Core §10.2)', async () => {
    const own = await app.register({
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [key.jwk] },
      idTokenEncryptedResponseAlg: 'RSA-OAEP-256',
    })
    const browser = await app.browser(await app.enrol())
    const [redirect_uri = ''] = own.client.redirectUris
    const code = await codeFor(browser, own.client)
    const assertion = await assertedBy(key, own.client.clientId, app.issuer)
    const fields = { grant_type: 'authorization_code', code, redirect_uri, ...assertion }
    await assertRefused(await post('/token', fields), 400, 'invalid_request')
  })

  it('refuses an alg and an aud that are no text as any other wrong credential (RFC 7515 §4.1.1, RFC 7519 §4.1.3)', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
    const odd = { toString: 1 }
    for (const [header, changes] of [
      [{ alg: odd }, {}],
      [{ alg: [odd] }, {}],
      [{ alg: 'ES256' }, { aud: [odd] }],
    ] as const) {
      const claims = encode(assertionClaims(clientId, app.issuer, changes))
      const fields = { client_assertion_type: ASSERTION_TYPE, client_assertion: `${encode(header)}.${claims}.AA` }
      await assertRefused(await token(fields), 401, 'invalid_client')
    }
  })

  it('does not stumble over odd ones', async () => {
    const odd = ['.', '..', `${'A'.repeat(9000)}.B.C`, 'e30.e30.e30', 'bnVsbA.bnVsbA.AA', 'W10.W10.AA']
    for (const client_assertion of odd) {
      const answer = await answered(token({ client_assertion_type: ASSERTION_TYPE, client_assertion }))
      assert.deepEqual([answer.status, answer.error], [401, 'invalid_client'], client_assertion.slice(0, 20))
    }
    const twice = `${query({ ...(await asserted()) })}&client_assertion=x`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(`${app.issuer}/token`, { method: 'POST', headers, body: twice })
    await assertRefused(answer, 400, 'invalid_request')
    assert.equal((await postAs(app, await app.register(), '/revoke', { token: 'x' })).status, 200)
  })
})

describe("a client's own key set, on the wire", () => {
  it('(33) is fetched again for a new kid, well within a minute of its rotation (OIDC Core §10.1.1)', async t => {
    const [old, fresh] = [makeAppKey('ES256'), makeAppKey('ES256')]
    const documents = await startDocumentServer()
    t.after(() => documents.close())
    const app = await startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } })
    t.after(() => app.close())
    const publish = (...keys: readonly (typeof old)[]): unknown =>
      documents.documents.set('/jwks', { body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }) })
    publish(old)
    const { client } = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwksUri: `${documents.origin}/jwks`,
    })
    const statusWith = async (key: typeof old): Promise<number> => {
      const fields = { grant_type: 'client_credentials', ...(await assertedBy(key, client.clientId, app.issuer)) }
      return (await fetch(`${app.issuer}/token`, { method: 'POST', body: new URLSearchParams(fields) })).status
    }
    assert.equal(await statusWith(old), 200)
    publish(fresh)
    // A few seconds pass between two fetches, so that made-up kids drive nobody against the client's server.
    let status = 0
    for (let tries = 0; tries < 60 && status !== 200; tries += 1) {
      status = await statusWith(fresh)
      if (status !== 200) await sleep(250)
    }
    assert.equal(status, 200)
    assert.equal(documents.asked.length, 2)
    assert.equal(await statusWith(old), 401, 'what was taken out counts no more')
  })
})
