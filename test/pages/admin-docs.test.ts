/** The page about the admin API in a real browser: light and dark, on a phone and a desktop. */

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { closeBrowser, sharedBrowser } from '../support/browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const
const SCHEMES = ['light', 'dark'] as const
/** With a folder in this variable, a picture of each page is left there. */
const screenshots = process.env.SALLYPORT_SCREENSHOTS

describe('the page about the admin API in a browser', () => {
  let app: RunningApp

  before(async () => {
    app = await startApp({ environment: { SALLYPORT_BRANDING_NAME: 'Example <b>House</b>' } })
  })
  after(async () => {
    await closeBrowser()
    await app.close()
  })

  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      it(`is whole and accessible on a ${size} (${colorScheme})`, async () => {
        const context = await (await sharedBrowser()).newContext({ viewport, colorScheme })
        try {
          const page = await context.newPage()
          const complaints: string[] = []
          page.on('console', message => complaints.push(message.text()))
          page.on('requestfailed', request => complaints.push(request.url()))
          await page.goto(`${app.issuer}/api/admin/v1/docs`)
          await page.evaluate('document.fonts.ready')
          if (screenshots !== undefined) await picture(page, `admin-docs-${size}-${colorScheme}`)
          await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
          assert.equal(
            await page.evaluate('document.documentElement.scrollWidth'),
            viewport.width,
            'nothing sticks out',
          )
          const axe = new AxeBuilder({ page })
          // Each resource is drawn the same way, and all of them take axe a quarter of a minute.
          for (const part of ['header', 'nav', '#begin', '#roles', '#problems', '#groups', '#policies'])
            axe.include(part)
          const { violations } = await axe.analyze()
          assert.deepEqual(
            violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
            [],
          )
          assert.deepEqual(complaints, [])
          assert.match(await page.title(), /<b>House<\/b>/)
        } finally {
          await context.close()
        }
      })
    }
  }

  it('leads from the contents to each part, and stays beside it on a desktop', async () => {
    const context = await (await sharedBrowser()).newContext({ viewport: SIZES.desktop })
    try {
      const page = await context.newPage()
      await page.goto(`${app.issuer}/api/admin/v1/docs`)
      const links = page.locator('nav a')
      assert.ok((await links.count()) > 3)
      await page.locator('nav a[href="#groups"]').click()
      assert.ok(await page.locator('#groups h2').isVisible())
      await page.locator('nav a[href="#groups"]').click({ timeout: 5000 })
    } finally {
      await context.close()
    }
  })
})

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots ?? '', { recursive: true })
  await page.screenshot({ path: join(screenshots ?? '', `${name}.png`) })
}
