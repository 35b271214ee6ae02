/** Every page in every language, in light and dark, on a phone and a desktop, in a real browser. */

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { LOCALES, type Locale } from '../../src/doors/pages/text/locale.ts'
import { SAMPLES } from '../../src/doors/pages/views/samples.ts'
import { closeBrowser, sharedBrowser } from '../support/browser.ts'
import { type PageServer, startPageServer } from './page-server.ts'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const
const SCHEMES = ['light', 'dark'] as const

/** With a folder in this variable, a picture of each page is left there. */
const screenshots = process.env.SALLYPORT_SCREENSHOTS

describe('the pages in a browser', () => {
  let server: PageServer
  let browser: Browser

  before(async () => {
    server = await startPageServer()
    browser = await sharedBrowser()
  })

  after(async () => {
    await closeBrowser()
    await server.close()
  })

  for (const locale of LOCALES) {
    it(`are whole and accessible (${locale})`, async t => {
      // Two at a time: the renderer of each is a process of its own.
      const waiting = SAMPLES.values()
      const visitAll = async () => {
        const page = await openPage(t, SIZES.desktop)
        const complaints = listenForComplaints(page)
        for (const { name } of waiting) await checkSample(page, name, locale)
        assert.deepEqual(complaints, [])
      }
      await Promise.all([visitAll(), visitAll()])
    })
  }

  it('do not let text become markup', async t => {
    const page = await openPage(t, SIZES.desktop)
    for (const { name } of SAMPLES.filter(sample => sample.name.endsWith('-hostile'))) {
      await page.goto(server.urlOf(name, 'en'))
      assert.match(await page.title(), /<script>/)
      assert.equal(await page.locator('script, [onerror], [src=x], [href^="javascript:"]').count(), 0, name)
    }
  })

  it('need no script, no inline style and no event attribute', () => {
    for (const sample of SAMPLES.filter(({ name }) => !name.endsWith('-hostile'))) {
      const markup = sample.render({ locale: 'en', brandName: 'Sallyport', basePath: '' })
      assert.doesNotMatch(markup, /<script|<style|<[^>]+\s(?:style|on[a-z]+)=/, sample.name)
    }
  })

  it('keep the fields of the sign-in page where they are when a problem appears', async t => {
    for (const viewport of Object.values(SIZES)) {
      const page = await openPage(t, viewport)
      for (const locale of LOCALES) {
        const places = new Map<string, unknown>()
        for (const name of [
          'login',
          'login-wrong-credentials',
          'login-slow-down',
          'login-busy',
          'login-reauthenticate',
          'login-upstreams',
          'login-cancelled',
          'login-password-missing',
        ]) {
          await page.goto(server.urlOf(name, locale))
          await page.evaluate('document.fonts.ready')
          places.set(name, await page.locator('#username').boundingBox())
        }
        for (const [name, place] of places) assert.deepEqual(place, places.get('login'), `${name} ${locale}`)
      }
    }
  })

  it('keep the field of the device page where it is when a problem appears', async t => {
    for (const viewport of Object.values(SIZES)) {
      const page = await openPage(t, viewport)
      for (const locale of LOCALES) {
        await page.goto(server.urlOf('device', locale))
        await page.evaluate('document.fonts.ready')
        const place = await page.locator('#user-code').boundingBox()
        for (const name of ['device-from-link', 'device-not-a-code', 'device-unknown-code', 'device-slow-down']) {
          await page.goto(server.urlOf(name, locale))
          await page.evaluate('document.fonts.ready')
          assert.deepEqual(await page.locator('#user-code').boundingBox(), place, `${name} ${locale} ${viewport.width}`)
        }
      }
    }
  })

  it('keep the labels of their buttons in one line', async t => {
    for (const viewport of Object.values(SIZES)) {
      const page = await openPage(t, viewport)
      for (const locale of LOCALES) {
        for (const name of ['sign-out', 'sign-out-asked', 'consent', 'approval-device', 'approval']) {
          await page.goto(server.urlOf(name, locale))
          await page.evaluate('document.fonts.ready')
          for (const button of await page.locator('.choices > .button').all())
            assert.equal((await button.boundingBox())?.height, 48, `${name} ${locale} ${viewport.width}`)
        }
      }
    }
  })

  it('leave the alert of the sign-in page as far from the field as a shorter one', async t => {
    const page = await openPage(t, SIZES.phone)
    await page.goto(server.urlOf('login-wrong-credentials', 'de'))
    await page.evaluate('document.fonts.ready')
    const alert = await page.locator('#problem').boundingBox()
    const label = await page.locator('label[for=username]').boundingBox()
    assert.ok(alert && label && label.y - (alert.y + alert.height) >= 16, 'the label keeps its distance')
  })

  it('lead away from an address where nothing is', async t => {
    const page = await openPage(t, SIZES.desktop)
    await page.goto(server.urlOf('error-not-found', 'en'))
    assert.equal(await page.locator('#home-link').getAttribute('href'), '/auth/')
  })

  const orders: readonly [sample: string, ids: readonly string[]][] = [
    ['login', ['username', 'password', 'sign-in']],
    ['login-wrong-credentials', ['password', 'sign-in']],
    ['login-upstreams', ['username', 'password', 'sign-in', 'upstream-corp', 'upstream-github', 'upstream-partner']],
    ['login-select-account', ['continue-as', 'username', 'password', 'sign-in']],
    ['consent', ['other-account', 'deny', 'approve']],
    ['device', ['user-code', 'continue']],
    ['approval-device', ['other-account', 'deny', 'approve']],
    ['sign-out', ['stay', 'confirm-sign-out']],
    ['profile', ['username', 'email', 'name', 'save-profile', 'cancel']],
    ['link-account', ['choose-mail', 'choose-sign-in', 'choose-other', 'cancel']],
    ['setup', ['username', 'name', 'email', 'password', 'password-again', 'create-administrator']],
    ['setup-problems', ['username']],
  ]
  for (const [sample, ids] of orders) {
    it(`lead the keyboard through ${sample} in the order of reading`, async t => {
      const page = await openPage(t, SIZES.desktop)
      await page.goto(server.urlOf(sample, 'en'))
      const reached: string[] = []
      // The browser moves the focus a moment after the page has loaded.
      if ((await page.locator('[autofocus]').count()) > 0) await page.locator('[autofocus]:focus').waitFor()
      else await page.keyboard.press('Tab')
      for (const _ of ids) {
        reached.push(await focusedId(page))
        await page.keyboard.press('Tab')
      }
      assert.deepEqual(reached, ids)
    })
  }

  it('tell a screen reader what is wrong with which field', async t => {
    const page = await openPage(t, SIZES.desktop)
    await page.goto(server.urlOf('login-wrong-credentials', 'en'))
    const snapshot = await page.locator('main').ariaSnapshot()
    assert.match(snapshot, /alert: User name or password is not right/)
    for (const id of ['username', 'password']) {
      assert.equal(await page.locator(`#${id}`).getAttribute('aria-invalid'), 'true')
      assert.equal(await page.locator(`#${id}`).getAttribute('aria-describedby'), 'problem')
    }
    await page.goto(server.urlOf('setup-problems', 'en'))
    const described = await page.locator('#password').getAttribute('aria-describedby')
    assert.equal(described, 'password-hint password-problem')
    assert.match((await page.locator('#password-problem').textContent()) ?? '', /at least 8 characters/)
  })

  it('send their forms without any script', async t => {
    const page = await openPage(t, SIZES.phone, false)
    await page.goto(server.urlOf('login', 'de'))
    await page.locator('#username').fill('ada')
    await page.locator('#password').fill('correct horse')
    await page.locator('#password').press('Enter')
    await page.getByText('received').waitFor()
    await page.goto(server.urlOf('login-select-account', 'de'))
    await page.locator('#continue-as').click()
    await page.getByText('received').waitFor()
    for (const id of ['approve', 'deny', 'other-account']) {
      await page.goto(server.urlOf('consent', 'de'))
      await page.locator(`#${id}`).click()
      await page.getByText('received').waitFor()
    }
    const form = { flow: '019aa5d27d5c7e3f9b1d8c4a6f20e317', csrf: 'k3J9vQ2mX7pR' }
    assert.deepEqual(server.posted, [
      { path: '/auth/login', fields: { ...form, username: 'ada', password: 'correct horse' } },
      { path: '/auth/login', fields: { ...form, continue: 'yes' } },
      { path: '/auth/consent', fields: { ...form, decision: 'approve' } },
      { path: '/auth/consent', fields: { ...form, decision: 'deny' } },
      { path: '/auth/consent', fields: { ...form, decision: 'other-account' } },
    ])
  })

  async function checkSample(page: Page, name: string, locale: Locale): Promise<void> {
    await page.goto(server.urlOf(name, locale))
    await checkDocument(page, locale, name)
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      await checkWidth(page, `${name} on a ${size}`)
      await takePictures(page, `${name}-${locale}-${size}`)
    }
    await checkAccessibility(page, name)
  }

  async function openPage(
    t: { after(release: () => Promise<void>): void },
    viewport: { width: number; height: number },
    javaScriptEnabled = true,
  ): Promise<Page> {
    // Without motion, or a colour on its way to the other scheme could be measured.
    const context = await browser.newContext({ viewport, javaScriptEnabled, reducedMotion: 'reduce' })
    t.after(() => context.close())
    return context.newPage()
  }
})

