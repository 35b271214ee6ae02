/** A person with a real browser signs in through an upstream on another site: cookies, forms and tabs as browsers have them. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import type { Account } from '../../src/core/accounts/account.ts'
import { closeBrowser } from '../support/browser.ts'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'
import { authorizePath } from '../support/hand-app.ts'
import { openWindow, press, signIn } from '../support/person.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('signing in through an upstream, in a browser', () => {
  let pair: UpstreamPair
  /** Where the app's answers go. */
  let site: DocumentServer
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair({ SALLYPORT_BROKER_DEFAULT: 'corp' })
    site = await startDocumentServer()
    by = await pair.app.register({ redirectUris: [`${site.origin}/callback`] })
    ada = await pair.idp.enrol({ username: 'ada', email: 'ada@corp.example', emailVerified: true })
    const changes = { displayName: 'Example Corporation', acceptsPromptNone: true, persistParameters: ['hd'] } as const
    await pair.addUpstream('corp', { ...changes, emailDomains: ['corp.example'], passLoginHint: true })
    await pair.addUpstream('form', { responseMode: 'form_post', hideOnLogin: true })
  })
  after(async () => {
    await closeBrowser()
    await pair.close()
    await site.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const here = (path: string): string => `${pair.app.issuer}${path}`
  const answerAt = async (page: Page): Promise<URLSearchParams> => {
    await page.waitForURL(url => url.origin === site.origin)
    return new URL(page.url()).searchParams
  }
  const atUpstream = (page: Page) => page.waitForURL(url => url.origin === pair.idp.issuer)
  const signInThere = async (page: Page): Promise<void> => {
    await atUpstream(page)
    await signIn(page, { username: ada.username, password: PASSWORD })
  }

  it('keeps the parameters of a link, and comes home to our own pages', async t => {
    const page = await openWindow(t)
    const asked = page.waitForRequest(request => request.url().startsWith(`${pair.idp.issuer}/authorize?`))
    await page.goto(here('/broker/corp/login?hd=corp.example&redirect_uri=https%3A%2F%2Fevil.example'))
    const params = new URL((await asked).url()).searchParams
    assert.deepEqual([params.get('hd'), params.get('redirect_uri')], ['corp.example', here('/broker/corp/endpoint')])
    await signInThere(page)
    await page.locator('#sign-out-button').waitFor()
    assert.equal(page.url(), here('/'))
  })

  it('comes home with a form of another site, which brings no cookies (Form Post Response Mode §2)', async t => {
    const page = await openWindow(t)
    await page.goto(here(authorizePath(by.client, { idp_hint: 'form', state: 'by form' })))
    await atUpstream(page)
    const bea = await pair.idp.enrol({ username: 'bea', email: 'bea@corp.example', emailVerified: true })
    await signIn(page, { username: bea.username, password: PASSWORD })
    const answer = await answerAt(page)
    assert.equal(answer.get('state'), 'by form')
    assert.ok(answer.get('code'))
  })

  it('chooses by button and by address on the page with all ways, without any script', async t => {
    const page = await openWindow(t, { javaScriptEnabled: false })
    await page.goto(here('/'))
    await press(page, '#other-ways')
    assert.match((await page.locator('#upstream-corp').textContent()) ?? '', /Continue with Example Corporation/)
    await page.locator('#username').fill('ada@corp.example')
    await page.locator('#sign-in').click()
    await atUpstream(page)
    assert.equal(await page.locator('#username').inputValue(), 'ada@corp.example')
    await page.goto(here('/login?choose=yes'))
    await page.locator('#upstream-corp').click()
    await atUpstream(page)
  })

  it('answers prompt=none as the upstream does (OIDC Core §3.1.2.1)', async t => {
    const page = await openWindow(t)
    const silent = here(authorizePath(by.client, { prompt: 'none', state: 'silent' }))
    await page.goto(silent)
    assert.equal((await answerAt(page)).get('error'), 'login_required')
    await page.goto(`${pair.idp.issuer}/login`)
    await signIn(page, { username: ada.username, password: PASSWORD })
    await page.goto(silent)
    const answer = await answerAt(page)
    assert.deepEqual([answer.get('error'), answer.get('state')], [null, 'silent'])
    assert.ok(answer.get('code'))
  })

  it('finishes many tabs, each with its own request', async t => {
    const first = await openWindow(t)
    const tabs = [first]
    while (tabs.length < 4) tabs.push(await first.context().newPage())
    await Promise.all(
      tabs.map(async (tab, index) => {
        await tab.goto(here(authorizePath(by.client, { state: `tab ${index}` })))
        await atUpstream(tab)
      }),
    )
    for (const [index, tab] of tabs.entries()) {
      await signIn(tab, { username: ada.username, password: PASSWORD })
      const answer = await answerAt(tab)
      assert.equal(answer.get('state'), `tab ${index}`)
      assert.ok(answer.get('code'))
    }
  })

  it('goes forward again, with the answer that was given, when the person goes back to where they came home', async t => {
    const page = await openWindow(t)
    const home = page.waitForRequest(request => request.url().startsWith(here('/broker/corp/endpoint?')))
    await page.goto(here(authorizePath(by.client, { state: 'there and back' })))
    await signInThere(page)
    const first = await answerAt(page)
    await page.goto((await home).url())
    assert.deepEqual([...(await answerAt(page))], [...first])
  })
})
