/** Sign-ins that begin on our front page (OIDC Core §4): the app is asked to begin, and sends a request of its own. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

describe('apps that are started from the front page (OIDC Core §4)', () => {
  let app: RunningApp
  let site: DocumentServer

  before(async () => {
    app = await startApp()
    site = await startDocumentServer()
  })
  after(async () => {
    await site?.close()
    await app?.close()
    assert.deepEqual(app.failures, [])
  })

  it('(36) get our issuer at their initiate_login_uri, and sign the person in by a request of their own', async () => {
    const begin = `${site.origin}/begin?tenant=7`
    const { client, secret } = await app.register({ name: 'Expenses', initiateLoginUri: begin })
    const ada = await app.enrol()
    const browser = await app.browser(ada)
    const home = shown(await browser.open('/'))
    const href = /<ul class="apps"[\s\S]*?<a href="([^"]*)"[\s\S]*?Expenses/.exec(home.html)?.[1] ?? ''
    const link = new URL(href.replaceAll('&amp;', '&'))
    assert.ok(link.href.startsWith(begin))
    assert.deepEqual(Object.fromEntries(link.searchParams), { tenant: '7', iss: app.issuer })

    // The app knows this issuer, and begins (§4: it MUST be one it knows).
    const configuration = await oidc.discovery(
      new URL(link.searchParams.get('iss') ?? ''),
      client.clientId,
      secret,
      undefined,
      { execute: [oidc.allowInsecureRequests] },
    )
    const codeVerifier = oidc.randomPKCECodeVerifier()
    const start = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: client.redirectUris[0] ?? '',
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    })
    const { location } = sentAway(await browser.open(start.href))
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(location), {
      pkceCodeVerifier: codeVerifier,
    })
    assert.equal(tokens.claims()?.sub, ada.subject)
  })

  it('are those of operators, not those that registered themselves; and nobody sees them who is not signed in', async () => {
    const initiateLoginUri = 'https://bank.example/begin'
    await app.register({ name: 'Your Bank', initiateLoginUri, origin: 'registration' })
    const signedIn = shown(await (await app.browser(await app.enrol())).open('/'))
    assert.doesNotMatch(signedIn.html, /Your Bank/)
    const signedOut = shown(await (await app.browser()).open('/'))
    assert.doesNotMatch(signedOut.html, /Expenses|class="apps"/)
  })
})
