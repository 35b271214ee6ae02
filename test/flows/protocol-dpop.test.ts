/** Tokens bound to a key of the app (DPoP, RFC 9449), on the wire. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import { onBothDatabases } from '../support/both-databases.ts'
import { freePort } from '../support/free-port.ts'
import {
  answered,
  assertRefused,
  authorizePath,
  basic,
  CHALLENGE,
  codeFor,
  type Fields,
  postAs,
  type TokenAnswer,
  userinfo,
  VERIFIER,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway } from '../support/hand-browser.ts'
import { type AppKey, assertedBy, dpopProof, makeAppKey, type ProofChanges } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

interface Wallet {
  readonly app: RunningApp
  readonly browser: HandBrowser
}

const proveToken = ({ app }: Wallet, key: AppKey, changes: ProofChanges = {}): Promise<string> =>
  dpopProof(key, 'POST', `${app.issuer}/token`, changes)

async function exchangeWith(
  wallet: Wallet,
  by: Registered,
  proof: string | undefined,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const code = await codeFor(wallet.browser, by.client, { ...CHALLENGE, scope: 'openid offline_access', ...changes })
  const [redirect_uri = ''] = by.client.redirectUris
  const fields = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: VERIFIER }
  return postAs(wallet.app, by, '/token', fields, proof === undefined ? {} : { dpop: proof })
}

const refreshWith = (wallet: Wallet, by: Registered, refresh_token: string, headers: Fields): Promise<Response> =>
  postAs(wallet.app, by, '/token', { grant_type: 'refresh_token', refresh_token }, headers)

async function readWith(
  { app }: Wallet,
  accessToken: string,
  key: AppKey,
  changes: ProofChanges & { readonly accessToken?: string } = {},
): Promise<Response> {
  const dpop = await dpopProof(key, 'GET', `${app.issuer}/userinfo`, { accessToken, ...changes })
  return fetch(`${app.issuer}/userinfo`, { headers: { authorization: `DPoP ${accessToken}`, dpop } })
}

async function boundTokens(wallet: Wallet, by: Registered, key: AppKey): Promise<TokenAnswer> {
  const tokens = await answered(exchangeWith(wallet, by, await proveToken(wallet, key)))
  assert.deepEqual([tokens.status, tokens.token_type], [200, 'DPoP'], tokens.error_description ?? '')
  return tokens
}

onBothDatabases('DPoP (RFC 9449), on the wire', database => {
  const key = makeAppKey()
  const thief = makeAppKey()
  let wallet: Wallet
  let app: RunningApp
  let by: Registered
  let spa: Registered

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register({ grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] })
    spa = await app.register({ type: 'public', requirePkce: true })
    wallet = { app, browser: await app.browser(await app.enrol()) }
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('binds the access token to the key of the proof, which introspection shows as cnf (§5, §6.2)', async () => {
    const { access_token } = await boundTokens(wallet, by, key)
    const response = await postAs(app, by, '/introspect', { token: access_token })
    const introspected = (await response.json()) as Readonly<Record<string, unknown>>
    assert.deepEqual([introspected.active, introspected.cnf], [true, { jkt: key.jkt }])
    assert.equal(introspected.token_type, 'DPoP')
  })

  it('stays a bearer token without a proof', async () => {
    const tokens = await answered(exchangeWith(wallet, by, undefined))
    assert.deepEqual([tokens.status, tokens.token_type], [200, 'Bearer'])
    assert.equal((await userinfo(app, tokens.access_token)).status, 200)
  })

  it('opens userinfo with a proof by the same key for this token, and with nothing less (§7)', async () => {
    const { access_token } = await boundTokens(wallet, by, key)
    assert.equal((await readWith(wallet, access_token, key)).status, 200)
    const refused: readonly [Response, string][] = [
      [await userinfo(app, access_token), 'invalid_token'],
      [await readWith(wallet, access_token, thief), 'invalid_token'],
      [await readWith(wallet, access_token, key, { accessToken: 'another' }), 'invalid_dpop_proof'],
      [await readWith(wallet, access_token, key, { payload: { htm: 'POST' } }), 'invalid_dpop_proof'],
      [await readWith(wallet, access_token, key, { payload: { htu: `${app.issuer}/token` } }), 'invalid_dpop_proof'],
      [
        await fetch(`${app.issuer}/userinfo`, { headers: { authorization: `DPoP ${access_token}` } }),
        'invalid_dpop_proof',
      ],
    ]
    for (const [response, error] of refused) {
      assert.equal(response.status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', new RegExp(`^(DPoP|Bearer) error="${error}"`))
    }
    const [, byThief] = refused[1] ?? []
    assert.equal(byThief, 'invalid_token')
  })

  it('names the scheme and its algorithms to whoever came with DPoP (§7.1)', async () => {
    const { access_token } = await boundTokens(wallet, by, key)
    const response = await readWith(wallet, access_token, thief)
    assert.match(response.headers.get('www-authenticate') ?? '', /^DPoP .*algs="ES256 /)
  })

  it('refuses a bound token in a form, and a bearer token with the scheme DPoP (§7.1, §7.2)', async () => {
    const { access_token } = await boundTokens(wallet, by, key)
    const inForm = await fetch(`${app.issuer}/userinfo`, {
      method: 'POST',
      body: new URLSearchParams({ access_token }),
    })
    assert.equal(inForm.status, 401)
    const bearer = await answered(exchangeWith(wallet, by, undefined))
    assert.equal((await readWith(wallet, bearer.access_token, key)).status, 401)
    const both = await fetch(`${app.issuer}/userinfo`, {
      method: 'POST',
      headers: { authorization: `DPoP ${access_token}`, dpop: await dpopProof(key, 'POST', `${app.issuer}/userinfo`) },
      body: new URLSearchParams({ access_token }),
    })
    assert.equal(both.status, 400)
  })

  it('takes each proof once, where tokens are issued and where they are used (§11.1)', async () => {
    const proof = await proveToken(wallet, key)
    const { access_token } = await answered(exchangeWith(wallet, by, proof))
    await assertRefused(await exchangeWith(wallet, by, proof), 400, 'invalid_dpop_proof')
    const dpop = await dpopProof(key, 'GET', `${app.issuer}/userinfo`, { accessToken: access_token })
    const read = () => fetch(`${app.issuer}/userinfo`, { headers: { authorization: `DPoP ${access_token}`, dpop } })
    const answers = await Promise.all([read(), read(), read(), read()])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401])
  })

  it('takes a proof on one node only when it comes to two at once (§11.1)', async t => {
    const port = await freePort()
    const environment = { SALLYPORT_ISSUER: app.issuer }
    const second = await startApp({ database: app.database, environment, port })
    t.after(() => second.close())
    const machine = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { authorization: basic(by.client.clientId, by.secret) }
    const nodes = [app.issuer, `http://127.0.0.1:${port}`]
    for (let round = 1; round <= 3; round += 1) {
      const dpop = await proveToken(wallet, key)
      const send = (node: string) =>
        fetch(`${node}/token`, { method: 'POST', headers: { ...headers, dpop }, body: machine })
      const answers = await Promise.all(nodes.map(send))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
    }
  })

  it('gives tokens to one of two exchanges with the same proof, and the code of the other stays good', async () => {
    const [redirect_uri = ''] = by.client.redirectUris
    const codes = [await codeFor(wallet.browser, by.client), await codeFor(wallet.browser, by.client)]
    const exchangeAll = (proofs: readonly string[]) =>
      Promise.all(
        codes.map((code, index) => {
          const fields = { grant_type: 'authorization_code', code, redirect_uri }
          return postAs(app, by, '/token', fields, { dpop: proofs[index] ?? '' })
        }),
      )
    const proof = await proveToken(wallet, key)
    const first = await exchangeAll([proof, proof])
    assert.deepEqual(first.map(({ status }) => status).sort(), [200, 400])
    const second = await exchangeAll([await proveToken(wallet, key), await proveToken(wallet, key)])
    assert.deepEqual(
      second.map(({ status }) => status),
      first.map(({ status }) => (status === 200 ? 400 : 200)),
    )
  })

  it('refuses two proofs, and one that is wrong, before anything is used up', async () => {
    const [redirect_uri = ''] = by.client.redirectUris
    const code = await codeFor(wallet.browser, by.client)
    const fields = { grant_type: 'authorization_code', code, redirect_uri }
    const two = new Headers({ authorization: basic(by.client.clientId, by.secret) })
    two.append('dpop', await proveToken(wallet, key))
    two.append('dpop', await proveToken(wallet, key))
    const body = new URLSearchParams(fields)
    const twice = await fetch(`${app.issuer}/token`, { method: 'POST', headers: two, body })
    await assertRefused(twice, 400, 'invalid_dpop_proof')
    const wrong = await proveToken(wallet, key, { payload: { htu: `${app.issuer}/elsewhere` } })
    await assertRefused(await postAs(app, by, '/token', fields, { dpop: wrong }), 400, 'invalid_dpop_proof')
    const right = await postAs(app, by, '/token', fields, { dpop: await proveToken(wallet, key) })
    assert.equal(right.status, 200)
  })

  it('refuses a proof whose alg or kind of key is no text (§4.2)', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
    const odd = { toString: 1 }
    for (const header of [{ alg: odd }, { alg: 'ES256', jwk: { ...key.jwk, kty: odd } }]) {
      const dpop = `${encode({ typ: 'dpop+jwt', jwk: key.jwk, ...header })}.${encode({ jti: 'x' })}.AA`
      const fields = { grant_type: 'refresh_token', refresh_token: 'x' }
      await assertRefused(await postAs(app, spa, '/token', fields, { dpop }), 400, 'invalid_dpop_proof')
    }
  })

  it('binds the refresh token of a public client to the key, too (§5)', async () => {
    const { refresh_token } = await boundTokens(wallet, spa, key)
    await assertRefused(await refreshWith(wallet, spa, refresh_token, {}), 400, 'invalid_grant')
    const stolen = { dpop: await proveToken(wallet, thief) }
    await assertRefused(await refreshWith(wallet, spa, refresh_token, stolen), 400, 'invalid_grant')
    const own = { dpop: await proveToken(wallet, key) }
    const next = await answered(refreshWith(wallet, spa, refresh_token, own))
    assert.deepEqual([next.status, next.token_type], [200, 'DPoP'])
    assert.equal((await readWith(wallet, next.access_token, key)).status, 200)
  })

  it('lets a confidential client, which proves itself, take another key when it refreshes (§5)', async () => {
    const { refresh_token } = await boundTokens(wallet, by, key)
    const next = await answered(refreshWith(wallet, by, refresh_token, { dpop: await proveToken(wallet, thief) }))
    assert.equal(next.status, 200)
    assert.equal((await readWith(wallet, next.access_token, thief)).status, 200)
    assert.equal((await readWith(wallet, next.access_token, key)).status, 401)
  })

  it('exchanges a code that was asked for with dpop_jkt with that key only (§10)', async () => {
    const wish = { dpop_jkt: key.jkt }
    await assertRefused(await exchangeWith(wallet, spa, undefined, wish), 400, 'invalid_grant')
    const stolen = await proveToken(wallet, thief)
    await assertRefused(await exchangeWith(wallet, spa, stolen, wish), 400, 'invalid_grant')
    assert.equal((await exchangeWith(wallet, spa, await proveToken(wallet, key), wish)).status, 200)
  })

  it('gives a client with dpop_bound_access_tokens no bearer token, by any grant (§5.2)', async () => {
    const strict = await app.register({
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      dpopBoundAccessTokens: true,
    })
    await assertRefused(await exchangeWith(wallet, strict, undefined), 400, 'invalid_dpop_proof')
    const machine = { grant_type: 'client_credentials' }
    await assertRefused(await postAs(app, strict, '/token', machine), 400, 'invalid_dpop_proof')
    const dpop = await proveToken(wallet, key)
    const tokens = await answered(postAs(app, strict, '/token', machine, { dpop }))
    assert.deepEqual([tokens.status, tokens.token_type], [200, 'DPoP'])
    await assertRefused(await postAs(app, strict, '/token', machine, { dpop }), 400, 'invalid_dpop_proof')
  })

  it('gives such a client no unbound token in the redirect either (§5.2)', async () => {
    const { client } = await app.register({ responseTypes: ['code', 'code token'], dpopBoundAccessTokens: true })
    const wish = { response_type: 'code token', nonce: 'n' }
    const { location } = sentAway(await wallet.browser.open(authorizePath(client, wish)))
    const answer = new URLSearchParams(new URL(location).hash.slice(1))
    assert.deepEqual([answer.get('error'), answer.get('access_token')], ['unauthorized_client', null])
  })

  it('lets browser apps send the proof and read the nonce (Fetch standard)', async () => {
    const origin = 'https://app.example.org'
    const asked = await fetch(`${app.issuer}/token`, { method: 'OPTIONS', headers: { origin } })
    assert.match(asked.headers.get('access-control-allow-headers') ?? '', /\bdpop\b/)
    const response = await exchangeWith(wallet, spa, undefined)
    assert.equal(response.status, 200)
    const headers = { origin, dpop: await proveToken(wallet, key) }
    const fields = { grant_type: 'authorization_code', code: 'x' }
    const refused = await postAs(app, spa, '/token', fields, headers)
    assert.match(refused.headers.get('access-control-expose-headers') ?? '', /\bdpop-nonce\b/)
  })

  it('is announced in the metadata (§5.1)', async () => {
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Fields
    assert.ok(metadata.dpop_signing_alg_values_supported?.includes('ES256'))
    assert.ok(!metadata.dpop_signing_alg_values_supported?.includes('HS256'))
  })
})

describe('DPoP nonces (RFC 9449 §8, §9), on the wire', () => {
  const key = makeAppKey()
  let wallet: Wallet
  let app: RunningApp
  let by: Registered

  before(async () => {
    app = await startApp({ environment: { SALLYPORT_DPOP_NONCE: 'always' } })
    by = await app.register({ redirectUris: ['https://app.example.org/callback'] })
    wallet = { app, browser: await app.browser(await app.enrol()) }
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('are handed out with 400 at the token endpoint, and the code is good for the second request', async () => {
    const [redirect_uri = ''] = by.client.redirectUris
    const fields = { grant_type: 'authorization_code', code: await codeFor(wallet.browser, by.client), redirect_uri }
    const first = await postAs(app, by, '/token', fields, { dpop: await proveToken(wallet, key) })
    const nonce = first.headers.get('dpop-nonce') ?? ''
    assert.notEqual(nonce, '')
    await assertRefused(first, 400, 'use_dpop_nonce')
    const dpop = await proveToken(wallet, key, { payload: { nonce } })
    const second = await postAs(app, by, '/token', fields, { dpop })
    assert.equal(second.status, 200)
    assert.notEqual(second.headers.get('dpop-nonce'), null)
  })

  it('are handed out with 401 at userinfo, with a challenge of the scheme DPoP', async () => {
    const nonce = (await exchangeWith(wallet, by, await proveToken(wallet, key))).headers.get('dpop-nonce') ?? ''
    const proof = await proveToken(wallet, key, { payload: { nonce } })
    const { access_token } = await answered(exchangeWith(wallet, by, proof))
    const refused = await readWith(wallet, access_token, key)
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /^DPoP error="use_dpop_nonce"/)
    const fresh = refused.headers.get('dpop-nonce') ?? ''
    assert.equal((await readWith(wallet, access_token, key, { payload: { nonce: fresh } })).status, 200)
  })

  it('leave the assertion of the first request good for the second, which brings the nonce, and for no third', async () => {
    const clientKey = makeAppKey()
    const { client } = await app.register({
      grantTypes: ['client_credentials'],
      tokenEndpointAuthMethods: ['private_key_jwt'],
      secrets: [],
      jwks: { keys: [clientKey.jwk] },
    })
    const assertion = await assertedBy(clientKey, client.clientId, app.issuer)
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...assertion })
    const send = async (payload: Fields) =>
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { dpop: await proveToken(wallet, key, { payload }) },
        body,
      })
    const first = await send({})
    const nonce = first.headers.get('dpop-nonce') ?? ''
    await assertRefused(first, 400, 'use_dpop_nonce')
    assert.equal((await send({ nonce })).status, 200)
    await assertRefused(await send({ nonce }), 401, 'invalid_client')
  })

  it('count only when they are ours', async () => {
    const forged = await proveToken(wallet, key, { payload: { nonce: 'a'.repeat(51) } })
    await assertRefused(await exchangeWith(wallet, by, forged), 400, 'use_dpop_nonce')
  })

  it('are learnt by openid-client as it comes: the second request brings the nonce', async () => {
    const insecure = { execute: [oidc.allowInsecureRequests] }
    const { clientId } = by.client
    const auth = oidc.ClientSecretBasic(by.secret)
    const configuration = await oidc.discovery(new URL(app.issuer), clientId, {}, auth, insecure)
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const code = await codeFor(wallet.browser, by.client, CHALLENGE)
    const callback = new URL(
      `https://app.example.org/callback?${new URLSearchParams({ code, state: 'a state', iss: app.issuer })}`,
    )
    const checks = { pkceCodeVerifier: VERIFIER, expectedState: 'a state' }
    const tokens = await oidc.authorizationCodeGrant(configuration, callback, checks, undefined, { DPoP })
    assert.equal(tokens.token_type, 'dpop')
    const subject = tokens.claims()?.sub ?? ''
    const person = await oidc.fetchUserInfo(configuration, tokens.access_token, subject, { DPoP })
    assert.equal(person.sub, subject)
  })
})
