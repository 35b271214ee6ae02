/** What a sign-in in progress keeps of an id_token_hint (OIDC Core §3.1.2.1): whom it names, and nothing else that the ID token says. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseId } from '../../src/lib/id.ts'
import { authorizePath, signInAt, tokensFor } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

describe('an id_token_hint and a sign-in that starts again', () => {
  let app: RunningApp

  before(async () => {
    app = await startApp()
  })
  after(async () => {
    await app?.close()
    assert.deepEqual(app.failures, [])
  })

  it('keeps the person that was asked for, but not the ID token (OIDC Core §3.1.2.1)', async () => {
    const by = await app.register()
    const [ada, bob] = [await app.enrol(), await app.enrol()]
    const { id_token } = await tokensFor(app, await app.browser(ada), by)
    const browser = await app.browser()
    const first = shown(await browser.open(authorizePath(by.client, { id_token_hint: id_token })), '/login')
    const flowId = parseId<'flow'>(first.url.searchParams.get('flow') ?? '')
    const flow = flowId && (await app.house.repositories.flows.find(flowId))
    assert.ok(flow)
    const stored = JSON.stringify(flow)
    assert.ok(stored.includes(ada.subject) && !stored.includes(id_token.split('.')[1] ?? ''), 'no claims are stored')

    // The flow's cookie is lost: the person starts again at the app's own request.
    browser.cookies.clear()
    const stale = shown(await browser.open(first.url.href))
    const again = /href="([^"]*\/authorize\?[^"]*)"/.exec(stale.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const asBob = await signInAt(browser, shown(await browser.open(again), '/login'), bob)
    assert.equal(sentAway(asBob).params.get('error'), 'login_required')
    const other = await app.browser()
    const asAda = await signInAt(other, shown(await other.open(again), '/login'), ada)
    assert.ok(sentAway(asAda).params.get('code'))
  })
})
