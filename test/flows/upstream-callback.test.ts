/** What comes to the redirect URI at an upstream: counted once, in the browser that was sent away, for the upstream that was asked. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { authorizePath, signInAt } from '../support/hand-app.ts'
import { type SentAway, sentAway, shown } from '../support/hand-browser.ts'
import { SESSION_COOKIE } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { codeOn, type PairBrowser, startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('the answer of an upstream', () => {
  let pair: UpstreamPair
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair()
    by = await pair.app.register()
    ada = await pair.idp.enrol({ username: 'ada', email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('corp', { displayName: 'Example Corporation' })
    await pair.addUpstream('other')
    await pair.addUpstream('switched-off')
    await pair.addUpstream('form', { responseMode: 'form_post' })
    await pair.addUpstream('wrong-secret', {}, 'not the secret that the upstream knows')
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const begin = (browser: PairBrowser, alias = 'corp', state = 'of the app') =>
    browser.leave(authorizePath(by.client, { state, idp_hint: alias }))
  /** Signed in at the upstream; the answer is on its way and has not arrived. */
  const answerOf = async (browser: PairBrowser, away: SentAway): Promise<string> => {
    const page = await browser.there.open(away.location)
    return sentAway(page.kind === 'page' ? await signInAt(browser.there, page, ada) : page).location
  }
  const problem = (away: SentAway, error: string, alias = 'corp') =>
    `/broker/${alias}/endpoint?${new URLSearchParams({ error, iss: pair.idp.issuer, state: away.params.get('state') ?? '' })}`

  it('counts once: reloaded or reached by the back button, it gives the answer that was given', async () => {
    const browser = await pair.browser()
    const answer = await answerOf(browser, await begin(browser))
    const first = sentAway(await browser.here.open(answer))
    const again = sentAway(await browser.here.open(answer))
    assert.equal(again.location, first.location)
    assert.ok(first.params.get('code'))
  })

  it('counts once also when it comes twice at the same moment', async () => {
    const browser = await pair.browser()
    const answer = await answerOf(browser, await begin(browser))
    const [one, two] = await Promise.all([browser.here.open(answer), browser.here.open(answer)])
    assert.equal(sentAway(one).params.get('code'), sentAway(two).params.get('code'))
  })

  it('is refused in another browser, and still there for the one that was sent away (RFC 9700 §4.7)', async () => {
    const [mine, theirs] = [await pair.browser(), await pair.browser()]
    const answer = await answerOf(mine, await begin(mine))
    const refused = shown(await theirs.here.open(answer))
    assert.equal(refused.status, 400)
    assert.equal(theirs.here.cookies.has(SESSION_COOKIE), false)
    const explained = await pair.why(codeOn(refused))
    assert.match(explained.failed?.rule ?? '', /^RFC 9700 §4\.7/)
    assert.ok(explained.remedy)
    assert.ok(sentAway(await mine.here.open(answer)).params.get('code'))
  })

  it('is refused in a browser with a sign-in of its own under way (RFC 6749 §10.12)', async () => {
    const [attacker, victim] = [await pair.browser(), await pair.browser()]
    const answer = await answerOf(attacker, await begin(attacker))
    await begin(victim)
    shown(await victim.here.open(answer))
    assert.equal(victim.here.cookies.has(SESSION_COOKIE), false)
  })

  it('is refused at the redirect URI of another upstream (RFC 9700 §4.4.2.2)', async () => {
    const browser = await pair.browser()
    const answer = new URL(await answerOf(browser, await begin(browser)))
    const refused = shown(await browser.here.open(`/broker/other/endpoint${answer.search}`))
    assert.equal(refused.status, 400)
    assert.match((await pair.why(codeOn(refused))).failed?.rule ?? '', /^RFC 9700 §4\.4\.2\.2/)
    assert.ok(sentAway(await browser.here.open(answer.href)).params.get('code'), 'its own still counts')
  })

  const forged: readonly [what: string, query: string][] = [
    ['without a state', 'code=x'],
    ['with a state that is not ours', 'code=x&state=xyz'],
    ['with two states', 'code=x&state=a&state=b'],
    ['with nothing', ''],
  ]
  for (const [what, query] of forged) {
    it(`is refused ${what} (RFC 6749 §10.12)`, async () => {
      const page = shown(await (await pair.browser()).open(`/broker/corp/endpoint?${query}`))
      assert.equal(page.status, 400)
      const explained = await pair.why(codeOn(page))
      assert.match(explained.failed?.rule ?? '', /^RFC 6749 §10\.12 state/)
      assert.ok(explained.remedy)
    })
  }

  it('is refused with the state of a nonce, and with more than 8000 characters', async () => {
    const browser = await pair.browser()
    const away = await begin(browser)
    const nonce = away.params.get('nonce') ?? ''
    assert.equal(shown(await browser.here.open(`/broker/corp/endpoint?code=x&state=${nonce}`)).status, 400)
    assert.equal(shown(await browser.here.open(`/broker/corp/endpoint?code=${'x'.repeat(8000)}`)).status, 400)
    const posted = { code: 'x'.repeat(8000), state: away.params.get('state') ?? '' }
    assert.equal(shown(await browser.here.post('/broker/corp/endpoint', posted)).status, 400)
  })

  it('comes as a form, too, and counts in the browser that has the cookie (Form Post Response Mode §2)', async () => {
    const browser = await pair.browser()
    const away = await begin(browser, 'form')
    assert.equal(away.params.get('response_mode'), 'form_post')
    const query = away.location.replace('response_mode=form_post', 'response_mode=query')
    const page = await browser.there.open(query)
    const bea = await pair.idp.enrol({ username: 'bea', email: 'bea@corp.example', emailVerified: true })
    const answer = sentAway(await signInAt(browser.there, page, bea))
    // Another site posts it, so the cookies stay at home.
    const posted = await fetch(`${pair.app.issuer}/broker/form/endpoint`, {
      method: 'POST',
      body: answer.params,
      redirect: 'manual',
    })
    assert.equal(posted.status, 303)
    const next = posted.headers.get('location') ?? ''
    assert.ok(sentAway(await browser.here.open(next)).params.get('code'))
  })

  describe('that says no', () => {
    it('leads back to the sign-in page when the person broke off (RFC 6749 §4.1.2.1 access_denied)', async () => {
      const browser = await pair.browser()
      const away = await begin(browser)
      const page = shown(await browser.here.open(problem(away, 'access_denied')), '/login')
      assert.match(page.html, /You did not sign in through Example Corporation/)
      const local = await pair.app.enrol()
      const landing = sentAway(await signInAt(browser.here, page, local))
      assert.equal(landing.params.get('state'), 'of the app')
    })

    it('shows our page with a code that explains it, and the way to the others', async () => {
      const browser = await pair.browser()
      const away = await begin(browser)
      const page = shown(await browser.here.open(problem(away, 'temporarily_unavailable')))
      assert.match(page.html, /Signing in through Example Corporation did not work/)
      const explained = await pair.why(codeOn(page))
      assert.equal(explained.failed?.facts.upstream, 'corp')
      assert.equal(explained.failed?.facts.upstream_error, 'temporarily_unavailable')
      const retry = /id="retry" href="([^"]*)"/.exec(page.html)?.[1] ?? ''
      shown(await browser.here.open(retry), '/login')
      shown(await browser.here.open(problem(away, 'temporarily_unavailable')), '/login')
    })

    it('can be tried again the same way, and the app gets its answer', async () => {
      const browser = await pair.browser()
      const page = shown(await browser.here.open(problem(await begin(browser), 'temporarily_unavailable')))
      const again = /id="again" href="([^"]*)"/.exec(page.html)?.[1] ?? ''
      const landing = sentAway(await browser.open(again, await pair.idp.enrol()))
      assert.equal(landing.params.get('state'), 'of the app')
    })

    it('never shows what it says to the person, nor lets it become markup', async () => {
      const browser = await pair.browser()
      const away = await begin(browser)
      const text = '<script>alert(1)</script>'
      const page = shown(
        await browser.here.open(`${problem(away, text)}&error_description=${encodeURIComponent(text)}`),
      )
      assert.doesNotMatch(page.html, /alert\(1\)/)
    })

    it('is a refusal with the flow’s code when the upstream does not take our secret', async () => {
      const browser = await pair.browser()
      const answer = await answerOf(browser, await begin(browser, 'wrong-secret'))
      const page = shown(await browser.here.open(answer))
      assert.match(page.html, /did not work/)
      const explained = await pair.why(codeOn(page))
      assert.equal(explained.failed?.facts.upstream, 'wrong-secret')
      assert.equal(explained.refusals, 1, 'told once')
    })
  })

  it('is refused when the upstream was switched off meanwhile, and the way to the others is there', async () => {
    const browser = await pair.browser()
    const answer = await answerOf(browser, await begin(browser, 'switched-off'))
    const { upstreams, commit } = pair.app.house.repositories
    const stored = await upstreams.findByAlias('switched-off')
    assert.ok(stored)
    await commit([upstreams.replace({ ...stored, enabled: false }, stored)])
    // Nodes trust what they know of upstreams for a moment.
    const url = `${pair.app.issuer}/broker/switched-off/login`
    while ((await fetch(url, { redirect: 'manual' })).status !== 404);
    const refused = shown(await browser.here.open(answer))
    assert.match(refused.html, /Other ways to sign in/)
    const explained = await pair.why(codeOn(refused))
    assert.equal(explained.failed?.rule, 'the upstream exists and is enabled')
    assert.match(explained.remedy?.commands[0] ?? '', /upstream edit switched-off --set enabled=true/)
  })

  it('is too late after a quarter of an hour, and says so', async () => {
    const browser = await pair.browser()
    const away = await begin(browser)
    const answer = await answerOf(browser, away)
    const { attempts, commit } = pair.app.house.repositories
    const bytes = pair.app.keys.handles.open('upstream-state', away.params.get('state') ?? '')
    const attempt = await attempts.find((bytes?.toString('hex') ?? '') as Parameters<typeof attempts.find>[0])
    assert.ok(attempt)
    assert.equal(attempt.expiresAt.getTime() - attempt.createdAt.getTime(), 15 * 60 * 1000)
    await commit([attempts.advance({ ...attempt, expiresAt: attempt.createdAt }, 'started')])
    const page = shown(await browser.here.open(answer))
    assert.match((await pair.why(codeOn(page))).failed?.rule ?? '', /within 15 minutes/)
  })
})
