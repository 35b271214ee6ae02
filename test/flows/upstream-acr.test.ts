/** How strong a sign-in through an upstream is, and what it lets apps ask for (OIDC Core §5.5.1.1, RFC 9470). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { authorizePath, exchange, payloadOf, signInAt } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

const LEVELS = [
  { value: 'password', requires: ['pwd'] },
  { value: 'key', requires: ['hwk'] },
]

describe('a class of sign-ins that only an upstream reaches', () => {
  let pair: UpstreamPair
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair({
      SALLYPORT_AUTHENTICATION_ACR_VALUES: JSON.stringify(LEVELS),
      SALLYPORT_BROKER_DEFAULT: 'weak',
    })
    by = await pair.app.register()
    ada = await pair.idp.enrol({ email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('strong', { amr: ['hwk'] })
    await pair.addUpstream('weak')
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const essential = (...values: string[]) => ({
    claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
  })

  it('is no reason to refuse the app: the page is shown, and not the default that does not reach it (OIDC Core §5.5.1.1)', async () => {
    const browser = await pair.browser()
    const page = shown(await browser.here.open(authorizePath(by.client, essential('key'))), '/login')
    const landing = sentAway(await browser.open(`/broker/strong/login${page.url.search}`, ada))
    const tokens = await exchange(pair.app, by, landing.params.get('code') ?? assert.fail(landing.location))
    assert.equal(payloadOf(tokens.id_token).acr, 'key')
    const unknown = sentAway(await (await pair.browser()).open(authorizePath(by.client, essential('gold'))))
    assert.equal(unknown.params.get('error'), 'unmet_authentication_requirements')
  })

  it('is not reached by a password instead (OIDC Core §5.5.1.1)', async () => {
    const browser = await pair.browser()
    const local = await pair.app.enrol()
    const page = shown(await browser.here.open(authorizePath(by.client, essential('key'))), '/login')
    const landing = sentAway(await signInAt(browser.here, page, local))
    assert.equal(landing.params.get('error'), 'unmet_authentication_requirements')
  })

  it('is asked of whoever is signed in with less (RFC 9470 §5)', async () => {
    const browser = await pair.browser()
    const local = await pair.app.enrol()
    await signInAt(browser.here, shown(await browser.open('/login?choose=yes')), local)
    const page = shown(await browser.open(authorizePath(by.client, { acr_values: 'key' })), '/login')
    const away = await browser.leave(`/broker/strong/login${page.url.search}`)
    assert.equal(away.params.get('prompt'), 'login')
  })
})
