/** Apps that describe themselves in a document at their client_id (draft-ietf-oauth-client-id-metadata-document). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Client } from '../../src/core/clients/client.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { answered, CHALLENGE, query, userinfo, VERIFIER } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { type LoopbackDocuments, startLoopbackDocuments } from '../support/loopback-documents.ts'
import type { Registration } from '../support/registering.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const ENVIRONMENT = {
  SALLYPORT_CLIENT_ID_METADATA_DOCUMENTS_ENABLED: 'true',
  SALLYPORT_OUTBOUND_ALLOW_PRIVATE: 'localhost',
}

onBothDatabases('client ID metadata documents', database => {
  let app: RunningApp
  let documents: LoopbackDocuments
  let browser: HandBrowser
  let count = 0

  before(async () => {
    documents = await startLoopbackDocuments({ tls: true })
    app = await startApp({ database: await database(), environment: ENVIRONMENT })
    browser = await app.browser(await app.enrol())
  })
  after(async () => {
    await app.close()
    await documents.close()
    assert.deepEqual(app.failures, [])
  })

  const callback = () => documents.url('/callback')

  /** A document under a path of its own. */
  function published(changes: Registration = {}, headers: Readonly<Record<string, string>> = {}): string {
    const path = `/client-${++count}.json`
    const clientId = documents.url(path)
    const usual = { client_id: clientId, client_name: 'Reader', redirect_uris: [callback()] }
    documents.answer(path, { ...usual, ...changes }, headers)
    return clientId
  }

  const pathOf = (clientId: string): string => new URL(clientId).pathname
  const stored = (clientId: string): Promise<Client | undefined> =>
    app.house.repositories.clients.findByClientId(clientId)

  function authorize(clientId: string, changes: Readonly<Record<string, string>> = {}) {
    const usual = { response_type: 'code', client_id: clientId, redirect_uri: callback(), scope: 'openid', state: 's' }
    return browser.open(`/authorize?${query({ ...usual, ...CHALLENGE, ...changes })}`)
  }

  /** The app is asked for consent, so it is known. */
  async function isKnown(clientId: string): Promise<boolean> {
    const landing = await authorize(clientId)
    return landing.kind === 'sent-away' || landing.url.pathname === '/consent'
  }

  /** As if the document had been fetched this long ago. */
  async function grownOld(clientId: string, seconds: number): Promise<void> {
    const client = await stored(clientId)
    assert.ok(client?.freshUntil)
    const { clients, commit } = app.house.repositories
    const old = { ...client, freshUntil: addSeconds(client.freshUntil, -seconds) }
    assert.ok((await commit([clients.replace(old, client)])).committed)
    // Another node, in its own time: the server trusts what it keeps for half a second.
    await new Promise(resolve => setTimeout(resolve, 550))
  }

  it('are announced (CIMD §6)', async () => {
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Registration
    assert.equal(metadata.client_id_metadata_document_supported, true)
  })

  it('sign a person in to an app that nobody registered, from consent to user info', async () => {
    const clientId = published()
    const consent = shown(await authorize(clientId), '/consent')
    assert.match(consent.html, /Reader/)
    assert.ok(consent.html.includes(`comes from ${new URL(clientId).host}`), 'CIMD §8.4: the host of the client_id')
    const { params } = sentAway(await browser.submit(consent, '/consent', { decision: 'approve' }))
    const tokens = await answered(
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          code: params.get('code') ?? '',
          redirect_uri: callback(),
          code_verifier: VERIFIER,
        }),
      }),
    )
    assert.equal(tokens.status, 200, tokens.error_description ?? '')
    assert.equal((await userinfo(app, tokens.access_token)).status, 200)
    const client = await stored(clientId)
    assert.deepEqual(
      [client?.origin, client?.type, client?.requirePkce, client?.consentMode],
      ['metadata-document', 'public', true, 'remember'],
    )
    assert.equal(documents.asked(pathOf(clientId)), 1, 'one sign-in costs one request')
  })

  it('are fetched once, however many ask at the same time', async () => {
    const clientId = published()
    const answers = await Promise.all(Array.from({ length: 6 }, () => isKnown(clientId)))
    assert.deepEqual([answers.every(Boolean), documents.asked(pathOf(clientId))], [true, 1])
  })

  it('are fetched again when they no longer count; the client stays the same, with what changed in the audit (CIMD §5.2)', async () => {
    const clientId = published()
    assert.ok(await isKnown(clientId))
    const before = await stored(clientId)
    documents.answer(pathOf(clientId), { client_id: clientId, client_name: 'Renamed', redirect_uris: [callback()] })
    await grownOld(clientId, 2 * 3600)
    assert.ok(await isKnown(clientId))
    const after = await stored(clientId)
    assert.deepEqual([after?.uid, after?.name, documents.asked(pathOf(clientId))], [before?.uid, 'Renamed', 2])
    const [event] = await app.house.repositories.audit.list({ type: 'client.replaced', limit: 1 })
    assert.deepEqual([event?.detail.members, event?.detail.by], [['name'], 'its document'])
  })

  it('count as long as they say, within the limits of the settings (RFC 9111 §5.2.2)', async () => {
    const freshFor = async (cacheControl: string): Promise<number> => {
      const clientId = published({}, { 'cache-control': cacheControl })
      assert.ok(await isKnown(clientId))
      const { fetchedAt, freshUntil } = (await stored(clientId)) ?? {}
      return (Number(freshUntil) - Number(fetchedAt)) / 1000
    }
    assert.equal(await freshFor('public, max-age=600'), 600)
    assert.equal(await freshFor('max-age=31536000'), 3600)
    assert.equal(await freshFor('max-age=0'), 60)
    assert.equal(await freshFor('no-store'), 60)
    assert.equal(await freshFor('public'), 3600)
  })

  it('keep counting for a while when their server is away, and end at once when they are taken away (CIMD §5.1)', async () => {
    const [away, gone, broken] = [published(), published(), published()]
    for (const clientId of [away, gone, broken]) assert.ok(await isKnown(clientId))
    documents.answerWith(pathOf(away), { status: 503, body: '' })
    documents.remove(pathOf(gone))
    documents.answer(pathOf(broken), { client_id: broken, redirect_uris: ['javascript:alert(1)'] })
    await Promise.all([away, gone, broken].map(clientId => grownOld(clientId, 2 * 3600)))
    assert.deepEqual([await isKnown(away), await isKnown(gone), await isKnown(broken)], [true, false, false])
    await grownOld(away, 25 * 3600)
    assert.equal(await isKnown(away), false, 'not for ever')
  })

  it('are asked for no more often than every few seconds when they are no good', async () => {
    const clientId = documents.url('/missing.json')
    assert.deepEqual([await isKnown(clientId), await isKnown(clientId)], [false, false])
    assert.equal(documents.asked('/missing.json'), 1)
    // Nobody waits for the audit of a refusal.
    const told = async () =>
      (await app.house.repositories.audit.list({ type: 'client-document.refused', limit: 50 })).filter(
        ({ detail }) => detail.client_id === clientId,
      )
    while ((await told()).length === 0) await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal((await told())[0]?.detail.rule, 'CIMD §5 200 OK')
  })

  it('leave alone what an operator registered or switched off', async () => {
    const clientId = published()
    await app.register({ clientId, redirectUris: [callback()], type: 'public' })
    assert.ok(await isKnown(clientId))
    assert.equal(documents.asked(pathOf(clientId)), 0)
    const other = published()
    assert.ok(await isKnown(other))
    const client = await stored(other)
    assert.ok(client)
    const { clients, commit } = app.house.repositories
    await commit([clients.replace({ ...client, disabledAt: app.house.clock.now() }, client)])
    await grownOld(other, 2 * 3600)
    assert.equal(await isKnown(other), false)
    assert.ok((await stored(other))?.disabledAt)
  })

  describe('are refused (CIMD §4, §4.1)', () => {
    const rows: readonly (readonly [what: string, changes: (clientId: string) => Registration])[] = [
      ['with another client_id', clientId => ({ client_id: `${clientId}x` })],
      ['without one', () => ({ client_id: undefined })],
      ['with a client secret (CIMD §4.1)', () => ({ client_secret: 'x'.repeat(43) })],
      ['with client_secret_expires_at (CIMD §4.1)', () => ({ client_secret_expires_at: 0 })],
      ['with a method that needs a secret (CIMD §4.1)', () => ({ token_endpoint_auth_method: 'client_secret_basic' })],
      ['with a MAC for a signature', () => ({ id_token_signed_response_alg: 'HS256' })],
      [
        'with a private key (CIMD §4.1)',
        () => ({
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'eA', d: 'eA' }] },
        }),
      ],
      [
        'with redirect URIs elsewhere (client_id_metadata_documents.same_origin)',
        () => ({ redirect_uris: ['https://evil.example/cb'] }),
      ],
      ['without redirect URIs', () => ({ redirect_uris: [] })],
      ['with grant types that registration.grant_types does not list', () => ({ grant_types: ['client_credentials'] })],
      ['with a scope that nobody knows', () => ({ scope: 'openid everything' })],
      ['that are too large (CIMD §8.7)', () => ({ client_name: 'x', padding: 'x'.repeat(6_000) })],
    ]
    for (const [what, changes] of rows) {
      it(what, async () => {
        const clientId = published()
        const usual = { client_id: clientId, client_name: 'Reader', redirect_uris: [callback()] }
        documents.answer(pathOf(clientId), { ...usual, ...changes(clientId) })
        assert.equal(await isKnown(clientId), false)
        assert.equal(await stored(clientId), undefined)
      })
    }

    it('when they are no JSON, no object, or come as something else', async () => {
      for (const [body, contentType] of [
        ['nonsense', 'application/json'],
        ['[]', 'application/json'],
        ['{}', 'text/html'],
        [Buffer.from([0x7b, 0xff]), 'application/json'],
      ] as const) {
        const clientId = published()
        documents.answerWith(pathOf(clientId), { headers: { 'content-type': contentType }, body })
        assert.equal(await isKnown(clientId), false, contentType)
      }
    })

    it('when they are a redirect or any other answer than 200 (CIMD §5)', async () => {
      const target = published()
      for (const status of [201, 204, 301, 302, 307, 404, 500]) {
        const clientId = published()
        const headers = { 'content-type': 'application/json', location: target }
        const body = JSON.stringify({ client_id: clientId, redirect_uris: [callback()] })
        documents.answerWith(pathOf(clientId), { status, headers, body: status === 204 ? '' : body })
        assert.equal(await isKnown(clientId), false, String(status))
      }
      assert.equal(documents.asked(pathOf(target)), 0, 'no redirect is followed')
    })

    it('at URLs that are no Client Identifier URL, without a request (CIMD §3)', async () => {
      const clientId = published()
      const path = pathOf(clientId)
      for (const wrong of [
        `${clientId}?a=1`,
        `${clientId}#a`,
        clientId.replace('/client', '/./client'),
        clientId.replace('https', 'http'),
      ])
        assert.equal(await isKnown(wrong), false, wrong)
      assert.equal(documents.asked(path), 0)
    })

    it('at private addresses that the settings do not allow (CIMD §8.6)', async () => {
      for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', '10.0.0.1', '[::ffff:127.0.0.1]', 'localhost.'])
        assert.equal(await isKnown(`https://${host}:${new URL(callback()).port}/client.json`), false, host)
    })
  })

  it('sign an app in that proves itself with a key of its own (CIMD §8.2)', async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] }
    const clientId = published({ token_endpoint_auth_method: 'private_key_jwt', jwks })
    const consent = shown(await authorize(clientId), '/consent')
    const { params } = sentAway(await browser.submit(consent, '/consent', { decision: 'approve' }))
    const form = {
      grant_type: 'authorization_code',
      code: params.get('code') ?? '',
      redirect_uri: callback(),
      code_verifier: VERIFIER,
    }
    const send = (fields: Readonly<Record<string, string>>) =>
      answered(fetch(`${app.issuer}/token`, { method: 'POST', body: new URLSearchParams({ ...form, ...fields }) }))
    assert.equal((await send({ client_id: clientId })).error, 'invalid_client')
    const client_assertion = await new SignJWT({
      iss: clientId,
      sub: clientId,
      aud: app.issuer,
      jti: crypto.randomUUID(),
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey)
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const tokens = await send({ client_assertion, client_assertion_type })
    assert.equal(tokens.status, 200, tokens.error_description ?? '')
  })
})

