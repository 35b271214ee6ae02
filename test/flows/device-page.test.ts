/** A person with a real browser, without any script: the code of a device, and a request from afar. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { closeBrowser } from '../support/browser.ts'
import { askBackchannel, CIBA, DEVICE_CODE, pollBackchannel, pollDevice, startDevice } from '../support/deferred.ts'
import { payloadOf } from '../support/hand-app.ts'
import { openWindow, press, shownScopes, signIn } from '../support/person.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'

const PHONE = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }

describe('deciding in a browser', () => {
  let app: RunningApp
  let tv: Registered
  let ada: Account

  before(async () => {
    app = await startApp()
    const grantTypes = [DEVICE_CODE, 'refresh_token']
    tv = await app.register({ type: 'public', name: 'Living-room TV', grantTypes, redirectUris: [] })
    ada = await app.enrol({ username: 'ada' })
  })
  after(async () => {
    await closeBrowser()
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('types the code of a device on a phone, signs in, allows it, and is told to go back (RFC 8628 §3.3)', async t => {
    const { device_code, user_code, verification_uri } = await startDevice(app, tv, { scope: 'openid offline_access' })
    const page = await openWindow(t, PHONE)
    await page.goto(verification_uri)
    const input = page.locator('#user-code')
    assert.equal(await input.getAttribute('autocapitalize'), 'characters')
    // The keyboard is up, and nothing has to be touched first.
    await page.keyboard.type(user_code.toLowerCase().replace('-', ''))
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    await signIn(page, { username: 'ada', password: PASSWORD })
    assert.equal(await page.locator('#user-code').textContent(), user_code)
    assert.match((await page.locator('h1').textContent()) ?? '', /Living-room TV/)
    assert.deepEqual(await shownScopes(page), ['Recognise you when you come back', 'Stay connected while you are away'])
    assert.match((await page.locator('#origin').textContent()) ?? '', /127\.0\.0\.1/)
    await press(page, '#approve')
    assert.match((await page.locator('#outcome').textContent()) ?? '', /return to your device/)
    // The back button leads to what was decided, and to no second decision.
    await page.goBack()
    await page.locator('#outcome').waitFor()
    assert.equal(payloadOf((await pollDevice(app, tv, device_code)).id_token).sub, ada.subject)
  })

  it('finds the code filled in by the QR code, and says no (RFC 8628 §3.3.1)', async t => {
    const { device_code, user_code, verification_uri_complete } = await startDevice(app, tv)
    const page = await openWindow(t, PHONE)
    await page.goto(verification_uri_complete)
    assert.equal(await page.locator('#user-code').inputValue(), user_code)
    await press(page, '#continue')
    await signIn(page, { username: 'ada', password: PASSWORD })
    await press(page, '#deny')
    assert.match((await page.locator('#outcome').textContent()) ?? '', /no access to your account/)
    assert.equal((await pollDevice(app, tv, device_code)).error, 'access_denied')
  })

  it('mistypes, is told so beside the field, and corrects it (RFC 8628 §6.1)', async t => {
    const { user_code } = await startDevice(app, tv)
    const page = await openWindow(t, PHONE)
    await page.goto(`${app.issuer}/device`)
    await page.locator('#user-code').fill('WDJ8')
    await press(page, '#continue')
    assert.match((await page.locator('#problem').textContent()) ?? '', /eight letters/)
    assert.equal(await page.locator('#user-code').getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator('#user-code').inputValue(), 'WDJ8')
    await page.locator('#user-code').fill('BCDF-GHJK')
    await press(page, '#continue')
    assert.match((await page.locator('#problem').textContent()) ?? '', /not right, or it has expired/)
    await page.locator('#user-code').fill(` ${user_code.toLowerCase()} `)
    await press(page, '#continue')
    await page.locator('#password').waitFor()
  })

  it('sees picture, address and code on the screen of the device itself', async t => {
    const { user_code } = await startDevice(app, tv)
    const page = await openWindow(t, { javaScriptEnabled: false })
    await page.goto(`${app.issuer}/device/show?user_code=${user_code}`)
    const box = await page.locator('svg.qr').boundingBox()
    assert.ok(box && box.width >= 200 && Math.abs(box.width - box.height) < 1)
    assert.equal(await page.locator('#user-code').textContent(), user_code)
    assert.equal(await page.locator('#verification-uri').textContent(), `${new URL(app.issuer).host}/device`)
  })

  it('finds a request from afar on the front page, compares the words, and allows it (CIBA Core §8)', async t => {
    const counter = await app.register({ name: 'Bank counter', grantTypes: [CIBA] })
    const { auth_req_id } = await askBackchannel(app, counter, ada, { binding_message: 'Transfer 4711' })
    const page = await openWindow(t, PHONE)
    await page.goto(`${app.issuer}/login`)
    await signIn(page, { username: 'ada', password: PASSWORD })
    assert.match((await page.locator('#approvals').textContent()) ?? '', /Bank counter[\s\S]*Transfer 4711/)
    await press(page, '#approvals a')
    assert.equal(await page.locator('#binding-message').textContent(), 'Transfer 4711')
    await press(page, '#approve')
    assert.match((await page.locator('#outcome').textContent()) ?? '', /has your approval/)
    await press(page, '#home-link')
    assert.equal(await page.locator('#approvals').count(), 0)
    assert.equal(payloadOf((await pollBackchannel(app, counter, auth_req_id)).id_token).sub, ada.subject)
  })
})
