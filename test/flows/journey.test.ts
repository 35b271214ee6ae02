/** The main job, whole: a person signs in to an app, the app holds tokens it verifies, renews them, and signs the person out. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, press, signIn } from '../support/person.ts'
import { createDatabase } from '../support/postgres.ts'
import { ADA, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

const GROUPS = ['--group', 'staff', '--group', 'admins']

for (const database of ['SQLite', 'PostgreSQL'] as const) {
  describe(`a person signs in to an app (on ${database})`, () => {
    let installation: Installation
    let app: RelyingParty

    before(async () => {
      installation = await createInstallation(database === 'PostgreSQL' ? { database: await createDatabase() } : {})
      await installation.start()
      await createAccount(installation, ADA, GROUPS)
      app = await startRelyingParty(installation, { name: 'Dashboard', authentication: 'client_secret_basic' })
    })

    after(async () => {
      await closeBrowser()
      await app?.close()
      await installation?.remove()
    })

    it('from sign-in and consent to user info, refresh, renewal and sign-out', async t => {
      const page = await openWindow(t)
      const { configuration } = app
      const began = Math.floor(Date.now() / 1000)
      await page.goto(app.startUrl({ scope: 'openid profile email groups offline_access', prompt: 'consent' }))
      assert.equal(new URL(page.url()).pathname, '/login')
      await signIn(page, ADA)
      assert.equal(new URL(page.url()).pathname, '/consent')
      await approve(page)
      const { tokens, claims, visit } = await app.signedIn(page)

      // The library has verified signature, issuer, audience, times, nonce and the iss of the response (RFC 9207).
      assert.equal(claims.iss, installation.issuer)
      assert.deepEqual([claims.aud].flat(), [app.clientId])
      assert.equal(claims.nonce, visit.nonce)
      assert.ok(Number(claims.auth_time) >= began)
      assert.deepEqual(claims.amr, ['pwd'])
      assert.equal(visit.callback?.searchParams.get('iss'), installation.issuer)
      assert.ok((tokens.expires_in ?? 0) > 0)

      const person = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      assert.equal(person.name, ADA.name)
      assert.equal(person.preferred_username, ADA.username)
      assert.equal(person.email, ADA.email)
      assert.deepEqual([...(person.groups as string[])].sort(), ['admins', 'staff'])
      const { userinfo_endpoint = '' } = configuration.serverMetadata()
      const posted = await oidc.fetchProtectedResource(
        configuration,
        tokens.access_token,
        new URL(userinfo_endpoint),
        'POST',
      )
      assert.deepEqual(await posted.json(), person)
      const asForm = await fetch(userinfo_endpoint, {
        method: 'POST',
        body: new URLSearchParams({ access_token: tokens.access_token }),
      })
      assert.deepEqual(await asForm.json(), person)

      const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
      assert.notEqual(refreshed.access_token, tokens.access_token)
      assert.notEqual(refreshed.refresh_token, tokens.refresh_token)
      assert.equal(refreshed.claims()?.sub, claims.sub)
      assert.equal(refreshed.claims()?.auth_time, claims.auth_time)
      const narrow = await oidc.refreshTokenGrant(configuration, refreshed.refresh_token ?? '', {
        scope: 'openid email',
      })
      const less = await oidc.fetchUserInfo(configuration, narrow.access_token, claims.sub)
      assert.equal(less.name, undefined)
      assert.equal(less.email, ADA.email)

      // The person comes back: nothing is asked.
      await page.goto(app.startUrl())
      const renewed = await app.signedIn(page)
      assert.equal(renewed.claims.sub, claims.sub)
      assert.equal(renewed.claims.auth_time, claims.auth_time)

      const state = 'it\'s "100%" <done> & over'
      const home = `${app.origin}/`
      const signOut = oidc.buildEndSessionUrl(configuration, {
        id_token_hint: renewed.tokens.id_token ?? '',
        post_logout_redirect_uri: home,
        state,
      })
      await page.goto(String(signOut))
      const returned = new URL(page.url())
      assert.equal(`${returned.origin}${returned.pathname}`, home)
      assert.deepEqual([...returned.searchParams], [['state', state]])
      await page.goto(app.startUrl({ prompt: 'none' }))
      const silent = await app.outcomeOf(page)
      assert.ok(silent.kind === 'refused')
      assert.equal(silent.error, 'login_required')
      await assert.rejects(oidc.fetchUserInfo(configuration, renewed.tokens.access_token, claims.sub), isUnauthorized)
    })

    it('is asked before an app without an ID token signs them out, and may stay', async t => {
      const page = await openWindow(t)
      await page.goto(app.startUrl({ prompt: 'consent' }))
      await signIn(page, ADA)
      await approve(page)
      await app.signedIn(page)
      const signOut = `${app.configuration.serverMetadata().end_session_endpoint}?client_id=${app.clientId}`
      await page.goto(signOut)
      assert.match((await page.locator('main').textContent()) ?? '', /Dashboard asks you to sign out/)
      await press(page, '#stay')
      await page.goto(app.startUrl({ prompt: 'none' }))
      await app.signedIn(page)
      await page.goto(signOut)
      await press(page, '#confirm-sign-out')
      assert.equal(new URL(page.url()).pathname, '/signed-out')
      await page.goto(app.startUrl())
      await page.locator('#sign-in').waitFor()
    })
  })
}

describe('apps of every kind', () => {
  let installation: Installation

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    await createAccount(installation, ADA)
  })

  after(async () => {
    await closeBrowser()
    await installation?.remove()
  })

  for (const idTokenAlgorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
    it(`verify an ID token signed with ${idTokenAlgorithm}`, async t => {
      const app = await startRelyingParty(installation, {
        name: `Signed with ${idTokenAlgorithm}`,
        idTokenAlgorithm,
        authentication: 'client_secret_post',
        clientOptions: ['--consent', 'never'],
      })
      t.after(() => app.close())
      const page = await openWindow(t)
      await page.goto(app.startUrl())
      await signIn(page, ADA)
      const { tokens } = await app.signedIn(page)
      const header = JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString()) as {
        readonly alg: string
        readonly kid: string
      }
      assert.equal(header.alg, idTokenAlgorithm)
      assert.ok(header.kid)
    })
  }
})

function isUnauthorized(error: unknown): boolean {
  return error instanceof oidc.WWWAuthenticateChallengeError && error.status === 401
}