describe('what the settings say about client ID metadata documents', () => {
  it('fetches nothing until it is switched on, and only from the hosts that are listed', async t => {
    const documents = await startLoopbackDocuments({ tls: true })
    t.after(() => documents.close())
    const clientId = documents.url('/client.json')
    documents.answer('/client.json', { client_id: clientId, redirect_uris: [documents.url('/callback')] })
    const isKnownAt = async (environment: Readonly<Record<string, string>>): Promise<boolean> => {
      const app = await startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: 'localhost', ...environment } })
      const browser = await app.browser()
      const redirect_uri = documents.url('/callback')
      const landing = await browser.open(
        `/authorize?${query({ response_type: 'code', client_id: clientId, redirect_uri, scope: 'openid', ...CHALLENGE })}`,
      )
      await app.close()
      return landing.kind === 'page' && landing.url.pathname === '/login'
    }
    const enabled = { SALLYPORT_CLIENT_ID_METADATA_DOCUMENTS_ENABLED: 'true' }
    assert.equal(await isKnownAt({}), false)
    assert.equal(await isKnownAt({ ...enabled, SALLYPORT_CLIENT_ID_METADATA_DOCUMENTS_HOSTS: '*.example.com' }), false)
    assert.equal(documents.asked('/client.json'), 0)
    assert.equal(await isKnownAt({ ...enabled, SALLYPORT_CLIENT_ID_METADATA_DOCUMENTS_HOSTS: 'localhost' }), true)
  })
})
