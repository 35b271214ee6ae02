/** Resource indicators (RFC 8707): what a token is for, asked for at both endpoints, and what it opens. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  answered,
  assertRefused,
  authorizePath,
  codeFor,
  exchange,
  payloadOf,
  postAs,
  refresh,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const CALENDAR = 'https://calendar.example.org'
const FILES = 'https://files.example.org/api'
const RESOURCES = [
  { uri: CALENDAR, name: 'Calendar', scopes: ['calendar:read', 'calendar:write'], clients: ['calendar'] },
  {
    uri: FILES,
    scopes: ['files:read'],
    access_token_format: 'jwt',
    signing_alg: 'ES256',
    access_token_lifetime: '5m',
  },
]

onBothDatabases('resource indicators, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser
  let userinfoResource: string

  before(async () => {
    const environment = { SALLYPORT_RESOURCES: JSON.stringify(RESOURCES) }
    app = await startApp({ database: await database(), environment })
    by = await app.register({
      scopes: ['openid', 'email', 'offline_access', 'calendar:read', 'calendar:write', 'files:read'],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    })
    ada = await app.enrol()
    browser = await app.browser(ada)
    userinfoResource = `${app.issuer}/userinfo`
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const scope = 'openid email offline_access calendar:read files:read'
  const introspected = async (token: string) =>
    (await (await postAs(app, by, '/introspect', { token })).json()) as Readonly<Record<string, unknown>>

  describe('at the token endpoint (§2.2)', () => {
    it('makes a token for the one API, with the scopes that it knows and no others', async () => {
      const code = await codeFor(browser, by.client, { scope })
      const tokens = await exchange(app, by, code, { resource: CALENDAR })
      assert.equal(tokens.scope, 'calendar:read')
      const { aud, scope: told } = await introspected(tokens.access_token)
      assert.deepEqual([aud, told], [[CALENDAR], 'calendar:read'])
      assert.equal(payloadOf(tokens.id_token).sub, ada.subject, 'the ID token is for the app all the same')
    })

    it('makes a token for another API from the same grant when it is refreshed, in the form that API wants', async () => {
      const first = await exchange(app, by, await codeFor(browser, by.client, { scope }), { resource: CALENDAR })
      const second = await refresh(app, by, first.refresh_token, { resource: FILES })
      const { aud, scope: told, exp, iat } = payloadOf(second.access_token)
      assert.deepEqual([aud, told], [[FILES], 'files:read'])
      assert.equal(Number(exp) - Number(iat), 300, 'access_token_lifetime')
      assert.equal(second.expires_in, 300)
    })

    it('takes what the authorization request named as the most, and as what is meant when nothing is named', async () => {
      const code = await codeFor(browser, by.client, { scope, resource: CALENDAR })
      const wider = await exchange(app, by, code, { resource: FILES })
      assert.equal(wider.error, 'invalid_target')
      const tokens = await exchange(app, by, code)
      assert.deepEqual((await introspected(tokens.access_token)).aud, [CALENDAR], 'a refused resource burns no code')
      assert.equal((await refresh(app, by, tokens.refresh_token, { resource: FILES })).error, 'invalid_target')
    })

    it('gives an app that registered itself no API that its consent page did not show', async () => {
      const { scopes, grantTypes } = by.client
      const own = await app.register({ scopes, grantTypes, origin: 'registration' })
      const code = await codeFor(browser, own.client, { scope })
      assert.equal((await exchange(app, own, code, { resource: CALENDAR })).error, 'invalid_target')
      const tokens = await exchange(app, own, code)
      const later = { resource: FILES }
      assert.equal((await refresh(app, own, tokens.refresh_token, later)).error, 'invalid_target')
      const forUserinfo = await refresh(app, own, tokens.refresh_token, { resource: userinfoResource })
      assert.equal((await userinfo(app, forUserinfo.access_token)).status, 200)
      const shown = await codeFor(browser, own.client, { scope, resource: CALENDAR })
      assert.equal((await exchange(app, own, shown, { resource: CALENDAR })).scope, 'calendar:read')
    })

    it('refuses APIs that nobody knows, that this app may not ask for, and what is no URI, with invalid_target', async () => {
      const held = await app.register({
        scopes: ['calendar:read'],
        grantTypes: ['client_credentials'],
        resources: [FILES],
      })
      const fields = { grant_type: 'client_credentials' }
      for (const resource of ['https://unknown.example.org', CALENDAR, `${FILES}#fragment`, 'files', `${CALENDAR}/`]) {
        await assertRefused(await postAs(app, held, '/token', { ...fields, resource }), 400, 'invalid_target')
      }
      assert.equal((await postAs(app, held, '/token', { ...fields, resource: FILES })).status, 200)
    })

    it('refuses several APIs that take different tokens, and serves those that agree in one (§2)', async () => {
      const body = new URLSearchParams([
        ['grant_type', 'client_credentials'],
        ['resource', CALENDAR],
        ['resource', FILES],
      ])
      assert.equal((await answered(postForm(app, by, body))).error, 'invalid_target')
      const two = new URLSearchParams([
        ['grant_type', 'client_credentials'],
        ['resource', CALENDAR],
        ['resource', userinfoResource],
      ])
      const tokens = await answered(postForm(app, by, two))
      assert.deepEqual((await introspected(tokens.access_token)).aud, [CALENDAR, userinfoResource])
    })

    it('leaves out a scope that no API of the token knows, and says so when none is left', async () => {
      const answer = await answered(
        postAs(app, by, '/token', { grant_type: 'client_credentials', resource: CALENDAR, scope: 'files:read' }),
      )
      assert.deepEqual([answer.status, answer.scope], [200, undefined])
      assert.equal((await introspected(answer.access_token)).scope, undefined, 'none is not all')
    })
  })

  describe('at the authorization endpoint (§2.1)', () => {
    it('refuses an unknown API with invalid_target by redirect', async () => {
      const path = authorizePath(by.client, { scope, resource: 'https://unknown.example.org' })
      assert.equal(sentAway(await browser.open(path)).params.get('error'), 'invalid_target')
    })
  })

  describe('at UserInfo (RFC 9068 §4: the audience has to name it)', () => {
    it('refuses a token that is for an API: who was sent it cannot read here as the app', async () => {
      const code = await codeFor(browser, by.client, { scope })
      const { access_token } = await exchange(app, by, code, { resource: CALENDAR })
      const response = await userinfo(app, access_token)
      assert.equal(response.status, 401)
      assert.match(response.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
    })

    it('is a resource itself, beside an API or alone, whatever the authorization request named', async () => {
      const code = await codeFor(browser, by.client, { scope, resource: CALENDAR })
      const tokens = await exchange(app, by, code, { resource: userinfoResource })
      assert.equal(tokens.scope, 'openid email offline_access')
      const claims = (await (await userinfo(app, tokens.access_token)).json()) as { email: string }
      assert.equal(claims.email, ada.email)
    })

    it('takes a token for nothing in particular, as ever', async () => {
      const { access_token } = await tokensFor(app, browser, by, { scope })
      assert.equal((await userinfo(app, access_token)).status, 200)
    })
  })
})

function postForm(app: RunningApp, { client, secret }: Registered, body: URLSearchParams): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`
  return fetch(`${app.issuer}/token`, { method: 'POST', headers: { authorization }, body })
}
