/** The admin API and the session of an administrator in a real browser: our own page manages, other pages do not, whatever they try. */

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { closeBrowser, sharedBrowser } from '../support/browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'

/** Whole, before its page is closed. */
const THERE = /\/api\/admin\/v1\/groups$/

describe('the admin API in the browser of an administrator (Fetch Metadata §2.3)', () => {
  let app: RunningApp
  let elsewhere: Server
  let context: BrowserContext
  /** Another port: cookies do not know ports, so these pages get the session sent along. */
  let sameSite: string
  let crossSite: string

  before(async () => {
    app = await startApp()
    elsewhere = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>elsewhere'),
    )
    await new Promise<void>(resolve => elsewhere.listen(0, resolve))
    const { port } = elsewhere.address() as AddressInfo
    sameSite = `http://127.0.0.1:${port}/`
    crossSite = `http://localhost:${port}/`
    // Pages that people see today fetch nothing, and their policy says so; this is about one that would.
    context = await (await sharedBrowser()).newContext({ bypassCSP: true })
    const { cookie } = await app.beginSession(await app.enrol({ role: 'administrator' }))
    await context.addCookies([
      { name: SESSION_COOKIE, value: cookie, url: app.issuer, httpOnly: true, sameSite: 'Lax' },
    ])
  })
  after(async () => {
    await context.close()
    await closeBrowser()
    elsewhere.close()
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const groups = async () => (await app.house.repositories.groups.list()).map(({ name }) => name)

  async function on(url: string, act: (page: Page) => Promise<void>): Promise<void> {
    const page = await context.newPage()
    try {
      await page.goto(url)
      await act(page)
    } finally {
      await page.close()
    }
  }

  /** What a script on the page gets: the status, or that it got nothing. */
  const fetched = (page: Page, init: object, path = '/groups'): Promise<unknown> =>
    page.evaluate(
      async ([url, options]) => {
        try {
          return (await fetch(url as string, options as RequestInit)).status
        } catch {
          return 'nothing'
        }
      },
      [`${app.issuer}/api/admin/v1${path}`, init] as const,
    )

  const json = { 'content-type': 'application/json' }

  it('lets a page of ours read and change', async () => {
    await on(`${app.issuer}/api/admin/v1/docs`, async page => {
      assert.equal(await fetched(page, {}), 200)
      assert.equal(await fetched(page, { method: 'POST', headers: json, body: '{"name":"ours"}' }), 201)
      assert.equal(await fetched(page, { method: 'DELETE' }, '/groups/ours'), 204)
    })
  })

  it('lets the person read at an address that they typed', async () => {
    const page = await context.newPage()
    assert.equal((await page.goto(`${app.issuer}/api/admin/v1/groups`))?.status(), 200)
    await page.close()
  })

  for (const [what, url] of [
    ['a page of the same site', () => sameSite],
    ['a page of another site', () => crossSite],
  ] as const) {
    it(`lets ${what} neither read nor change by script`, async () => {
      await on(url(), async page => {
        const credentials = 'include'
        assert.equal(await fetched(page, { credentials }), 'nothing')
        assert.equal(await fetched(page, { credentials, mode: 'no-cors' }), 0, 'an answer that it cannot look into')
        for (const [method, headers] of [
          ['POST', json],
          ['POST', { 'content-type': 'text/plain' }],
          ['POST', { 'x-requested-with': 'x' }],
          ['PUT', json],
          ['DELETE', {}],
        ] as const)
          await fetched(page, {
            method,
            headers,
            credentials,
            ...(method === 'DELETE' ? {} : { body: '{"name":"theirs"}' }),
          })
        await fetched(page, { method: 'POST', credentials, mode: 'no-cors', body: '{"name":"theirs"}' })
      })
      assert.deepEqual(await groups(), [])
    })

    it(`lets ${what} change nothing by a form`, async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        await on(url(), async page => {
          const answered = page.waitForResponse(response => response.url().includes('/api/admin/v1/groups'))
          await page.evaluate(formScript(`${app.issuer}/api/admin/v1/groups`, type))
          await page.waitForURL(THERE)
          assert.ok([401, 403].includes((await answered).status()), type)
        })
      }
      assert.deepEqual(await groups(), [])
    })

    it(`lets ${what} not even lead the person there`, async () => {
      await on(url(), async page => {
        const answered = page.waitForResponse(response => response.url().includes('/api/admin/v1/groups'))
        await page.evaluate(
          `void setTimeout(() => { location.href = ${JSON.stringify(`${app.issuer}/api/admin/v1/groups`)} })`,
        )
        await page.waitForURL(THERE)
        assert.equal((await answered).status(), 403)
      })
    })
  }
})

/** A form whose text looks like JSON, sent by the page that it is in. */
function formScript(action: string, enctype: string): string {
  const form = JSON.stringify({ method: 'post', action, enctype })
  const input = JSON.stringify({ name: '{"name":"theirs","description":"', value: '"}' })
  return `const form = Object.assign(document.createElement('form'), ${form})
form.append(Object.assign(document.createElement('input'), ${input}))
document.body.append(form)
// Afterwards: who leaves a page in the middle of a script gets no answer from it.
void setTimeout(() => form.submit())`
}
