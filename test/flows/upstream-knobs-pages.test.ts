/** Every general setting of an upstream: where do people see it, and may they use it? */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/core/clients/client.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type Knobs, loginPath, startKnobs } from '../support/knobs.ts'
import { SESSION_COOKIE } from '../support/running-app.ts'

describe('general settings of an upstream', () => {
  let knobs: Knobs

  before(async () => {
    knobs = await startKnobs()
  })
  after(() => knobs.close())

  const loginPage = async (): Promise<string> =>
    shown(await (await knobs.app.browser()).open(loginPath(knobs)), '/login').html
  const buttonOf = async ({ alias }: Upstream): Promise<string | undefined> =>
    new RegExp(`<a id="upstream-${alias}".*?</a>`, 's').exec(await loginPage())?.[0]
  const leadsThere = async (upstream: Upstream): Promise<boolean> =>
    (await knobs.setOut(upstream, { link: {} })).landing.kind === 'sent-away'

  it('display_name: is what its button says, and the alias where there is none', async () => {
    assert.match((await buttonOf(await knobs.add({ display_name: 'Our <people>' }))) ?? '', /Our &lt;people&gt;/)
    const plain = await knobs.add()
    assert.match((await buttonOf(plain)) ?? '', new RegExp(`Continue with ${plain.alias}`))
  })

  it('logo_uri: is the picture of its button', async () => {
    const logo_uri = 'https://pictures.example/logo.svg'
    assert.match((await buttonOf(await knobs.add({ logo_uri }))) ?? '', new RegExp(`src="${logo_uri}"`))
    assert.equal((await buttonOf(await knobs.add()))?.includes('src='), false)
  })

  it('order: smaller comes first', async () => {
    const made: Upstream[] = []
    for (const order of [5, -5, 0]) made.push(await knobs.add({ order }))
    const page = await loginPage()
    const byPlace = [...made].sort(
      (a, b) => page.indexOf(`upstream-${a.alias}"`) - page.indexOf(`upstream-${b.alias}"`),
    )
    assert.deepEqual(
      byPlace.map(({ order }) => order),
      [-5, 0, 5],
    )
  })

  it('preset: says where the settings are from, and nothing depends on it', async () => {
    const asked = async (settings: JsonObject) => {
      const names = [...(await knobs.signIn(settings)).asked].filter(([name]) => !OF_ONE_REQUEST.includes(name))
      return Object.fromEntries(names)
    }
    assert.deepEqual(await asked({ preset: 'google' }), await asked({}))
  })

  const seen: readonly (readonly [name: string, settings: JsonObject, isShown: boolean, mayUse: boolean])[] = [
    ['enabled', {}, true, true],
    ['enabled', { enabled: false }, false, false],
    ['hide_on_login', { hide_on_login: true }, false, true],
    ['link_only', { link_only: true }, false, false],
  ]
  for (const [name, settings, isShown, mayUse] of seen) {
    const what = `${isShown ? 'on' : 'not on'} the sign-in page, and ${mayUse ? 'reached' : 'not reached'} by its sign-in URL`
    it(`${name}: with ${JSON.stringify(settings)} it is ${what}`, async () => {
      const upstream = await knobs.add(settings)
      assert.equal((await buttonOf(upstream)) !== undefined, isShown)
      assert.equal(await leadsThere(upstream), mayUse)
    })
  }

  it('enabled: off refuses the answer of a sign-in that is under way', async () => {
    const upstream = await knobs.add()
    const { browser, landing } = await knobs.setOut(upstream)
    const answer = await knobs.odd.signIn(sentAway(landing).location)
    await knobs.change(upstream, { enabled: false })
    const page = shown(await browser.open(`/broker/${upstream.alias}/endpoint?${answer}`))
    assert.equal(page.status, 400)
    assert.equal(browser.cookies.has(SESSION_COOKIE), false)
  })

  it('show_in_account: always, when_linked and never say whether the account page offers it', async () => {
    const ada = await knobs.app.enrol()
    const offers = async (show_in_account: string) => {
      const { alias } = await knobs.add({ show_in_account })
      const { html } = shown(await (await knobs.app.browser(ada)).open('/account'), '/account')
      return html.includes(`data-upstream="${alias}"`)
    }
    assert.deepEqual([await offers('always'), await offers('when_linked'), await offers('never')], [true, false, false])
    const shownWhenLinked = async (show_in_account: string) => {
      const { browser, upstream, landing } = await knobs.signIn({ show_in_account })
      sentAway(landing)
      return shown(await browser.open('/account'), '/account').html.includes(`data-upstream="${upstream.alias}"`)
    }
    assert.deepEqual([await shownWhenLinked('when_linked'), await shownWhenLinked('never')], [true, false])
  })

  it('email_domains: lead people there by the address that they type, or that the app names', async () => {
    const domain = 'corp-of-knobs.example'
    const upstream = await knobs.add({
      email_domains: [domain.toUpperCase()],
      hide_on_login: true,
      pass_login_hint: true,
    })
    const browser = await knobs.app.browser()
    const page = await browser.open(loginPath(knobs))
    const address = `ada@${domain}`
    const typed = sentAway(await browser.submit(page, '/login', { username: address, password: '' }))
    const named = sentAway(await (await knobs.app.browser()).open(loginPath(knobs, { login_hint: address })))
    for (const { params } of [typed, named]) {
      assert.equal(params.get('redirect_uri'), `${knobs.app.issuer}/broker/${upstream.alias}/endpoint`)
      assert.equal(params.get('login_hint'), address)
    }
    const other = await browser.submit(await browser.open(loginPath(knobs)), '/login', { username: 'ada@corp.example' })
    shown(other, '/login')
  })
})

const OF_ONE_REQUEST: readonly string[] = ['state', 'nonce', 'code_challenge', 'redirect_uri']
