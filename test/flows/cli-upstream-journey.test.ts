/** An administrator's way to an upstream, by commands alone: register, add, test, and somebody signs in through it. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createHandBrowser, type Landing, sentAway, shown } from '../support/hand-browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { personsBrowser } from '../support/persons-browser.ts'
import { ADA } from '../support/registrations.ts'

const SECRET = 'the secret of this server at the other'
const CALLBACK = 'http://localhost:1/callback'

describe('an upstream that commands have set up', () => {
  let idp: Installation
  let broker: Installation

  before(async () => {
    const environment = { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: 'localhost' }
    ;[idp, broker] = await Promise.all([createInstallation(), createInstallation({ environment })])
    await Promise.all([idp.start(), broker.start()])
  })
  after(() => Promise.all([idp?.remove(), broker?.remove()]))

  it('is told what to register, tested, and signed in through', async () => {
    const ada = ['account', 'create', ADA.username, '--email', ADA.email, '--name', ADA.name, '--password-stdin']
    await idp.command(ada, ADA.password)
    const upstream = [
      '--preset',
      'sallyport',
      '--discovery',
      idp.issuer,
      '--client-id',
      'broker',
      '--client-secret-stdin',
    ]
    const created = JSON.parse(await broker.command(['upstream', 'create', 'idp', ...upstream, '--json'], SECRET))
    assert.equal(created.discovered.issuer, idp.issuer)

    // What was printed is what is registered there; before, the upstream does not know us.
    const stranger = await broker.run(['upstream', 'test', 'idp'])
    assert.equal(stranger.exitCode, 1)
    assert.match(stranger.stdout, /^✗ client authentication: /m)
    const client = ['--client-id', 'broker', '--client-secret', SECRET, '-u', created.register_there.redirect_uri]
    await idp.command(['client', 'create', 'Broker', 'confidential', ...client])
    assert.match(await broker.command(['upstream', 'test', 'idp']), /^✓ client authentication: /m)

    await broker.command(['client', 'create', 'App', 'confidential', '--client-id', 'app', '-u', CALLBACK])
    const browser = createHandBrowser(broker.issuer)
    const request = { response_type: 'code', client_id: 'app', redirect_uri: CALLBACK, scope: 'openid', state: 'ours' }
    const page = await browser.open(`/authorize?${new URLSearchParams(request)}`)
    const away = sentAway(await browser.open(buttonOf(page)))
    const back = await personsBrowser(idp.issuer)(new URL(away.location))
    assert.equal(`${back.origin}${back.pathname}`, created.register_there.redirect_uri)
    const arrived = await browser.open(back.href)
    const atApp = sentAway(await browser.submit(shown(arrived, '/consent'), '/consent', { decision: 'approve' }))
    assert.equal(atApp.params.get('state'), 'ours')
    assert.notEqual(atApp.params.get('code'), null)
    const { username, email } = JSON.parse(await broker.command(['account', 'show', ADA.username, '--json']))
    assert.deepEqual([username, email], [ADA.username, ADA.email])

    const refused = await broker.run(['upstream', 'delete', 'idp'])
    assert.equal(refused.exitCode, 2)
    assert.match(refused.stderr, /this deletes idp and the link of one person/)
  })

  it('is off the sign-in page as soon as it is disabled, while the server runs', async () => {
    await broker.command(['upstream', 'edit', 'idp', '--set', 'enabled=false'])
    const request = { response_type: 'code', client_id: 'app', redirect_uri: CALLBACK, scope: 'openid' }
    const browser = createHandBrowser(broker.issuer)
    const page = await browser.open(`/authorize?${new URLSearchParams(request)}`)
    assert.doesNotMatch(shown(page, '/login').html, /id="upstream-idp"/)
  })
})

function buttonOf(page: Landing): string {
  const [, href] = /id="upstream-idp" href="([^"]*)"/.exec(shown(page, '/login').html) ?? []
  return (href ?? assert.fail('there is no button')).replaceAll('&amp;', '&')
}
