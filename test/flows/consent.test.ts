/** The consent page: denied, remembered, asked again for what is new, always, never, and as somebody else. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, press, shownScopes, signIn } from '../support/person.ts'
import { ADA, BOB, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

describe('consent', () => {
  let installation: Installation
  let apps: Record<'remember' | 'always' | 'never', RelyingParty>

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    const appWith = (mode: string) =>
      startRelyingParty(installation, { name: `Consent ${mode}`, clientOptions: ['--consent', mode] })
    const [remember, always, never] = await Promise.all([
      appWith('remember'),
      appWith('always'),
      appWith('never'),
      createAccount(installation, ADA),
      createAccount(installation, BOB),
    ])
    apps = { remember, always, never }
  })

  after(async () => {
    await closeBrowser()
    for (const app of Object.values(apps ?? {})) await app.close()
    await installation?.remove()
  })

  it('tells the app that the person denied it: access_denied, with its state and our issuer (RFC 6749 §4.1.2.1, RFC 9207)', async t => {
    const page = await openWindow(t)
    await page.goto(apps.always.startUrl())
    await signIn(page, ADA)
    await press(page, '#deny')
    const outcome = await apps.always.outcomeOf(page)
    assert.ok(outcome.kind === 'refused')
    assert.equal(outcome.error, 'access_denied')
    const returned = outcome.visit.callback?.searchParams
    assert.equal(returned?.get('state'), outcome.visit.state)
    assert.equal(returned?.get('iss'), installation.issuer)
    assert.equal(returned?.get('code'), null)
  })

  it('shows what the app asks for, remembers the answer, asks only for what is new and marks it', async t => {
    const app = apps.remember
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid email' }))
    await signIn(page, ADA)
    assert.deepEqual(await shownScopes(page), ['Recognise you when you come back', 'See your e-mail address'])
    assert.match((await page.locator('h1').textContent()) ?? '', /Consent remember/)
    assert.match((await page.locator('#account').textContent()) ?? '', /Ada Lovelace/)
    await approve(page)
    await app.signedIn(page)

    await page.goto(app.startUrl({ scope: 'email openid' }))
    await app.signedIn(page)

    await page.goto(app.startUrl({ scope: 'openid groups' }))
    assert.deepEqual(await shownScopes(page), ['Recognise you when you come back', 'See your groups*'])
    await approve(page)
    await app.signedIn(page)

    // What was allowed before is still allowed, in another browser too.
    const elsewhere = await openWindow(t)
    await elsewhere.goto(app.startUrl({ scope: 'openid email groups' }))
    await signIn(elsewhere, ADA)
    await app.signedIn(elsewhere)
  })

  it('is asked every time where the client says always, and by prompt=consent', async t => {
    const page = await openWindow(t)
    await page.goto(apps.always.startUrl())
    await signIn(page, ADA)
    for (const _ of [1, 2]) {
      await approve(page)
      await apps.always.signedIn(page)
      await page.goto(apps.always.startUrl())
    }
    await page.goto(apps.never.startUrl({ prompt: 'consent' }))
    await approve(page)
    await apps.never.signedIn(page)
  })

  it('is not asked where the client says never', async t => {
    const page = await openWindow(t)
    await page.goto(apps.never.startUrl({ scope: 'openid profile email phone address groups offline_access' }))
    await signIn(page, ADA)
    const { tokens } = await apps.never.signedIn(page)
    assert.ok(tokens.refresh_token)
  })

  it('lets the person go on as somebody else', async t => {
    const page = await openWindow(t)
    await page.goto(apps.always.startUrl())
    await signIn(page, ADA)
    const first = await page.locator('#account').textContent()
    assert.match(first ?? '', /ada@example\.org/)
    await press(page, '#other-account')
    await signIn(page, BOB)
    assert.match((await page.locator('#account').textContent()) ?? '', /bob@example\.org/)
    await approve(page)
    await apps.always.signedIn(page)
  })
})
