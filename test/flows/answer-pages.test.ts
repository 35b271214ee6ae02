/** Answers that a page hands over, in a real browser: a form that sends itself, and a message to the window of the app. */

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import type { Account } from '../../src/core/accounts/account.ts'
import { closeBrowser, sharedBrowser } from '../support/browser.ts'
import { authorizePath, exchange, payloadOf } from '../support/hand-app.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

/** An app: takes posted answers, and shows a page that frames or opens what it is told to and writes down what it hears. */
interface WebApp {
  readonly origin: string
  readonly posted: readonly URLSearchParams[]
  close(): Promise<void>
}

const LISTENING_PAGE = `<!doctype html><title>app</title><script>
const heard = []
addEventListener('message', ({ origin, data }) => heard.push({ origin, data }))
</script>`

async function startWebApp(): Promise<WebApp> {
  const posted: URLSearchParams[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'POST') posted.push(new URLSearchParams(await text(request)))
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(request.method === 'POST' ? '<!doctype html><title>received</title>' : LISTENING_PAGE)
  }
  const server: Server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    posted,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const NASTY = `"><script>document.title='broken'</script>'&amp;ä💡 %22+\\u2028`

describe('pages that hand over an answer, in a browser', () => {
  let app: RunningApp
  let web: WebApp
  let other: WebApp
  let by: Registered
  let ada: Account

  before(async () => {
    ;[app, web, other] = await Promise.all([startApp(), startWebApp(), startWebApp()])
    by = await app.register({ redirectUris: [`${web.origin}/callback`], responseTypes: ['code', 'code id_token'] })
    ada = await app.enrol()
  })
  after(async () => {
    await closeBrowser()
    await Promise.all([app.close(), web.close(), other.close()])
    assert.deepEqual(app.failures, [])
  })

  async function openWindow(t: TestContext, javaScriptEnabled = true): Promise<Page> {
    const context = await (await sharedBrowser()).newContext({ javaScriptEnabled })
    t.after(() => context.close())
    const { cookie } = await app.beginSession(ada)
    await context.addCookies([{ name: SESSION_COOKIE, value: cookie, url: app.issuer, sameSite: 'Lax' }])
    return context.newPage()
  }
  const asked = (changes: Readonly<Record<string, string>>): string =>
    `${app.issuer}${authorizePath(by.client, { state: NASTY, nonce: 'n', ...changes })}`

  it('posts the answer to the app by itself, and every character of it arrives (OAuth 2.0 Form Post Response Mode §2)', async t => {
    const page = await openWindow(t)
    await page.goto(asked({ response_mode: 'form_post', response_type: 'code id_token' }))
    await page.waitForURL(`${web.origin}/callback`)
    assert.equal(await page.title(), 'received')
    const answer = web.posted.at(-1)
    assert.equal(answer?.get('state'), NASTY)
    assert.equal(payloadOf(answer?.get('id_token') ?? '').nonce, 'n')
    assert.equal((await exchange(app, by, answer?.get('code') ?? '')).status, 200)
  })

  it('waits for its button where no script runs', async t => {
    const page = await openWindow(t, false)
    await page.goto(asked({ response_mode: 'form_post', prompt: 'none login' }))
    await page.locator('button[type=submit]').click()
    await page.waitForURL(`${web.origin}/callback`)
    assert.deepEqual([web.posted.at(-1)?.get('error'), web.posted.at(-1)?.get('state')], ['invalid_request', NASTY])
  })

  const heardBy = (page: Page): Promise<readonly { readonly origin: string; readonly data: unknown }[]> =>
    page.evaluate('heard')
  const frame = (page: Page, url: string): Promise<unknown> =>
    page.evaluate(`new Promise(resolve => {
      const frame = document.createElement('iframe')
      frame.onload = resolve
      frame.src = ${JSON.stringify(url)}
      document.body.append(frame)
    })`)

  it('tells the app from a hidden frame of the app, silently, whether somebody is signed in (web_message)', async t => {
    const page = await openWindow(t)
    await page.goto(`${web.origin}/`)
    await frame(page, asked({ response_mode: 'web_message', prompt: 'none' }))
    await page.waitForFunction('heard.length > 0')
    const [heard] = await heardBy(page)
    assert.equal(heard?.origin, app.issuer)
    const data = heard?.data as { readonly type: string; readonly response: Readonly<Record<string, string>> }
    assert.equal(data.type, 'authorization_response')
    assert.deepEqual([data.response.state, data.response.iss], [NASTY, app.issuer])
    assert.equal((await exchange(app, by, data.response.code ?? '')).status, 200)
    await page.context().clearCookies()
    await frame(page, asked({ response_mode: 'web_message', prompt: 'none' }))
    await page.waitForFunction('heard.length > 1')
    const silent = (await heardBy(page)).at(-1)?.data as { readonly response: Readonly<Record<string, string>> }
    assert.equal(silent.response.error, 'login_required')
  })

  it('tells nobody else: not the frame of another app, and not a frame where a page could be clicked', async t => {
    const page = await openWindow(t)
    await page.goto(`${other.origin}/`)
    await frame(page, asked({ response_mode: 'web_message', prompt: 'none' }))
    assert.deepEqual(await heardBy(page), [])
    await page.goto(`${web.origin}/`)
    await frame(page, asked({ response_mode: 'web_message' }))
    assert.deepEqual(await heardBy(page), [])
  })

  it('tells the window that opened it (web_message), and no window of another origin', async t => {
    const page = await openWindow(t)
    for (const [opener, count] of [
      [web, 1],
      [other, 0],
    ] as const) {
      await page.goto(`${opener.origin}/`)
      const popup = page.waitForEvent('popup')
      await page.evaluate(`void open(${JSON.stringify(asked({ response_mode: 'web_message' }))})`)
      await (await popup).locator('#answer').waitFor()
      if (count > 0) await page.waitForFunction('heard.length > 0')
      assert.equal((await heardBy(page)).length, count)
    }
  })
})
