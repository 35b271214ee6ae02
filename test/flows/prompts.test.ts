/** What an app may ask of the sign-in itself (OIDC Core §3.1.2.1): prompt, max_age, id_token_hint. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, press, signIn } from '../support/person.ts'
import { ADA, BOB, createAccount, type Person } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

describe('what an app asks of the sign-in (OIDC Core §3.1.2.1)', () => {
  let installation: Installation
  let app: RelyingParty
  let asking: RelyingParty

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    ;[app, asking] = await Promise.all([
      startRelyingParty(installation, { name: 'Trusted', clientOptions: ['--consent', 'never'] }),
      startRelyingParty(installation, { name: 'Asking', clientOptions: ['--consent', 'remember'] }),
      createAccount(installation, ADA),
      createAccount(installation, BOB),
    ])
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await asking?.close()
    await installation?.remove()
  })

  async function signedInWindow(page: Page, person: Person) {
    await page.goto(app.startUrl())
    await signIn(page, person)
    return app.signedIn(page)
  }

  async function errorAt(relyingParty: RelyingParty, page: Page): Promise<string> {
    const outcome = await relyingParty.outcomeOf(page)
    assert.ok(outcome.kind === 'refused', outcome.kind)
    assert.equal(outcome.visit.callback?.searchParams.get('state'), outcome.visit.state)
    return outcome.error
  }

  it('signs in once for all apps', async t => {
    const page = await openWindow(t)
    const first = await signedInWindow(page, ADA)
    await page.goto(app.startUrl())
    const second = await app.signedIn(page)
    assert.equal(second.claims.sub, first.claims.sub)
    assert.equal(second.claims.sid, first.claims.sid)
  })

  it('prompt=none never shows a page: login_required, consent_required, and success with the same auth_time', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ prompt: 'none' }))
    assert.equal(await errorAt(app, page), 'login_required')
    const { claims } = await signedInWindow(page, ADA)
    await page.goto(asking.startUrl({ prompt: 'none' }))
    assert.equal(await errorAt(asking, page), 'consent_required')
    await page.goto(asking.startUrl())
    await approve(page)
    const asked = await asking.signedIn(page)
    await page.goto(asking.startUrl({ prompt: 'none', max_age: '10000', id_token_hint: asked.tokens.id_token ?? '' }))
    const silent = await asking.signedIn(page)
    assert.equal(silent.claims.sub, claims.sub)
    assert.equal(silent.claims.auth_time, asked.claims.auth_time)
  })

  it('prompt=login asks for the password again, and auth_time says when', async t => {
    const page = await openWindow(t)
    const { claims } = await signedInWindow(page, ADA)
    const before = claims.auth_time ?? 0
    assert.ok(before > 0)
    await untilSecond(before + 1)
    await page.goto(app.startUrl({ prompt: 'login' }))
    assert.equal(await page.locator('#username').inputValue(), 'ada')
    await signIn(page, ADA)
    const again = await app.signedIn(page)
    assert.ok((again.claims.auth_time ?? 0) > before)
    assert.equal(again.claims.sub, claims.sub)
  })

  it('max_age asks again only when the sign-in is older', async t => {
    const page = await openWindow(t)
    const { claims } = await signedInWindow(page, ADA)
    const before = claims.auth_time ?? 0
    await page.goto(app.startUrl({ max_age: '600' }))
    assert.equal((await app.signedIn(page)).claims.auth_time, before)
    await untilSecond(before + 3)
    await page.goto(app.startUrl({ max_age: '1' }))
    await signIn(page, ADA)
    assert.ok(((await app.signedIn(page)).claims.auth_time ?? 0) > before)
  })

  it('prompt=select_account offers to continue, or to sign in as somebody else', async t => {
    const page = await openWindow(t)
    const ada = await signedInWindow(page, ADA)
    await page.goto(app.startUrl({ prompt: 'select_account' }))
    assert.match((await page.locator('#continue-as').textContent()) ?? '', /Ada Lovelace/)
    await press(page, '#continue-as')
    const continued = await app.signedIn(page)
    assert.equal(continued.claims.sub, ada.claims.sub)
    assert.equal(continued.claims.auth_time, ada.claims.auth_time)
    await page.goto(app.startUrl({ prompt: 'select_account' }))
    await signIn(page, BOB)
    assert.notEqual((await app.signedIn(page)).claims.sub, ada.claims.sub)
  })

  it('id_token_hint of another person: asks for that person, and never answers with somebody else', async t => {
    const ada = await signedInWindow(await openWindow(t), ADA)
    const page = await openWindow(t)
    await signedInWindow(page, BOB)
    const hint = { id_token_hint: ada.tokens.id_token ?? '' }
    await page.goto(app.startUrl({ ...hint, prompt: 'none' }))
    assert.equal(await errorAt(app, page), 'login_required')
    await page.goto(app.startUrl(hint))
    await signIn(page, BOB)
    assert.equal(await errorAt(app, page), 'login_required')
    await page.goto(app.startUrl(hint))
    await signIn(page, ADA)
    assert.equal((await app.signedIn(page)).claims.sub, ada.claims.sub)
  })
})

/** Time in tokens is in whole seconds. */
async function untilSecond(second: number): Promise<void> {
  await sleep(Math.max(0, second * 1000 - Date.now()) + 20)
}