/** Filled while the page lives: what the content security policy stopped, and what was not found. */
function listenForComplaints(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  return complaints
}

async function checkDocument(page: Page, locale: Locale, name: string): Promise<void> {
  assert.equal(await page.locator('html').getAttribute('lang'), locale, name)
  const title = await page.title()
  const heading = (await page.locator('h1').textContent()) ?? ''
  assert.equal(title, `${heading} – Sallyport`, name)
}

async function checkWidth(page: Page, name: string): Promise<void> {
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.equal(overflow, 0, `${name} must not scroll sideways`)
}

type AxeResults = Awaited<ReturnType<AxeBuilder['analyze']>>

async function checkAccessibility(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  // There are no frames, so the mode without a second page is enough.
  const light = await new AxeBuilder({ page }).setLegacyMode().analyze()
  assert.deepEqual(findingsOf(light), [], name)
  // The dark page is the same document in other colours. axe is in the page by now: to bring it there again costs more
  // than the check.
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = (await page.evaluate("axe.run({ runOnly: ['color-contrast'] })")) as AxeResults
  assert.notEqual(dark.passes.length + dark.inapplicable.length, 0)
  assert.deepEqual(findingsOf(dark), [], `${name} in the dark`)
}

// What axe could not decide counts too: a background that it cannot see through would hide every contrast. Only the
// single letter of an avatar is too short for it.
function findingsOf({ violations, incomplete }: AxeResults): readonly string[] {
  return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
    nodes
      .filter(({ any }) => !any.some(check => check.data?.messageKey === 'shortTextContent'))
      .map(node => `${id}: ${help}: ${node.html}`),
  )
}

async function takePictures(page: Page, name: string): Promise<void> {
  if (screenshots === undefined || screenshots === '') return
  mkdirSync(screenshots, { recursive: true })
  await page.evaluate('document.fonts.ready')
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: true })
  }
}

async function focusedId(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.id'))
}
