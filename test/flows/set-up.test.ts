/** The first start: the one-time link of the log makes the first administrator in the browser. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openWindow, press, signIn } from '../support/person.ts'
import type { ServerProcess } from '../support/server-process.ts'

const ROOT = { username: 'root', password: 'a long enough password' }

describe('the first start', () => {
  let installation: Installation
  let server: ServerProcess

  before(async () => {
    installation = await createInstallation()
    server = await installation.start()
  })

  after(async () => {
    await closeBrowser()
    await installation?.remove()
  })

  it('prints a link that creates the first administrator, once', async t => {
    await installation.command(['account', 'create', 'ada', '--email', 'ada@example.org', '--no-password'])
    const link = server.setupLink()
    const page = await openWindow(t)
    await page.goto(link)
    await page.locator('#username').fill(ROOT.username)
    await page.locator('#name').fill('Root Person')
    await page.locator('#email').fill('root@example.org')
    await page.locator('#password').fill('short')
    await page.locator('#password-again').fill('short')
    await press(page, '#create-administrator')
    assert.equal(await page.locator('#password').getAttribute('aria-invalid'), 'true')
    for (const [field, kept] of [
      ['#username', ROOT.username],
      ['#name', 'Root Person'],
      ['#email', 'root@example.org'],
      ['#password', ''],
    ] as const) {
      assert.equal(await page.locator(field).inputValue(), kept)
    }
    assert.equal(await page.locator('#name').getAttribute('autocapitalize'), 'words')
    await page.locator('#username').fill('ada')
    await page.locator('#email').fill('ada@example.org')
    await page.locator('#password').fill(ROOT.password)
    await page.locator('#password-again').fill(ROOT.password)
    await press(page, '#create-administrator')
    for (const field of ['#username', '#email']) {
      assert.equal(await page.locator(field).getAttribute('aria-invalid'), 'true', `${field} is taken`)
    }
    await page.locator('#username').fill(ROOT.username)
    await page.locator('#email').fill('root@example.org')
    await page.locator('#password').fill(ROOT.password)
    await page.locator('#password-again').fill(`${ROOT.password}.`)
    await press(page, '#create-administrator')
    assert.equal(await page.locator('#password-again').getAttribute('aria-invalid'), 'true')
    await page.locator('#password').fill(ROOT.password)
    await page.locator('#password-again').fill(ROOT.password)
    await press(page, '#create-administrator')
    assert.match((await page.locator('h1').textContent()) ?? '', /Root Person/)
    await press(page, '#home-link')
    assert.match((await page.locator('main').textContent()) ?? '', /administrator/)

    const used = await page.goto(link)
    assert.equal(used?.status(), 403)
    assert.match((await page.locator('main').textContent()) ?? '', /Set-up is done already/)
    assert.equal(await page.locator('#sign-in-link').getAttribute('href'), `${installation.issuer}/login`)
  })

  it('lets the administrator sign in to the front page and out again', async t => {
    const page = await openWindow(t)
    await page.goto(`${installation.issuer}/`)
    await press(page, '#sign-in-link')
    await signIn(page, ROOT)
    assert.equal(page.url(), `${installation.issuer}/`)
    await press(page, '#sign-out-button')
    assert.equal(new URL(page.url()).pathname, '/signed-out')
    await page.goto(`${installation.issuer}/`)
    await page.locator('#sign-in-link').waitFor()
  })

  it('prints no link any more when there is an administrator', async () => {
    await server.stop()
    server = await installation.start()
    assert.throws(() => server.setupLink())
  })
})
