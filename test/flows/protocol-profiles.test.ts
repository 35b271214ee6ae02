/** Profiles on the wire: clients that are held to one are refused in its name, wherever a rule of it is broken. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import {
  authorizePath,
  CHALLENGE,
  codeFor,
  exchange,
  postAs,
  refresh,
  requestOf,
  VERIFIER,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { ASSERTION_TYPE, assertionClaims, makeAppKey, nowInSeconds, signJws } from '../support/proofs.ts'
import { makeKeys, type SigningKeys, signedObject } from '../support/request-objects.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

describe('profiles', () => {
  let app: RunningApp
  let ada: Account
  let browser: HandBrowser
  let keys: SigningKeys
  const key = makeAppKey('ES256')

  before(async () => {
    app = await startApp()
    ada = await app.enrol()
    browser = await app.browser(ada)
    keys = await makeKeys('ES256')
  })
  after(async () => {
    assert.deepEqual(app.failures, [])
    await app.close()
  })

  const asked = async (client: Client, changes: Readonly<Record<string, string | undefined>>) =>
    sentAway(await browser.open(authorizePath(client, changes)))
  const pushedAs = (client: Client, fields: Readonly<Record<string, string>>) =>
    fetch(`${app.issuer}/par`, { method: 'POST', body: new URLSearchParams({ ...requestOf(client), ...fields }) })
  const assertion = (client: Client, audience: unknown, withKey = key) =>
    signJws(withKey.privateKey, { alg: withKey.alg, kid: withKey.jwk.kid }, assertionClaims(client.clientId, audience))

  describe('fapi2', () => {
    const held = (changes: Partial<Client> = {}) =>
      app.register({
        profile: 'fapi2',
        secrets: [],
        tokenEndpointAuthMethods: ['private_key_jwt'],
        jwks: { keys: [key.jwk] },
        idTokenSignedResponseAlg: 'ES256',
        ...changes,
      })
    const errorOf = async (response: Response) => (await response.json()) as Record<string, string>

    it('refuses a request that was not pushed, and its rule is in the audit (FAPI 2.0 §5.3.2.2-3)', async () => {
      const { client } = await held()
      const { params } = await asked(client, CHALLENGE)
      assert.equal(params.get('error'), 'invalid_request')
      assert.equal(params.get('error_description'), 'profile fapi2 requires a pushed authorization request')
      const events = await app.house.repositories.audit.list({ limit: 5 })
      assert.match(JSON.stringify(events), /fapi2 pushed_requests, FAPI 2\.0 §5\.3\.2\.2-3/)
    })

    it('refuses a push without PKCE S256 (FAPI 2.0 §5.3.2.2-5)', async () => {
      const { client } = await held()
      const client_assertion = await assertion(client, app.issuer)
      const body = await errorOf(await pushedAs(client, { client_assertion_type: ASSERTION_TYPE, client_assertion }))
      assert.deepEqual(
        [body.error, body.error_description],
        ['invalid_request', 'profile fapi2 requires a code_challenge with the method S256'],
      )
    })

    it('refuses an assertion for anybody but the issuer as a single text (FAPI 2.0 §5.3.2.1-8)', async () => {
      const { client } = await held()
      for (const audience of [[app.issuer], `${app.issuer}/token`]) {
        const client_assertion = await assertion(client, audience)
        const fields = { client_assertion_type: ASSERTION_TYPE, client_assertion, ...CHALLENGE }
        const body = await errorOf(await pushedAs(client, fields))
        assert.equal(body.error, 'invalid_client', JSON.stringify(audience))
      }
    })

    it('refuses RS256, and a secret where one is left over (FAPI 2.0 §5.4.1, §5.3.2.1-6)', async () => {
      const rsa = makeAppKey('RS256')
      const { client } = await held({ jwks: { keys: [rsa.jwk] } })
      const client_assertion = await assertion(client, app.issuer, rsa)
      const signed = await errorOf(await pushedAs(client, { client_assertion_type: ASSERTION_TYPE, client_assertion }))
      assert.equal(signed.error_description, 'profile fapi2 requires a signature with PS256, ES256 or EdDSA')
      const secretive = await app.register({ profile: 'fapi2' })
      const basic = await errorOf(
        await postAs(app, secretive, '/par', { ...requestOf(secretive.client), ...CHALLENGE }),
      )
      assert.deepEqual(
        [basic.error, basic.error_description],
        ['invalid_client', 'profile fapi2 requires private_key_jwt or TLS client authentication'],
      )
    })

    it('refuses tokens that would not be bound to a key (FAPI 2.0 §5.3.2.1-4)', async () => {
      const { client } = await held({ grantTypes: ['client_credentials'] })
      const client_assertion = await assertion(client, app.issuer)
      const fields = { client_assertion_type: ASSERTION_TYPE, client_assertion, grant_type: 'client_credentials' }
      const answer = await fetch(`${app.issuer}/token`, { method: 'POST', body: new URLSearchParams(fields) })
      const body = await errorOf(answer)
      assert.equal(body.error, 'invalid_request')
      assert.match(body.error_description ?? '', /^profile fapi2 requires tokens that are bound/)
    })
  })

  describe('fapi1-advanced', () => {
    const held = () =>
      app.register({
        profile: 'fapi1-advanced',
        jwks: keys.jwks,
        requireSignedRequestObject: true,
        idTokenSignedResponseAlg: 'ES256',
        authorizationSignedResponseAlg: 'ES256',
      })
    const objectOf = (client: Client, changes: Readonly<Record<string, unknown>> = {}) =>
      signedObject(keys, {
        ...requestOf(client),
        iss: client.clientId,
        aud: app.issuer,
        nonce: 'n',
        response_mode: 'query.jwt',
        nbf: nowInSeconds(),
        exp: nowInSeconds() + 300,
        ...changes,
      })

    it('refuses what is not signed (FAPI 1.0 Advanced §5.2.2-1)', async () => {
      const { client } = await held()
      const { params } = await asked(client, { nonce: 'n' })
      assert.equal(params.get('error_description'), 'profile fapi1-advanced requires a signed request object')
    })

    it('takes a signed request, and gives its answer as a JWT (FAPI 1.0 Advanced §5.2.2-2)', async () => {
      const { client } = await held()
      const { params } = await asked(client, { request: await objectOf(client) })
      assert.deepEqual([...params.keys()], ['response'])
    })

    const refused = [
      ['§5.2.2-13', { exp: 3700 }, 'a request object with nbf and exp at most 60 minutes apart'],
      ['§5.2.2-15', { aud: 'https://other.example' }, undefined],
      ['§5.2.2-2', { response_mode: 'query' }, 'response_type code id_token, or code with response_mode jwt'],
    ] as const
    for (const [section, { exp, ...changes }, demand] of refused.map(
      ([section, change, demand]) => [section, { exp: undefined, ...change }, demand] as const,
    )) {
      it(`refuses ${JSON.stringify({ ...changes, exp })} inside the object (FAPI 1.0 Advanced ${section})`, async () => {
        const { client } = await held()
        const times = exp === undefined ? {} : { exp: nowInSeconds() + exp }
        const landing = await browser.open(
          authorizePath(client, { request: await objectOf(client, { ...changes, ...times }) }),
        )
        const { params } = sentAway(landing)
        assert.equal(params.has('code') || params.has('response'), false)
        if (demand !== undefined)
          assert.equal(params.get('error_description'), `profile fapi1-advanced requires ${demand}`)
      })
    }
  })

  describe('oauth2.1', () => {
    it('refuses a request without PKCE, and takes one with it (OAuth 2.1 §4.1.1)', async () => {
      const by = await app.register({ profile: 'oauth2.1', requirePkce: true })
      const { params } = await asked(by.client, {})
      assert.equal(params.get('error_description'), 'profile oauth2.1 requires a code_challenge with the method S256')
      const code = await codeFor(browser, by.client, CHALLENGE)
      assert.equal((await exchange(app, by, code, { code_verifier: VERIFIER })).status, 200)
    })

    it('renews the refresh token of a public client with every use (OAuth 2.1 §4.3.1)', async () => {
      const by = await app.register({ profile: 'oauth2.1', type: 'public', requirePkce: true })
      const scope = 'openid offline_access'
      const code = await codeFor(browser, by.client, { ...CHALLENGE, scope })
      const first = await exchange(app, by, code, { code_verifier: VERIFIER })
      const second = await refresh(app, by, first.refresh_token)
      assert.deepEqual([first.status, second.status], [200, 200])
      assert.notEqual(second.refresh_token, first.refresh_token)
    })

    it('shows a page and sends nobody to a redirect URI that only begins alike (OAuth 2.1 §2.3.1)', async () => {
      const { client } = await app.register({ profile: 'oauth2.1', requirePkce: true })
      const redirect_uri = `${client.redirectUris[0]}?x=1`
      const landing = await browser.open(authorizePath(client, { ...CHALLENGE, redirect_uri }))
      assert.deepEqual([landing.kind, shown(landing).status], ['page', 400])
    })

    it('refuses a token in the redirect even where the client is registered for it (OAuth 2.1 §10.1)', async () => {
      const responseTypes = ['id_token token'] as const
      const { client } = await app.register({ profile: 'oauth2.1', responseTypes, grantTypes: ['implicit'] })
      const landing = await browser.open(authorizePath(client, { response_type: 'id_token token', nonce: 'n' }))
      const { location } = sentAway(landing)
      assert.match(
        decodeURIComponent(location.replaceAll('+', ' ')),
        /profile oauth2\.1 requires a response_type without token/,
      )
    })
  })
})
