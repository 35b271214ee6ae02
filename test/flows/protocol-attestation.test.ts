/** Installations of an app that its maker vouches for (Attestation-Based Client Authentication), on the wire. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { onBothDatabases } from '../support/both-databases.ts'
import { answered, assertRefused, codeFor, type Fields } from '../support/hand-app.ts'
import { type AppKey, type Changes, dpopProof, freshId, makeAppKey, nowInSeconds, signJws } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const ATTESTER = 'https://attester.example.org'
const attesterKey = makeAppKey()
const instance = makeAppKey()

const OTHER_ATTESTER = 'https://other-attester.example.org'
const otherKey = makeAppKey()

const environment = {
  SALLYPORT_ATTESTATION_ISSUERS: JSON.stringify([
    { issuer: ATTESTER, jwks: { keys: [attesterKey.jwk] } },
    { issuer: OTHER_ATTESTER, jwks: { keys: [otherKey.jwk] }, clients: ['its-app'] },
  ]),
}

interface Wishes {
  readonly attester?: AppKey
  /** Whose key is attested, and whose signs. */
  readonly attested?: AppKey
  readonly signer?: AppKey
  readonly attestation?: Changes
  readonly attestationHeader?: Changes
  readonly proof?: Changes
  readonly proofHeader?: Changes
}

async function headersFor({ issuer }: RunningApp, clientId: string, wishes: Wishes = {}): Promise<Fields> {
  const { attester = attesterKey, attested = instance, signer = attested } = wishes
  const now = nowInSeconds()
  return {
    'oauth-client-attestation': await signJws(
      attester.privateKey,
      { typ: 'oauth-client-attestation+jwt', alg: attester.alg, kid: attesterKey.jwk.kid, ...wishes.attestationHeader },
      { iss: ATTESTER, sub: clientId, iat: now, exp: now + 300, cnf: { jwk: attested.jwk }, ...wishes.attestation },
    ),
    'oauth-client-attestation-pop': await signJws(
      signer.privateKey,
      { typ: 'oauth-client-attestation-pop+jwt', alg: signer.alg, ...wishes.proofHeader },
      { aud: issuer, jti: freshId(), iat: now, ...wishes.proof },
    ),
  }
}

const post = ({ issuer }: RunningApp, fields: Fields, headers: Fields): Promise<Response> =>
  fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(fields) })

const registerIn = (app: RunningApp, clientId?: string): Promise<Registered> =>
  app.register({
    ...(clientId === undefined ? {} : { clientId }),
    grantTypes: ['client_credentials', 'authorization_code', 'refresh_token'],
    tokenEndpointAuthMethods: ['attest_jwt_client_auth'],
    secrets: [],
  })

const MACHINE = { grant_type: 'client_credentials' }

