/** What does not belong into a redirect, what comes a second time, and what `sallyport why` says about it. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openWindow, press, signIn } from '../support/person.ts'
import { ADA, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'
import type { ServerProcess } from '../support/server-process.ts'

describe('what is refused', () => {
  let installation: Installation
  let server: ServerProcess
  let app: RelyingParty
  let asking: RelyingParty

  before(async () => {
    installation = await createInstallation()
    server = await installation.start()
    ;[app, asking] = await Promise.all([
      startRelyingParty(installation, { name: 'Notes', clientOptions: ['--consent', 'never'] }),
      startRelyingParty(installation, { name: 'Asking', clientOptions: ['--consent', 'always'] }),
      createAccount(installation, ADA),
    ])
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await asking?.close()
    await installation?.remove()
  })

  const why = (code: string) => installation.command(['why', code])

  /** As an operator finds it: in the latest line about such an event. */
  function codeInLog(event: string): string {
    const line = server.logLines().findLast(({ msg }) => msg === event)
    assert.equal(typeof line?.traceCode, 'string', `no ${event} in:\n${server.output()}`)
    return String(line?.traceCode)
  }

  /** Our own page: status 400, no way to the app, and a code. */
  async function codeOnOurPage(page: Page, url: string): Promise<string> {
    const answer = await page.goto(url)
    assert.equal(answer?.status(), 400)
    assert.equal(new URL(page.url()).origin, installation.issuer)
    assert.equal(await page.locator(`a[href^="${app.origin}"]`).count(), 0)
    const code = (await page.locator('#error-code').textContent()) ?? ''
    assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    return code
  }

  it('a tampered redirect_uri is not followed; the code on the page explains it (OIDC Core §3.1.2.1)', async t => {
    const page = await openWindow(t)
    const tampered = [
      `${app.callbackUrl}/../evil`,
      `${app.callbackUrl}?next=evil`,
      app.callbackUrl.toUpperCase(),
      `${app.callbackUrl}/`,
      'https://evil.example.net/callback',
    ]
    let code = ''
    for (const redirect_uri of tampered) code = await codeOnOurPage(page, app.startUrl({ redirect_uri }))
    const explanation = await why(code)
    assert.match(explanation, /^Refused: redirect_uri is not registered for this client$/m)
    assert.match(explanation, /^Rule not met: .*redirect_uri is registered/m)
    for (const uri of [tampered.at(-1) ?? '', app.callbackUrl]) assert.ok(explanation.includes(uri), explanation)
  })

  it('an unknown client, or none, is told so on our page', async t => {
    const page = await openWindow(t)
    const code = await codeOnOurPage(page, app.startUrl({ client_id: 'nobody-knows-me' }))
    assert.match(await why(code.toLowerCase().replace('-', '')), /nobody-knows-me/)
    await codeOnOurPage(page, `${installation.issuer}/authorize`)
  })

  it('what is wrong with the request itself goes back to the app, with its state (RFC 6749 §4.1.2.1)', async t => {
    const page = await openWindow(t)
    const wrong = [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ prompt: 'none login' }, 'invalid_request'],
      [{ max_age: 'soon' }, 'invalid_request'],
      [{ request: 'e30.e30.' }, 'invalid_request_object'],
    ] as const
    for (const [parameters, error] of wrong) {
      await page.goto(app.startUrl(parameters))
      const outcome = await app.outcomeOf(page)
      assert.ok(outcome.kind === 'refused', JSON.stringify(outcome))
      assert.equal(outcome.error, error)
      assert.equal(outcome.visit.callback?.searchParams.get('state'), outcome.visit.state)
    }
  })

  it('a code that comes a second time ends what the first one bought (RFC 6749 §4.1.2)', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid email offline_access' }, { hold: true }))
    await signIn(page, ADA)
    const outcome = await app.outcomeOf(page)
    assert.ok(outcome.kind === 'held')
    const { callback, codeVerifier, state, nonce } = outcome.visit
    assert.ok(callback)
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce }
    const tokens = await oidc.authorizationCodeGrant(app.configuration, callback, checks)
    const subject = tokens.claims()?.sub ?? ''
    await oidc.fetchUserInfo(app.configuration, tokens.access_token, subject)

    await assert.rejects(oidc.authorizationCodeGrant(app.configuration, callback, checks), isInvalidGrant)
    await assert.rejects(oidc.fetchUserInfo(app.configuration, tokens.access_token, subject), {
      name: 'WWWAuthenticateChallengeError',
    })
    await assert.rejects(oidc.refreshTokenGrant(app.configuration, tokens.refresh_token ?? ''), isInvalidGrant)

    const explanation = await why(codeInLog('token.refused'))
    assert.match(explanation, /the password matches.*a code is used once/s)
  })

  it('a code is good for its own client, redirect_uri and verifier only (RFC 6749 §4.1.3, RFC 7636 §4.6)', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({}, { hold: true }))
    await signIn(page, ADA)
    const outcome = await app.outcomeOf(page)
    assert.ok(outcome.kind === 'held')
    const { callback, codeVerifier, state, nonce } = outcome.visit
    assert.ok(callback)
    const checks = { expectedState: state, expectedNonce: nonce }
    const foreign = oidc.authorizationCodeGrant(asking.configuration, callback, {
      ...checks,
      pkceCodeVerifier: codeVerifier,
    })
    await assert.rejects(foreign, isInvalidGrant)
    const guessed = { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() }
    await assert.rejects(oidc.authorizationCodeGrant(app.configuration, callback, guessed), isInvalidGrant)
    // None of these spent it.
    await oidc.authorizationCodeGrant(app.configuration, callback, { ...checks, pkceCodeVerifier: codeVerifier })
  })

  it('a refresh token that was replaced long ago ends the family (RFC 9700 §4.14.2)', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid offline_access' }))
    await signIn(page, ADA)
    const { tokens, claims } = await app.signedIn(page)
    const first = tokens.refresh_token ?? ''
    const second = await oidc.refreshTokenGrant(app.configuration, first)
    const third = await oidc.refreshTokenGrant(app.configuration, second.refresh_token ?? '')
    await assert.rejects(oidc.refreshTokenGrant(app.configuration, first), isInvalidGrant)
    await assert.rejects(oidc.refreshTokenGrant(app.configuration, third.refresh_token ?? ''), isInvalidGrant)
    await assert.rejects(oidc.fetchUserInfo(app.configuration, third.access_token, claims.sub))
  })

  it('`why` tells of a wrong password and of a denied consent, in the order of time', async t => {
    const page = await openWindow(t)
    await page.goto(asking.startUrl())
    await signIn(page, { username: 'ada', password: 'a guess' })
    await signIn(page, ADA)
    await press(page, '#deny')
    await asking.outcomeOf(page)
    const explanation = await why(codeInLog('authorization.refused'))
    const steps = ['the request is valid', 'the password matches', 'the person allows it'].map(rule =>
      explanation.indexOf(rule),
    )
    assert.ok(
      steps.every((at, index) => at > (steps[index - 1] ?? -1)),
      explanation,
    )
    assert.match(explanation, /^Refused: the person denied the request$/m)
    assert.match(explanation, /ada/)
    assert.doesNotMatch(explanation, /a guess|correct horse/)
  })

  it('a form posted by another site finds the person signed in all the same (OIDC Core §3.1.2.1)', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl())
    await signIn(page, ADA)
    const { claims } = await app.signedIn(page)
    await page.goto(app.startUrl({ prompt: 'none' }, { by: 'form' }))
    const posted = await app.signedIn(page)
    assert.equal(posted.claims.sub, claims.sub)
    assert.equal(posted.claims.auth_time, claims.auth_time)
  })
})

function isInvalidGrant(error: unknown): boolean {
  return error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant' && error.status === 400
}
