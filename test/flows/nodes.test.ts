/** Several nodes on one PostgreSQL database: what one issued or changed, the others honour. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeBrowser } from '../support/browser.ts'
import { createInstallation, type Installation } from '../support/installation.ts'
import { openWindow, signIn } from '../support/person.ts'
import { createDatabase } from '../support/postgres.ts'
import { ADA, createAccount, createClient, type Registration } from '../support/registrations.ts'
import { type RelyingParty, startRelyingParty } from '../support/relying-party.ts'

describe('two nodes on one database', () => {
  let one: Installation
  let two: Installation
  let app: RelyingParty

  before(async () => {
    const shared = {
      database: await createDatabase(),
      environment: { SALLYPORT_MASTER_KEY: 'a master key that both nodes know' },
    }
    one = await createInstallation(shared)
    two = await createInstallation({ ...shared, issuer: one.issuer })
    // Both at once: one of them makes the tables and the keys.
    await Promise.all([one.start(), two.start()])
    await createAccount(one, ADA)
    app = await startRelyingParty(one, { name: 'Notes', clientOptions: ['--consent', 'never'] })
  })

  after(async () => {
    await closeBrowser()
    await app?.close()
    await one?.remove()
    await two?.remove()
  })

  const at = (node: Installation, path: string) => `http://localhost:${node.port}${path}`

  async function post(url: string, client: Registration, fields: Readonly<Record<string, string>>) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams(fields),
    })
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, string>> }
  }

  it('have the same keys', async () => {
    const keys = await Promise.all([one, two].map(async node => (await fetch(at(node, '/jwks'))).json()))
    assert.deepEqual(keys[0], keys[1])
  })

  it('exchange the code that the other one issued, and only once between them', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid offline_access' }, { hold: true }))
    await signIn(page, ADA)
    const held = await app.outcomeOf(page)
    assert.ok(held.kind === 'held')
    const exchange = {
      grant_type: 'authorization_code',
      code: held.code,
      redirect_uri: app.callbackUrl,
      code_verifier: held.visit.codeVerifier,
    }
    const answers = await Promise.all([one, two].map(node => post(at(node, '/token'), app, exchange)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])

    // The code came twice, so whatever it bought is dead at both.
    const bought = answers.find(({ status }) => status === 200)?.body.access_token
    for (const node of [one, two]) {
      const answer = await fetch(at(node, '/userinfo'), { headers: { authorization: `Bearer ${bought}` } })
      assert.equal(answer.status, 401)
    }
  })

  it('know each other’s tokens', async t => {
    const page = await openWindow(t)
    await page.goto(app.startUrl({ scope: 'openid offline_access' }, { hold: true }))
    await signIn(page, ADA)
    const held = await app.outcomeOf(page)
    assert.ok(held.kind === 'held')
    const tokens = await post(at(two, '/token'), app, {
      grant_type: 'authorization_code',
      code: held.code,
      redirect_uri: app.callbackUrl,
      code_verifier: held.visit.codeVerifier,
    })
    assert.equal(tokens.status, 200)
    const bearer = { headers: { authorization: `Bearer ${tokens.body.access_token}` } }
    assert.equal((await fetch(at(one, '/userinfo'), bearer)).status, 200)
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token ?? '' }
    assert.equal((await post(at(one, '/token'), app, refresh)).status, 200)
  })

  it('know a client that was created at the other one, and what was changed of it, within a second', async () => {
    const options = ['--client-id', 'machine', '--grant-type', 'client_credentials']
    const unknown = { clientId: 'machine', clientSecret: 'not yet' }
    const grant = { grant_type: 'client_credentials' }
    // Both have looked, and may remember that there was nothing.
    for (const node of [one, two]) assert.equal((await post(at(node, '/token'), unknown, grant)).status, 401)
    const machine = await createClient(one, 'Machine', 'confidential', options)
    await sleep(1000)
    for (const node of [one, two]) assert.equal((await post(at(node, '/token'), machine, grant)).status, 200)
    await one.command(['client', 'delete', 'machine'])
    await sleep(1000)
    for (const node of [one, two]) assert.equal((await post(at(node, '/token'), machine, grant)).status, 401)
  })
})
