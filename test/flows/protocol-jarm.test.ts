/** Authorization responses as JWTs (JARM), on the wire: the app verifies them with our published keys. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, type JWTVerifyResult, jwtVerify } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client, JsonObject } from '../../src/core/clients/client.ts'
import { type Answer, answerOf } from '../support/answers.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { authorizePath, exchange, headerOf, metadataOf, payloadOf, signInAt } from '../support/hand-app.ts'
import { type HandBrowser, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('JARM, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database() })
    by = await register({})
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const register = (changes: Partial<Client>) =>
    app.register({ responseTypes: ['code', 'code id_token', 'none'], ...changes })
  const ask = async (changes: Readonly<Record<string, string>>, from = by): Promise<Answer> =>
    answerOf(await browser.open(authorizePath(from.client, { nonce: 'n', ...changes })))
  const verified = ({ params }: Answer, from = by): Promise<JWTVerifyResult> => {
    assert.deepEqual(Object.keys(params), ['response'], 'nothing stands beside the JWT')
    return jwtVerify(params.response ?? '', createRemoteJWKSet(new URL(`${app.issuer}/jwks`)), {
      issuer: app.issuer,
      audience: from.client.clientId,
      requiredClaims: ['exp'],
    })
  }

  const WAYS = [
    ['code', 'jwt', 'query'],
    ['none', 'jwt', 'query'],
    ['code id_token', 'jwt', 'fragment'],
    ['code', 'query.jwt', 'query'],
    ['code', 'fragment.jwt', 'fragment'],
    ['code id_token', 'form_post.jwt', 'form_post'],
    ['code', 'web_message.jwt', 'web_message'],
  ] as const
  for (const [response_type, response_mode, way] of WAYS) {
    it(`(20) answers ${response_type} with response_mode ${response_mode} as a JWT by way of ${way} (JARM §2.3)`, async () => {
      const answer = await ask({ response_type, response_mode })
      assert.equal(answer.way, way)
      const { payload, protectedHeader } = await verified(answer)
      assert.equal(protectedHeader.alg, 'RS256')
      assert.equal(payload.state, 'a state')
      assert.ok(Number(payload.exp) - app.house.clock.now().getTime() / 1000 <= 600, 'at most ten minutes (§2.1)')
      assert.equal(typeof payload.code, response_type === 'none' ? 'undefined' : 'string')
      assert.equal(typeof payload.id_token, response_type === 'code id_token' ? 'string' : 'undefined')
      if (typeof payload.code === 'string') assert.equal((await exchange(app, by, payload.code)).status, 200)
    })
  }

  it('(20) answers with errors as JWTs, too: after pages, silently, and for requests that break a rule (JARM §2.2)', async () => {
    for (const changes of [{ prompt: 'none login' }, { scope: 'openid "' }, { max_age: 'x' }]) {
      const { payload } = await verified(await ask({ ...changes, response_mode: 'jwt' }))
      assert.ok(payload.error !== undefined && payload.error_description !== undefined)
      assert.equal(payload.state, 'a state')
    }
    const asking = await register({ consentMode: 'remember' })
    const page = shown(await browser.open(authorizePath(asking.client, { response_mode: 'jwt' })), '/consent')
    const denied = answerOf(await browser.submit(page, '/consent', { decision: 'deny' }))
    assert.equal((await verified(denied, asking)).payload.error, 'access_denied')
  })

  it('gives a button that was pressed twice the same answer as a JWT again', async () => {
    const stranger = await app.browser()
    const page = shown(await stranger.open(authorizePath(by.client, { response_mode: 'jwt' })), '/login')
    const first = await verified(answerOf(await signInAt(stranger, page, ada)))
    const second = await verified(answerOf(await signInAt(stranger, page, ada)))
    assert.equal(first.payload.code, second.payload.code)
  })

  it('refuses tokens in a query that anybody can read (JARM §2.3.1)', async () => {
    const answer = await ask({ response_type: 'code id_token', response_mode: 'query.jwt' })
    assert.deepEqual([answer.way, answer.params.error], ['fragment', 'invalid_request'])
  })

  it('signs as the client registered it (JARM §3)', async () => {
    for (const alg of ['ES256', 'PS256', 'EdDSA'] as const) {
      const own = await register({ authorizationSignedResponseAlg: alg })
      const { protectedHeader } = await verified(await ask({ response_mode: 'jwt' }, own), own)
      assert.equal(protectedHeader.alg, alg)
    }
  })

  it('encrypts what it signed for the key of the client, which may then come in the query (JARM §2.2, §2.3.1)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), use: 'enc', kid: 'app-1', alg: 'ECDH-ES' } as JsonObject
    const own = await register({
      jwks: { keys: [jwk] },
      authorizationEncryptedResponseAlg: 'ECDH-ES',
      authorizationEncryptedResponseEnc: 'A256GCM',
    })
    const answer = await ask({ response_type: 'code id_token', response_mode: 'query.jwt' }, own)
    assert.equal(answer.way, 'query')
    const jwe = answer.params.response ?? ''
    assert.deepEqual([headerOf(jwe).alg, headerOf(jwe).enc, headerOf(jwe).cty], ['ECDH-ES', 'A256GCM', 'JWT'])
    const { plaintext } = await compactDecrypt(jwe, privateKey)
    const inner = { way: answer.way, params: { response: Buffer.from(plaintext).toString() } }
    const { payload } = await verified(inner, own)
    assert.equal(payloadOf(String(payload.id_token)).nonce, 'n')
  })

  it('says so on a page when the client has no key for what it wants: nothing goes out unprotected (JARM §2.2)', async () => {
    const keyless = await register({ jwks: { keys: [] }, authorizationEncryptedResponseAlg: 'RSA-OAEP-256' })
    const asked = authorizePath(keyless.client, { response_mode: 'jwt' })
    assert.equal(shown(await browser.open(asked)).status, 500)
    const stranger = await app.browser()
    const page = shown(await stranger.open(asked), '/login')
    assert.equal(shown(await signInAt(stranger, page, ada)).status, 500)
  })

  it('tells the app when its ID token cannot be protected (OIDC Core §10.2)', async () => {
    const keyless = await register({ jwks: { keys: [] }, idTokenEncryptedResponseAlg: 'RSA-OAEP-256' })
    const { way, params } = await ask({ response_type: 'code id_token' }, keyless)
    assert.deepEqual([way, params.error, params.code], ['fragment', 'server_error', undefined])
  })

  it('lists its algorithms in discovery (JARM §4)', async () => {
    const metadata = await metadataOf(app)
    assert.ok(metadata.authorization_signing_alg_values_supported?.includes('PS256'))
    assert.ok(metadata.authorization_encryption_alg_values_supported?.includes('RSA-OAEP-256'))
    assert.ok(metadata.response_modes_supported?.includes('query.jwt'))
  })
})
