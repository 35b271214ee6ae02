/** The sign-in page as people meet it: mistakes, languages, hints, stale pages, impatient fingers. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { approve, openWindow, press, signIn } from '../support/person.ts'
import { ADA, createAccount } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

describe('signing in', () => {
  let installation: Installation
  let app: RelyingParty
  let asking: RelyingParty

  before(async () => {
    installation = await createInstallation()
    await installation.start()
    ;[app, asking] = await Promise.all([
      startRelyingParty(installation, { name: 'Notes', clientOptions: ['--consent', 'never'] }),
      startRelyingParty(installation, { name: 'Asking', clientOptions: ['--consent', 'always'] }),
      createAccount(installation, ADA),
    ])
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await asking?.close()
    await installation?.remove()
  })

  it('says that a password is wrong without saying more, keeps the name, and loses nothing of what the app asked', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid email', max_age: '600' }))
    await signIn(page, { username: 'ada', password: 'wrong' })
    const known = await page.locator('#problem').textContent()
    assert.equal(await page.locator('#username').inputValue(), 'ada')
    assert.equal(await page.locator('#password').inputValue(), '')
    await signIn(page, { username: 'nobody', password: 'wrong' })
    assert.equal(await page.locator('#problem').textContent(), known)
    await signIn(page, ADA)
    const { claims, tokens } = await app.signedIn(page)
    assert.equal(tokens.scope, 'openid email')
    assert.ok(claims.auth_time)
  })

  it('takes the e-mail address for the name, in any case', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl())
    await signIn(page, { username: 'ADA@Example.org', password: ADA.password })
    const { tokens, claims } = await app.signedIn(page)
    assert.equal(tokens.token_type, 'bearer')
    assert.ok(claims.sub)
  })

  it('fills in login_hint (OIDC Core §3.1.2.1)', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ login_hint: 'ada@example.org' }))
    assert.equal(await page.locator('#username').inputValue(), 'ada@example.org')
    await page.locator('#password').fill(ADA.password)
    await press(page, '#sign-in')
    await app.signedIn(page)
  })

  it('speaks German when the app asks for it by ui_locales, and when the browser prefers it', async t => {
    const english = await openWindow(t)
    await english.goto(app.startUrl({ ui_locales: 'de-AT en' }))
    assert.equal(await english.locator('html').getAttribute('lang'), 'de')
    assert.equal(await english.locator('#sign-in').textContent(), 'Anmelden')
    const german = await openWindow(t, { locale: 'de-DE' })
    await german.goto(app.startUrl())
    assert.equal(await german.locator('html').getAttribute('lang'), 'de')
    await german.goto(app.startUrl({ ui_locales: 'en' }))
    assert.equal(await german.locator('html').getAttribute('lang'), 'en')
  })

  it('works without any JavaScript', async t => {
    const page = await openWindow(t, { javaScriptEnabled: false })
    await page.goto(asking.startUrl())
    await signIn(page, ADA)
    await approve(page)
    await asking.signedIn(page)
  })

  it('takes two clicks on "Sign in" and on "Allow" for one', async t => {
    const page = await openWindow(t)
    await page.goto(asking.startUrl())
    await page.locator('#username').fill(ADA.username)
    await page.locator('#password').fill(ADA.password)
    await page.locator('#sign-in').dblclick({ noWaitAfter: true })
    await page.locator('#approve').dblclick({ noWaitAfter: true })
    await asking.signedIn(page)
  })

  it('answers a form that arrives twice at once with one code, the same both times', async t => {
    const page = await openWindow(t)
    await page.goto(asking.startUrl())
    await signIn(page, ADA)
    const fields = ['flow', 'csrf'].map(async name => [name, await page.locator(`input[name=${name}]`).inputValue()])
    const form = { ...Object.fromEntries(await Promise.all(fields)), decision: 'approve' }
    const post = () => page.context().request.post(`${installation.issuer}/consent`, { form, maxRedirects: 0 })
    const answers = await Promise.all([post(), post(), post()])
    const answered = new Set<string>()
    for (const answer of answers) {
      assert.equal(answer.status(), 303)
      // Who lost the race is sent to the page again, which gives the answer that the winner got.
      const first = new URL(answer.headers().location ?? '')
      const last =
        first.pathname === '/consent'
          ? new URL((await page.context().request.get(String(first), { maxRedirects: 0 })).headers().location ?? '')
          : first
      answered.add(String(last))
    }
    assert.equal(answered.size, 1, [...answered].join('\n'))
    const [callback = ''] = answered
    assert.equal(new URL(callback).origin, asking.origin)
    await page.goto(callback)
    await asking.signedIn(page)
  })

  it('leads back to the app when the person goes back after all is done', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl())
    await signIn(page, ADA)
    const { visit } = await app.signedIn(page)
    await page.goBack()
    // The app has had its answer to this state; what matters is that the person stands at the app, with a code, and not at an error of ours.
    const again = await app.outcomeOf(page)
    assert.ok(again.kind === 'unexpected')
    assert.equal(again.callback.searchParams.get('state'), visit.state)
    assert.ok(again.callback.searchParams.get('code'))
  })

  it('starts at the request of the app again when the cookie of the flow is gone', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid' }))
    const oldFlow = new URL(page.url()).searchParams.get('flow')
    await page.context().clearCookies()
    await signIn(page, ADA)
    // A flow this young may also mean that the browser keeps no cookies, so the page says so and offers to start again.
    if ((await page.locator('#retry').count()) > 0) await press(page, '#retry')
    assert.notEqual(new URL(page.url()).searchParams.get('flow'), oldFlow)
    assert.match((await page.locator('h1').textContent()) ?? '', /Notes/)
    await signIn(page, ADA)
    const { tokens } = await app.signedIn(page)
    assert.equal(tokens.scope, 'openid')
  })

  for (const keepsCookies of [true, false]) {
    it(`starts at the request of the app again when the page was left open too long, ${keepsCookies ? 'whatever cookies are left' : 'and its cookies are gone too'}`, async t => {
      const page = await openWindow(t)
      await page.goto(app.startUrl({ scope: 'openid email', state: 'of long ago' }))
      const oldFlow = new URL(page.url()).searchParams.get('flow')
      letTwoHoursPass(installation)
      if (!keepsCookies) await page.context().clearCookies()
      await signIn(page, ADA)
      assert.equal(new URL(page.url()).pathname, '/login')
      assert.notEqual(new URL(page.url()).searchParams.get('flow'), oldFlow)
      await signIn(page, ADA)
      const outcome = await app.outcomeOf(page)
      assert.ok(outcome.kind === 'unexpected', 'the state is not one of the app: the test made it')
      assert.equal(outcome.callback.searchParams.get('state'), 'of long ago')
      assert.ok(outcome.callback.searchParams.get('code'))
    })
  }

  it('does not take a form whose token was tampered with, and signs nobody in by it', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl())
    const tamper = (input: { value: string }) => {
      input.value = `${input.value.slice(0, -2)}AA`
    }
    await page.locator('#login input[name=csrf]').evaluate(tamper)
    await signIn(page, ADA)
    await press(page, '#retry')
    await page.locator('#sign-in').waitFor()
    await signIn(page, ADA)
    await app.signedIn(page)
  })

  it('brings state back to the app as it was sent, whatever characters it has (RFC 6749 §4.1.2)', async t => {
    const state = 'a b+c%2F"<ä>&x=1~.-_'
    const page = await openWindow(t)
    await page.goto(app.startUrl({ state }))
    await signIn(page, ADA)
    const outcome = await app.outcomeOf(page)
    assert.ok(outcome.kind === 'unexpected', 'the state is not one of the app: the test made it')
    assert.equal(outcome.callback.searchParams.get('state'), state)
  })
})

/** The clock of a server as a process cannot be turned, so what it has stored becomes older. */
function letTwoHoursPass({ folder }: Installation): void {
  const database = new DatabaseSync(join(folder, 'sallyport.db'))
  const past = 2 * 3_600_000
  database.prepare('UPDATE flow SET created_at = created_at - ?, expires_at = expires_at - ?').run(past, past)
  database.close()
}
