/** A single-page app made from oidc-client-ts, on an origin of its own: the whole of it in the browser. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, signIn } from '../support/person.ts'
import { PNG } from '../support/pictures.ts'
import { ADA, createAccount } from '../support/registrations.ts'
import { type SinglePageApp, serveSinglePageApp } from '../support/spa/serve-spa.ts'

/** What the library keeps of a person, as far as the tests look at it. */
interface User {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token: string
  readonly profile: Readonly<Record<string, unknown>>
}

describe('a single-page app', () => {
  let installation: Installation
  let app: SinglePageApp
  let foreign: SinglePageApp

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    ;[app, foreign] = await Promise.all([
      serveSinglePageApp(installation, 'openid profile email'),
      serveSinglePageApp(installation, 'openid'),
      createAccount(installation, ADA),
    ])
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await foreign?.close()
    await installation?.remove()
  })

  const status = async (page: Page, text: string) => {
    await page.locator('#status', { hasText: text }).waitFor()
  }
  const call = (page: Page, expression: string): Promise<User> =>
    page.evaluate(`${expression}.then(user => user && JSON.parse(JSON.stringify({ ...user })))`)

  async function signInAtApp(page: Page): Promise<User> {
    await page.goto(`${app.origin}/`)
    await status(page, 'signed out')
    await page.evaluate('void manager.signinRedirect()')
    await page.locator('#sign-in').waitFor()
    await signIn(page, ADA)
    if (new URL(page.url()).pathname === '/consent') await approve(page)
    await status(page, 'signed in as Ada Lovelace')
    return call(page, 'manager.getUser()')
  }

  it('signs in with PKCE and no secret, reads user info, and renews silently in an iframe without a question', async t => {
    const page = await openWindow(t)
    const user = await signInAtApp(page)
    assert.equal(user.profile.email, ADA.email)
    assert.equal(user.refresh_token, undefined)

    const renewed = await call(page, 'manager.signinSilent()')
    assert.notEqual(renewed.access_token, user.access_token)
    assert.equal(renewed.profile.sub, user.profile.sub)
    assert.equal(renewed.profile.auth_time, user.profile.auth_time)

    await page.evaluate('void manager.signoutRedirect()')
    await page.waitForURL(`${app.origin}/**`)
    await status(page, 'signed out')
    const silent = page.evaluate('manager.signinSilent().then(() => "renewed", error => error.error)')
    assert.equal(await silent, 'login_required')
  })

  it('renews with a refresh token where it asked for offline_access, and revokes it', async t => {
    const page = await openWindow(t)
    await page.goto(`${app.origin}/`)
    await status(page, 'signed out')
    await page.evaluate('void manager.signinRedirect({ scope: "openid profile offline_access" })')
    await page.locator('#sign-in').waitFor()
    await signIn(page, ADA)
    await approve(page)
    await status(page, 'signed in as Ada Lovelace')
    const user = await call(page, 'manager.getUser()')
    assert.ok(user.refresh_token)
    const renewed = await call(page, 'manager.signinSilent()')
    assert.notEqual(renewed.refresh_token, user.refresh_token)
    await page.evaluate('manager.revokeTokens(["refresh_token"])')
    const again = `fetch(${JSON.stringify(`${installation.issuer}/token`)}, { method: 'POST', body: new URLSearchParams({
      grant_type: 'refresh_token', client_id: manager.settings.client_id, refresh_token: ${JSON.stringify(renewed.refresh_token)} }) })
      .then(response => response.json())`
    assert.equal(((await page.evaluate(again)) as { error: string }).error, 'invalid_grant')
  })

  it('may read discovery, keys, tokens, user info and revocation from its own origin, and another app may not', async t => {
    const page = await openWindow(t)
    const user = await signInAtApp(page)
    const read = (where: Page, path: string, init = '{}'): Promise<unknown> =>
      where.evaluate(
        `fetch(${JSON.stringify(installation.issuer + path)}, ${init}).then(response => response.status, () => 'blocked')`,
      )
    const form = (fields: Readonly<Record<string, string>>) =>
      `{ method: 'POST', body: new URLSearchParams(${JSON.stringify(fields)}) }`
    const bearer = `{ headers: { authorization: ${JSON.stringify(`Bearer ${user.access_token}`)} } }`
    const exchange = form({ grant_type: 'authorization_code', client_id: app.clientId, code: 'guessed' })
    const revoke = form({ client_id: app.clientId, token: 'guessed' })
    assert.equal(await read(page, '/.well-known/openid-configuration'), 200)
    assert.equal(await read(page, '/jwks'), 200)
    assert.equal(await read(page, '/userinfo', bearer), 200)
    assert.equal(await read(page, '/token', exchange), 400)
    assert.equal(await read(page, '/revoke', revoke), 200)

    const elsewhere = await openWindow(t)
    await elsewhere.goto(`${foreign.origin}/`)
    assert.equal(await read(elsewhere, '/.well-known/openid-configuration'), 200)
    assert.equal(await read(elsewhere, '/userinfo', bearer), 'blocked')
    assert.equal(await read(elsewhere, '/token', exchange), 'blocked')
    assert.equal(await read(elsewhere, '/revoke', revoke), 'blocked')
    assert.equal(await read(elsewhere, '/login'), 'blocked')
  })
})

