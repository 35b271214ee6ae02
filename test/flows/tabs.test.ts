/** Many tabs of one browser sign in at once: each finishes at its own app, with its own request. */

import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, signIn } from '../support/person.ts'
import { ADA, BOB, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

interface Tab {
  readonly page: Page
  readonly app: RelyingParty
  /** Comes back in the ID token's request, so that it shows whose request this was. */
  readonly nonce: string
}

describe('many tabs at once', () => {
  let installation: Installation
  let apps: RelyingParty[]

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    const appNamed = (name: string) => startRelyingParty(installation, { name, clientOptions: ['--consent', 'always'] })
    ;[apps] = await Promise.all([
      Promise.all(['One', 'Two', 'Three'].map(appNamed)),
      createAccount(installation, ADA),
      createAccount(installation, BOB),
    ])
  })

  after(async () => {
    await closeBrowser()
    for (const app of apps ?? []) await app.close()
    await installation?.remove()
  })

  /** Fresh browser, all tabs opened at once; with more than three some belong to the same app. */
  async function openTabs(t: TestContext, count: number): Promise<readonly Tab[]> {
    const first = await openWindow(t)
    const pages = [first]
    while (pages.length < count) pages.push(await first.context().newPage())
    const tabs = pages.map((page, index) => {
      const app = apps[index % apps.length]
      assert.ok(app)
      return { page, app, nonce: `tab-${index}` }
    })
    await Promise.all(tabs.map(({ page, app, nonce }) => page.goto(app.startUrl({ tab: nonce }))))
    return tabs
  }

  async function finish({ page, app, nonce }: Tab): Promise<string> {
    await approve(page)
    const { visit, claims } = await app.signedIn(page)
    assert.equal(visit.parameters.get('tab'), nonce)
    assert.equal(visit.callback?.searchParams.get('state'), visit.state)
    return claims.sub
  }

  it('finish one after the other', async t => {
    const subjects = new Set<string>()
    for (const tab of await openTabs(t, 6)) {
      await signIn(tab.page, ADA)
      subjects.add(await finish(tab))
    }
    assert.equal(subjects.size, 1)
  })

  it('finish in the other order, with all signed in before the first allows', async t => {
    const tabs = await openTabs(t, 4)
    for (const { page } of tabs) {
      await signIn(page, ADA)
      await page.locator('#approve').waitFor()
    }
    for (const tab of tabs.toReversed()) await finish(tab)
  })

  it('finish all at the same time', async t => {
    const tabs = await openTabs(t, 6)
    await Promise.all(tabs.map(({ page }) => signIn(page, ADA)))
    const subjects = await Promise.all(tabs.map(finish))
    assert.equal(new Set(subjects).size, 1)
  })

  it('finish each as the person who signed in there', async t => {
    const [one, two] = await openTabs(t, 2)
    assert.ok(one && two)
    await signIn(one.page, ADA)
    await one.page.locator('#approve').waitFor()
    await signIn(two.page, BOB)
    await two.page.locator('#approve').waitFor()
    assert.match((await one.page.locator('#account').textContent()) ?? '', /ada@/)
    assert.notEqual(await finish(one), await finish(two))
  })

  it('need no password in a tab that is opened again after another one signed in', async t => {
    const [one, two] = await openTabs(t, 2)
    assert.ok(one && two)
    await signIn(one.page, ADA)
    await one.page.locator('#approve').waitFor()
    await two.page.reload()
    await finish(two)
    await finish(one)
  })
})
