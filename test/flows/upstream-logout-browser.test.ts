/** Front-channel logout in a real browser: a frame on a listed page signs out, a frame on any other page is blocked. */

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Session } from '../../src/core/sessions/session.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { closeBrowser, sharedBrowser } from '../support/browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import { hasEnded, signedInThrough } from '../support/upstream-sign-in.ts'

const ISSUER = 'https://idp.example'

/** Its page frames what the query says. */
async function startPortal(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://portal.example')
    const source = (searchParams.get('source') ?? 'about:blank').replaceAll('&', '&amp;')
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(`<!doctype html><title>portal</title><iframe src="${source}"
referrerpolicy="${searchParams.get('policy') ?? ''}"></iframe>`)
  })
  await new Promise<void>(resolve => server.listen(0, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describe('the logout URL in a frame (OIDC Front-Channel Logout §2, §3), in a browser', () => {
  let app: RunningApp
  let portal: Awaited<ReturnType<typeof startPortal>>
  let ada: Account
  let upstream: Upstream

  before(async () => {
    ;[app, portal] = await Promise.all([startApp(), startPortal()])
    ada = await app.enrol()
    upstream = await app.addUpstream({
      issuer: ISSUER,
      frontchannelLogout: true,
      frontchannelLogoutFrameAncestors: [`http://localhost:${portal.port}`],
    })
  })
  after(async () => {
    await closeBrowser()
    await Promise.all([app.close(), portal.close()])
    assert.deepEqual(app.failures, [])
  })

  let sids = 0
  /** Somebody whose browser is signed in, and at the portal under one of its names. */
  async function atPortal(context: TestContext, host: 'localhost' | '127.0.0.1') {
    sids += 1
    const sid = `sid-${sids}`
    const { session, cookie } = await signedInThrough(app, ada, { upstream, sid })
    const browser = await (await sharedBrowser()).newContext()
    context.after(() => browser.close())
    await browser.addCookies([
      { name: SESSION_COOKIE, value: cookie, url: app.issuer, httpOnly: true, sameSite: 'Lax' as const },
    ])
    const page = await browser.newPage()
    return { page, origin: `http://${host}:${portal.port}`, session, sid, browser }
  }
  const logoutUrl = (sid?: string): string =>
    `${app.issuer}/broker/${upstream.alias}/logout${sid === undefined ? '' : `?${new URLSearchParams({ iss: ISSUER, sid })}`}`

  /** Whether the frame shows what it asked for; a refused one shows an error of the browser's own. */
  async function frames(
    { page, origin }: { readonly page: Page; readonly origin: string },
    source: string,
    policy = '',
  ): Promise<'shown' | 'blocked'> {
    const answered = page.waitForResponse(source)
    await page.goto(`${origin}/?${new URLSearchParams({ source, policy })}`)
    await answered
    return page.frames().some(frame => frame.url() === source) ? 'shown' : 'blocked'
  }
  const ended = (session: Session): Promise<boolean> => hasEnded(app, session)

  it('signs out on a listed page of another site, which brings no cookie: by iss and sid', async context => {
    const there = await atPortal(context, 'localhost')
    const url = logoutUrl(there.sid)
    const asked = there.page.waitForRequest(url)
    assert.equal(await frames(there, url), 'shown')
    assert.equal((await (await asked).allHeaders()).cookie, undefined)
    assert.equal(await ended(there.session), true)
  })

  it('ends nothing without iss and sid there: the frame does not know whose browser it is', async context => {
    const there = await atPortal(context, 'localhost')
    assert.equal(await frames(there, logoutUrl()), 'shown')
    assert.equal(await ended(there.session), false)
  })

  it('is blocked on a page that is not listed, and signs nobody out', async context => {
    const there = await atPortal(context, '127.0.0.1')
    assert.equal(await frames(there, logoutUrl()), 'blocked')
    assert.equal(await ended(there.session), false, 'not by the cookie, which comes along on the same site')
    assert.equal(await frames(there, logoutUrl(there.sid)), 'blocked')
    assert.equal(await ended(there.session), false)
  })

  it('is blocked as well on a page that hides who it is', async context => {
    const there = await atPortal(context, '127.0.0.1')
    assert.equal(await frames(there, logoutUrl(), 'no-referrer'), 'blocked')
    assert.equal(await ended(there.session), false, 'and its frame signs nobody out')
  })

  it('signs out a person who is sent there, and the cookie is gone', async context => {
    const { page, session, browser } = await atPortal(context, 'localhost')
    await page.goto(logoutUrl())
    assert.equal(page.url(), `${app.issuer}/signed-out`)
    assert.equal(await ended(session), true)
    const names = (await browser.cookies(app.issuer)).map(({ name }) => name)
    assert.ok(!names.includes(SESSION_COOKIE))
  })
})
