/** The brake on guessing, over HTTP: an address waits, an account is answered late, whoever is trusted is not slowed down. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { parseId } from '../../src/lib/id.ts'
import { authorizePath, signInAt } from '../support/hand-app.ts'
import { formPost, type HandBrowser, hiddenFields, type Shown, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'

/** More failures than an address may have before it waits (`ADDRESS_RULE`). */
const MANY = 22

describe('the brake on guessing passwords', () => {
  let app: RunningApp
  let by: Registered

  before(async () => {
    const trusted = '192.0.2.66/32'
    app = await startApp({
      environment: { SALLYPORT_PROXIES_TRUSTED: '127.0.0.1/32', SALLYPORT_THROTTLING_TRUSTED_ADDRESSES: trusted },
    })
    by = await app.register()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  /** As a trusted proxy passes it on. */
  function from(browser: HandBrowser, address: string): HandBrowser {
    const send: HandBrowser['send'] = (path, init = {}) =>
      browser.send(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': address } })
    return { ...browser, send }
  }

  async function guess(browser: HandBrowser, page: Shown, username: string, password = 'wrong'): Promise<Response> {
    return browser.send('/login', formPost({ ...hiddenFields(page), username, password }))
  }

  async function loginPage(browser: HandBrowser): Promise<Shown> {
    return shown(await browser.open(authorizePath(by.client)), '/login')
  }

  it('makes an address wait that failed too often, says how long, and checks no password meanwhile (RFC 6585 §4)', async () => {
    const ada = await app.enrol()
    const attacker = from(await app.browser(), '198.51.100.7')
    const page = await loginPage(attacker)
    const answers: Response[] = []
    for (let count = 0; count < MANY; count++) answers.push(await guess(attacker, page, `nobody-${count}`))
    assert.equal(answers[0]?.status, 200, 'the form again')
    const last = answers.at(-1)
    assert.equal(last?.status, 429)
    const seconds = Number(last?.headers.get('retry-after'))
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 120, `Retry-After: ${seconds}`)
    const right = await guess(attacker, page, ada.username, PASSWORD)
    assert.equal(right.status, 429, 'not even the right one')
    // Elsewhere the owner signs in as ever.
    const owner = from(await app.browser(), '203.0.113.9')
    const own = await owner.send('/login', formPost({ ...hiddenFields(await loginPage(owner)), ...credentials(ada) }))
    assert.equal(own.status, 303)
  })

  it('counts an address only when a proxy that is trusted names it', async () => {
    // 198.51.100.7 is the one that waits; a visitor cannot borrow another's address by writing it first in the list.
    const spoofed = from(await app.browser(), '203.0.113.50, 198.51.100.7')
    assert.equal((await guess(spoofed, await loginPage(spoofed), 'nobody')).status, 429)
  })

  it('answers late for an account under attack from many addresses, and still lets its owner in', async () => {
    const bob = await app.enrol()
    let last: Shown | undefined
    for (let count = 0; count < 7; count++) {
      const attacker = from(await app.browser(), `198.18.0.${count}`)
      last = await loginPage(attacker)
      assert.equal((await guess(attacker, last, bob.username)).status, 200)
    }
    // Five are free, the sixth may be when the first has leaked away a little, the seventh waits.
    const flow = await app.house.repositories.flows.find(
      parseId(last?.url.searchParams.get('flow') ?? '') ?? assert.fail(),
    )
    const { delayed_ms: delayedMs } = flow?.trace.at(-1)?.facts ?? {}
    assert.ok(Number(delayedMs) >= 250, `delayed_ms: ${delayedMs}`)
    const owner = from(await app.browser(), '203.0.113.10')
    const away = await owner.send('/login', formPost({ ...hiddenFields(await loginPage(owner)), ...credentials(bob) }))
    assert.equal(away.status, 303)
  })

  it('never slows down an address that is trusted (throttling.trusted_addresses)', async () => {
    const gateway = from(await app.browser(), '192.0.2.66')
    const page = await loginPage(gateway)
    for (let count = 0; count < MANY; count++) assert.equal((await guess(gateway, page, 'nobody')).status, 200)
  })

  it('leaves a browser alone that has signed in to the account before, whatever others do', async () => {
    const carol = await app.enrol()
    const known = await app.browser()
    sentAway(await signInAt(known, await loginPage(known), carol))
    known.cookies.delete('sallyport-session')
    const attacker = from(await app.browser(), '198.51.100.8')
    const page = await loginPage(attacker)
    for (let count = 0; count < MANY; count++) await guess(attacker, page, `nobody-${count}`)
    const there = from(known, '198.51.100.8')
    const response = await guess(there, await loginPage(there), carol.username, PASSWORD)
    assert.equal(response.status, 303)
  })

  function credentials({ username }: Account): { username: string; password: string } {
    return { username, password: PASSWORD }
  }
})

describe('the brake on guessing passwords, switched off', () => {
  it('slows nobody down (throttling.enabled=false)', async t => {
    const app = await startApp({ environment: { SALLYPORT_THROTTLING_ENABLED: 'false' } })
    t.after(() => app.close())
    const by = await app.register()
    const browser = await app.browser()
    const page = shown(await browser.open(authorizePath(by.client)), '/login')
    for (let count = 0; count < MANY; count++) {
      const fields = { ...hiddenFields(page), username: 'nobody', password: 'wrong' }
      assert.equal((await browser.send('/login', formPost(fields))).status, 200)
    }
  })
})