/** As AURA's initialisation step says it (row C4), with the values of its environment put in. */
const dashboardOf = (origin: string): readonly string[] => [
  'create_oidc_client',
  'dashboard',
  'public',
  '--client-id',
  'dashboard',
  '--client-secret',
  'left over in the environment',
  '-r',
  'code',
  '-u',
  `${origin}/oidc_callback.html`,
  '-u',
  `${origin}/oidc_callback_silentRenew.html`,
  '-p',
  origin,
  '-p',
  `${origin}/`,
]
const PATHS = { callback: '/oidc_callback.html', silent: '/oidc_callback_silentRenew.html' }
const DEPLOYER = 'a secret of the deployer'

describe("AURA's dashboard, made with its own command at the running server (C4, C7)", () => {
  let installation: Installation
  let dashboard: SinglePageApp

  before(async () => {
    const environment = { SALLYPORT_SERVER_CLIENT_ID: 'deployer', SALLYPORT_SERVER_CLIENT_SECRET: DEPLOYER }
    installation = await createInstallation({ environment })
    const deployer = ['client', 'create', 'deployer', 'confidential', '--client-id', 'deployer']
    const rights = ['--grant-type', 'client_credentials', '--scope', 'admin.operator', '--client-secret', DEPLOYER]
    await installation.command([...deployer, ...rights])
    await installation.start()
    const atServer = (origin: string) => [...dashboardOf(origin), '--server', installation.issuer]
    dashboard = await serveSinglePageApp(installation, 'openid profile email', {
      paths: PATHS,
      async register(origin) {
        await installation.command(atServer(origin))
        const again = await installation.run(atServer(origin))
        assert.equal(again.exitCode, 3, again.stderr)
        return 'dashboard'
      },
    })
    writeFileSync(join(installation.folder, 'logo.png'), PNG)
    await installation.command(['client', 'set-logo', 'dashboard', 'logo.png', '--server', installation.issuer])
    await createAccount(installation, ADA)
  })
  after(async () => {
    await closeBrowser()
    await dashboard?.close()
    await installation?.remove()
  })

  it('renews silently in its iframe, without a consent screen once consent was given', async t => {
    const page = await openWindow(t)
    await page.goto(`${dashboard.origin}/`)
    await page.locator('#status', { hasText: 'signed out' }).waitFor()
    await page.evaluate('void manager.signinRedirect()')
    await page.locator('#sign-in').waitFor()
    await signIn(page, ADA)
    // The logo that was uploaded is drawn, under the policy of the page and its own.
    await page.locator('.avatar-app img').first().waitFor()
    const logo = 'document.querySelector(".avatar-app img")'
    assert.equal(await page.evaluate(`${logo}.decode().then(() => ${logo}.naturalWidth)`), 1)
    await approve(page)
    await page.locator('#status', { hasText: 'signed in as Ada Lovelace' }).waitFor()
    const renewal = 'manager.signinSilent().then(user => user.profile.name, error => error.error)'
    assert.equal(await page.evaluate(renewal), 'Ada Lovelace')
    await page.evaluate('void manager.signinRedirect()')
    await page.locator('#status', { hasText: 'signed in as Ada Lovelace' }).waitFor()
  })
})
