/** Devices and apps that wait while a person decides in a browser. */

import assert from 'node:assert/strict'
import type { Account } from '../../src/core/accounts/account.ts'
import { CIBA, DEVICE_CODE } from '../../src/spec/grant-types.ts'
import { answered, type Fields, postAs, signInAt } from './hand-app.ts'
import { type HandBrowser, type Shown, shown } from './hand-browser.ts'
import type { RunningApp } from './running-app.ts'
import type { Registered } from './seeding.ts'

export { CIBA, DEVICE_CODE }

export interface DeviceAnswer {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
  readonly expires_in: number
  readonly interval: number
}

export async function startDevice(app: RunningApp, by: Registered, fields: Fields = {}): Promise<DeviceAnswer> {
  const response = await postAs(app, by, '/device_authorization', { scope: 'openid', ...fields })
  assert.equal(response.status, 200)
  return (await response.json()) as DeviceAnswer
}

export function pollDevice(app: RunningApp, by: Registered, device_code: string, headers: Fields = {}) {
  return answered(postAs(app, by, '/token', { grant_type: DEVICE_CODE, device_code }, headers))
}

export interface BackchannelAnswer {
  readonly auth_req_id: string
  readonly expires_in: number
  readonly interval?: number
}

export async function askBackchannel(
  app: RunningApp,
  by: Registered,
  account: Account,
  fields: Fields = {},
): Promise<BackchannelAnswer> {
  const asked = { scope: 'openid', login_hint: account.username, ...fields }
  const response = await postAs(app, by, '/backchannel_authentication', asked)
  const body = await response.json()
  assert.equal(response.status, 200, JSON.stringify(body))
  return body as BackchannelAnswer
}

export function pollBackchannel(app: RunningApp, by: Registered, auth_req_id: string) {
  return answered(postAs(app, by, '/token', { grant_type: CIBA, auth_req_id }))
}

/** Types the code, and signs in when that is asked; at the approval page. */
export async function enterCode(browser: HandBrowser, userCode: string, account?: Account): Promise<Shown> {
  const page = await browser.post('/device', { user_code: userCode })
  if (account === undefined) return shown(page, '/approve')
  return shown(await signInAt(browser, shown(page, '/login'), account), '/approve')
}

/** Opens the first request that waits on the front page; at the approval page. */
export async function openWaiting(browser: HandBrowser): Promise<Shown> {
  const home = shown(await browser.open('/'), '/')
  const href = /href="([^"]*\/approve\?request=[0-9a-f]{32})"/.exec(home.html)?.[1]
  assert.ok(href, 'something waits on the front page')
  return shown(await browser.open(href), '/approve')
}

export function decide(browser: HandBrowser, page: Shown, decision: 'approve' | 'deny' | 'other-account') {
  return browser.submit(page, '/approve', { decision })
}