onBothDatabases('attest_jwt_client_auth (Attestation-Based Client Authentication), on the wire', database => {
  let app: RunningApp
  let by: Registered
  let clientId: string

  before(async () => {
    app = await startApp({ database: await database(), environment })
    by = await registerIn(app)
    clientId = by.client.clientId
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('takes an installation with an attestation and a proof by the attested key (§4, §5.1, §7.1, §7.2)', async () => {
    assert.equal((await post(app, MACHINE, await headersFor(app, clientId))).status, 200)
    const named = { ...MACHINE, client_id: clientId }
    assert.equal((await post(app, named, await headersFor(app, clientId))).status, 200)
    const nameless = { attestation: { iss: undefined }, attestationHeader: { kid: undefined } }
    assert.equal((await post(app, MACHINE, await headersFor(app, clientId, nameless))).status, 200)
  })

  it('takes a proof once, and the attestation as long as it is fresh (§10.2, §12.1)', async () => {
    const headers = await headersFor(app, clientId)
    const answers = await Promise.all([1, 2, 3].map(() => post(app, MACHINE, headers)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401])
    const { 'oauth-client-attestation-pop': proof = '' } = await headersFor(app, clientId)
    assert.equal((await post(app, MACHINE, { ...headers, 'oauth-client-attestation-pop': proof })).status, 200)
  })

  const stranger = makeAppKey()
  const { d } = instance.privateKey.export({ format: 'jwk' })
  const now = nowInSeconds()
  const wrong: readonly [string, Wishes][] = [
    ['by an attester that nobody trusts', { attester: stranger }],
    ['by a key that the attestation brings itself', { attester: stranger, attestationHeader: { jwk: stranger.jwk } }],
    ['in the name of another attester', { attestation: { iss: 'https://evil.example' } }],
    ['that has expired', { attestation: { exp: now - 60 } }],
    ['without expiry', { attestation: { exp: undefined } }],
    ['from the future', { attestation: { iat: now + 86_400 } }],
    ['without a key', { attestation: { cnf: undefined } }],
    ['with a private key', { attestation: { cnf: { jwk: { ...instance.jwk, d } } } }],
    ['with a secret for a key', { attestation: { cnf: { jwk: { kty: 'oct', k: 'AAAA' } } } }],
    ['of another type', { attestationHeader: { typ: 'JWT' } }],
    ['with a proof by another key', { signer: stranger }],
    ['with a proof of another type', { proofHeader: { typ: 'oauth-client-attestation+jwt' } }],
    ['with a proof for another server', { proof: { aud: 'https://evil.example' } }],
    ['with a proof for several servers', { proof: { aud: [ATTESTER] } }],
    ['with a proof for something that is no text', { proof: { aud: { toString: 1 } } }],
    ['with an old proof', { proof: { iat: now - 600 } }],
    ['with a proof of no time', { proof: { iat: undefined } }],
    ['with a proof without jti', { proof: { jti: undefined } }],
  ]
  for (const [what, wishes] of wrong) {
    it(`refuses an attestation ${what}, in the words of every wrong credential`, async () => {
      const answer = await post(app, MACHINE, await headersFor(app, clientId, wishes))
      const { error_description } = (await answer.clone().json()) as Fields
      assert.equal(error_description, 'client authentication failed')
      await assertRefused(answer, 401, 'invalid_client')
    })
  }

  it('takes the word of an attester for its own apps only (§7.1 attestation.issuers clients)', async () => {
    const own = await registerIn(app, 'its-app')
    for (const iss of [OTHER_ATTESTER, undefined]) {
      const wishes = { attester: otherKey, attestation: { iss }, attestationHeader: { kid: otherKey.jwk.kid } }
      assert.equal((await post(app, MACHINE, await headersFor(app, own.client.clientId, wishes))).status, 200)
      await assertRefused(await post(app, MACHINE, await headersFor(app, clientId, wishes)), 401, 'invalid_client')
    }
  })

  it('refuses half of it, two of it, DPoP in the place of the proof, and another client_id (§7, §7.5)', async () => {
    const whole = await headersFor(app, clientId)
    const { 'oauth-client-attestation': attestation = '', 'oauth-client-attestation-pop': proof = '' } = whole
    const dpop = await dpopProof(instance, 'POST', `${app.issuer}/token`)
    for (const headers of [
      { 'oauth-client-attestation': attestation },
      { 'oauth-client-attestation-pop': proof },
      { 'oauth-client-attestation': `${attestation}, ${attestation}`, 'oauth-client-attestation-pop': proof },
      { 'oauth-client-attestation': attestation, dpop },
    ] as Fields[]) {
      await assertRefused(await post(app, { ...MACHINE, client_id: clientId }, headers), 401, 'invalid_client')
    }
    await assertRefused(await post(app, { ...MACHINE, client_id: 'another' }, whole), 401, 'invalid_client')
  })

  it('is for clients that are registered for it: a secret is no way around, and it is no way around a secret', async () => {
    await assertRefused(await post(app, { ...MACHINE, client_id: clientId }, {}), 401, 'invalid_client')
    const secretive = await app.register({ grantTypes: ['client_credentials'] })
    const headers = await headersFor(app, secretive.client.clientId)
    await assertRefused(await post(app, MACHINE, headers), 401, 'invalid_client')
  })

  it('binds the refresh token to the installation (§10.3)', async () => {
    const browser = await app.browser(await app.enrol())
    const [redirect_uri = ''] = by.client.redirectUris
    const code = await codeFor(browser, by.client, { scope: 'openid offline_access' })
    const fields = { grant_type: 'authorization_code', code, redirect_uri }
    const { refresh_token } = await answered(post(app, fields, await headersFor(app, clientId)))
    const refreshing = { grant_type: 'refresh_token', refresh_token }
    const another = await headersFor(app, clientId, { attested: stranger })
    await assertRefused(await post(app, refreshing, another), 400, 'invalid_grant')
    assert.equal((await post(app, refreshing, await headersFor(app, clientId))).status, 200)
  })

  it('is announced with its algorithms (§8)', async () => {
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      readonly string[]
    >
    assert.ok(metadata.token_endpoint_auth_methods_supported?.includes('attest_jwt_client_auth'))
    for (const what of ['client_attestation', 'client_attestation_pop'])
      assert.ok(metadata[`${what}_signing_alg_values_supported`]?.includes('ES256'))
  })
})

describe('challenges of attest_jwt_client_auth (Attestation-Based Client Authentication §6.1), on the wire', () => {
  it('come with the first answer, and are in the next proof', async t => {
    const app = await startApp({ environment: { ...environment, SALLYPORT_ATTESTATION_CHALLENGE: 'always' } })
    t.after(() => app.close())
    const { clientId } = (await registerIn(app)).client
    const first = await post(app, MACHINE, await headersFor(app, clientId))
    const challenge = first.headers.get('oauth-client-attestation-challenge') ?? ''
    await assertRefused(first, 400, 'use_attestation_challenge')
    const second = await post(app, MACHINE, await headersFor(app, clientId, { proof: { challenge } }))
    assert.equal(second.status, 200)
    const forged = await headersFor(app, clientId, { proof: { challenge: 'a'.repeat(51) } })
    await assertRefused(await post(app, MACHINE, forged), 400, 'use_attestation_challenge')
  })
})
