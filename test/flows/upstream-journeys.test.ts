/** People with a real browser who sign in through another provider: for the first time, with an account they have, and again. */

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import type { Mapping } from '../../src/core/upstreams/mapping/mapping.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { closeBrowser } from '../support/browser.ts'
import { authorizePath, exchange, payloadOf } from '../support/hand-app.ts'
import { linkIn, type MailServer, startMailServer } from '../support/mail-server.ts'
import { openWindow, press, signIn } from '../support/person.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'
import { type OidcUpstream, startOidcUpstream } from '../support/upstreams/oidc-upstream.ts'

const SECRET = 'the secret of this server at the other'

/** An app's redirect URI. */
async function startWebApp(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>the app</title>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const person = (name: string, more: object = {}) => ({
  name: `${name} of the other side`,
  preferred_username: name,
  email: `${name}@upstream.example`,
  email_verified: true,
  groups: ['analysts', 'staff'],
  ...more,
})

/** What the other provider says of its people; a test may change it between two sign-ins. */
const people: Record<string, Record<string, unknown>> = {
  ada: person('ada'),
  grace: person('grace'),
  joan: person('joan'),
  mary: person('mary'),
  ruth: person('ruth'),
}

const STAFF: Mapping = { kind: 'group', group: 'analysts', claims: { groups: 'analysts' } }

describe('signing in through another provider, in a browser', () => {
  let mail: MailServer
  let app: RunningApp
  let web: Awaited<ReturnType<typeof startWebApp>>
  let idp: OidcUpstream
  let by: Registered
  let upstream: Upstream

  before(async () => {
    ;[mail, web] = await Promise.all([startMailServer(), startWebApp()])
    app = await startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1', ...mail.environment } })
    idp = await startOidcUpstream({
      people,
      clients: [
        {
          client_id: 'sallyport',
          client_secret: SECRET,
          redirect_uris: [`${app.issuer}/broker/idp/endpoint`],
        },
      ],
    })
    const settings = { alias: 'idp', displayName: 'The other side', syncMode: 'force' as const, mappings: [STAFF] }
    const behaviour = {
      acceptsPromptNone: true,
      persistParameters: ['ui_theme'],
      scopes: ['openid', 'profile', 'email', 'groups'],
    }
    upstream = await app.addUpstream({ ...settings, ...behaviour, ...idp.whereItIs }, SECRET)
    by = await app.register({ redirectUris: [`${web.origin}/callback`] })
    const { groups, commit } = app.house.repositories
    await commit([groups.ensure({ name: 'analysts', createdAt: new Date() })])
  })
  after(async () => {
    await closeBrowser()
    await Promise.all([app.close(), idp.close(), web.close(), mail.close()])
    assert.deepEqual(app.failures, [])
  })

  const asked = (changes: Readonly<Record<string, string>> = {}): string =>
    `${app.issuer}${authorizePath(by.client, { scope: 'openid profile email groups', ...changes })}`

  /** Through the button of the sign-in page, as somebody over there. */
  async function goThere(page: Page, name: string): Promise<void> {
    await press(page, '#upstream-idp')
    await signInThere(page, name)
  }
  async function signInThere(page: Page, name: string): Promise<void> {
    await page.locator('input[name=login]').fill(name)
    await press(page, 'button')
  }
  /** What the app knows after it has exchanged its code. */
  async function claimsAtApp(page: Page): Promise<Record<string, unknown>> {
    assert.equal(page.url().split('?')[0], `${web.origin}/callback`, page.url())
    const answer = new URL(page.url()).searchParams
    assert.equal(answer.get('state'), 'a state')
    const tokens = await exchange(app, by, answer.get('code') ?? '')
    const userinfo = await fetch(`${app.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    return { ...payloadOf(tokens.id_token), ...((await userinfo.json()) as object) }
  }
  const window = (t: TestContext): Promise<Page> => openWindow(t, { viewport: { width: 390, height: 844 } })

  it('makes an account at the first sign-in, and knows it at the next', async t => {
    const page = await window(t)
    await page.goto(asked())
    assert.match((await page.locator('#upstream-idp').textContent()) ?? '', /The other side/)
    await goThere(page, 'ada')
    const first = await claimsAtApp(page)
    assert.equal(first.preferred_username, 'ada')
    assert.equal(first.email, 'ada@upstream.example')
    assert.equal(first.email_verified, false, 'nobody said that this provider is trusted with addresses')
    assert.deepEqual(first.groups, ['analysts'])
    const again = await window(t)
    await again.goto(asked())
    await goThere(again, 'ada')
    assert.equal((await claimsAtApp(again)).sub, first.sub)
  })

  it('takes a group away that the other provider took away (sync_mode force)', async t => {
    people.ada = person('ada', { groups: ['staff'], name: 'Ada King' })
    const page = await window(t)
    await page.goto(asked())
    await goThere(page, 'ada')
    const claims = await claimsAtApp(page)
    assert.deepEqual(claims.groups ?? [], [])
    assert.equal(claims.name, 'Ada King')
  })

  it('links an account that is there by a mail to its own address, in the browser where it began', async t => {
    const grace = await app.enrol({ username: 'grace', email: 'grace@example.org', emailVerified: true })
    const page = await window(t)
    await page.goto(asked())
    await goThere(page, 'grace')
    await press(page, '#choose-mail')
    const letter = await mail.next('grace@example.org')
    assert.match(letter.text, /The other side/)
    // Somebody else's browser, where nothing began.
    const elsewhere = await window(t)
    await elsewhere.goto(linkIn(letter))
    assert.equal(await elsewhere.locator('#confirm-link').count(), 0)
    assert.deepEqual(await app.house.repositories.identities.listOfAccount(grace.id), [])
    await page.goto(linkIn(letter))
    await press(page, '#confirm-link')
    assert.equal((await claimsAtApp(page)).sub, grace.subject)
    const [identity] = await app.house.repositories.identities.listOfAccount(grace.id)
    assert.equal(identity?.subject, 'grace')
    // Once.
    await page.goto(linkIn(letter))
    assert.equal(await page.locator('#confirm-link').count(), 0)
  })

  it('links an account that is there by signing in to it, and to no other', async t => {
    const joan = await app.enrol({ username: 'joan', email: 'joan@upstream.example' })
    await app.enrol({ username: 'eve', email: 'eve@example.org' })
    const page = await window(t)
    await page.goto(asked())
    await goThere(page, 'joan')
    await press(page, '#choose-sign-in')
    await signIn(page, { username: 'eve', password: PASSWORD })
    assert.deepEqual(await app.house.repositories.identities.find(upstream.uid, 'joan'), undefined)
    await page.goto(asked())
    // Still signed in over there.
    await press(page, '#upstream-idp')
    await press(page, '#choose-sign-in')
    await signIn(page, { username: 'joan', password: PASSWORD })
    assert.equal((await claimsAtApp(page)).sub, joan.subject)
    assert.equal((await app.house.repositories.identities.find(upstream.uid, 'joan'))?.accountId, joan.id)
  })

  it('asks the other provider without a page (prompt=none), and tells the app what came of it (OIDC Core §3.1.2.6)', async t => {
    const page = await window(t)
    const silent = asked({ prompt: 'none', idp_hint: 'idp' })
    await page.goto(silent)
    assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required')
    // Signed in over there by now, and not here; an account would have to be made, which needs no page.
    await page.goto(
      `${idp.issuer}/auth?${new URLSearchParams({ client_id: 'sallyport', response_type: 'code', scope: 'openid profile email groups', redirect_uri: `${app.issuer}/broker/idp/endpoint`, code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' })}`,
    )
    await signInThere(page, 'mary')
    await page.goto(silent)
    const claims = await claimsAtApp(page)
    assert.equal(claims.preferred_username, 'mary')
    await page.goto(asked({ prompt: 'none' }))
    assert.equal((await claimsAtApp(page)).sub, claims.sub, 'signed in here now')
  })

  it('takes the listed parameters of a sign-in link along, and no others (persist_parameters)', async t => {
    const page = await window(t)
    const there = page.waitForRequest(request => request.url().startsWith(`${idp.issuer}/auth`))
    await page.goto(`${app.issuer}/broker/idp/login?ui_theme=dark&other=1`)
    const sent = new URL((await there).url()).searchParams
    assert.equal(sent.get('ui_theme'), 'dark')
    assert.equal(sent.has('other'), false)
    assert.equal(sent.get('client_id'), 'sallyport')
    await signInThere(page, 'ruth')
    assert.equal(page.url(), `${app.issuer}/`)
    assert.match((await page.locator('h1').textContent()) ?? '', /ruth of the other side/)
  })
})
