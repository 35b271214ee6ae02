/** What a person does in a browser: opens a window, signs in, allows or denies. */

import type { TestContext } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { sharedBrowser } from './browser.ts'
import type { Person } from './registrations.ts'

/** A window of a fresh browser profile, in English. Longer than anything takes; a step that hangs names itself. */
export async function openWindow(t: TestContext, options: BrowserContextOptions = {}): Promise<Page> {
  const browser = await sharedBrowser()
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  t.after(() => context.close())
  context.setDefaultTimeout(15_000)
  return context.newPage()
}

/** On the sign-in page; done when the next page has loaded. */
export async function signIn(page: Page, { username, password }: Pick<Person, 'username' | 'password'>): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await press(page, '#sign-in')
}

/** On the consent page; done when the next page has loaded. */
export async function approve(page: Page): Promise<void> {
  await press(page, '#approve')
}

/** A link or button that leads to another page; done when that has loaded. */
export async function press(page: Page, selector: string): Promise<void> {
  await page.locator(selector).waitFor()
  await Promise.all([page.waitForEvent('load'), page.locator(selector).click()])
}

/** The names of the scopes as the consent page shows them; those marked as new end in `*`. */
export async function shownScopes(page: Page): Promise<readonly string[]> {
  await page.locator('#approve').waitFor()
  const items = await page.locator('.scopes li').all()
  return Promise.all(
    items.map(async item => {
      const isNew = (await item.locator('.badge').count()) > 0
      return `${await item.locator('strong').textContent()}${isNew ? '*' : ''}`
    }),
  )
}
