/** `sallyport registration-token …`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'
import { manage, registered } from '../support/registering.ts'
import { startApp } from '../support/running-app.ts'

const CREATE = ['registration-token', 'create']

describe('registration token commands', () => {
  it('make a token that is shown once, keep what is fixed, and tell the audit', async t => {
    const cwd = aFolder(t)
    const options = ['--label', 'wiki team', '--uses', '5', '--expires', '7d', '--set', 'scope=openid email']
    const more = ['--set', 'require_pkce=true', '--set', 'contacts=it@example.com,ada@example.com', '--json']
    const made = await run([...CREATE, ...options, ...more], cwd)
    assert.equal(made.code, 0, made.err)
    const { token, id, label, remaining_uses, expires_at, fixed_metadata, created_at } = made.json()
    assert.match(token, /^[\w-]{60,}$/)
    assert.deepEqual([label, remaining_uses], ['wiki team', 5])
    assert.equal(Date.parse(expires_at) - Date.parse(created_at), 7 * 86_400_000)
    const contacts = ['it@example.com', 'ada@example.com']
    assert.deepEqual(fixed_metadata, { scope: 'openid email', require_pkce: true, contacts })

    const [listed] = (await run(['registration-token', 'list', '--json'], cwd)).json()
    assert.deepEqual([listed.id, 'token' in listed], [id, false])
    assert.match((await run(['registration-token', 'list'], cwd)).out, /wiki team +5 /)
    const events = await auditEvents(cwd)
    const event = events.find(({ type }) => type === 'registration-token.created')
    const { id: told, label: name, by } = event?.detail ?? {}
    assert.deepEqual([told, name, by], [id, 'wiki team', 'command line'])
    assert.equal(JSON.stringify(events).includes(token), false)
    const stored = await inHouse(cwd, ({ repositories }) => repositories.initialAccessTokens.list())
    assert.equal(JSON.stringify(stored).includes(token), false, 'what opens the door is not stored')
  })

  it('print for people, and warn while nobody can use the token', async t => {
    const cwd = aFolder(t)
    const { out, err } = await run(CREATE, cwd)
    assert.match(out, /^token +[\w-]{60,}$/m)
    assert.match(out, /uses +any number/)
    assert.match(out, /expires +never/)
    assert.match(err, /registration\.mode is off/)
    const env = { SALLYPORT_REGISTRATION_MODE: 'initial_access_token' }
    assert.equal((await run(CREATE, cwd, { env })).err, '')
  })

  it('report every mistake at once, and make nothing', async t => {
    const cwd = aFolder(t)
    const wrong = ['--uses', '0', '--expires', 'soon', '--label', ' ', '--set', 'require_pkcee=true', '--set', 'owner']
    const { code, err } = await run([...CREATE, ...wrong], cwd)
    assert.equal(code, 2)
    for (const named of [/--uses/, /--expires/, /--label/, /owner/]) assert.match(err, named)
    const misspelt = await run([...CREATE, '--set', 'require_pkcee=true'], cwd)
    assert.match(misspelt.err, /require_pkcee: is no client metadata \(did you mean require_pkce\?\)/)
    assert.match((await run([...CREATE, '--set', 'require_pkce=perhaps'], cwd)).err, /true or false/)
    assert.deepEqual((await run(['registration-token', 'list', '--json'], cwd)).json(), [])
  })

  it('take a token back, once', async t => {
    const cwd = aFolder(t)
    const { id } = (await run([...CREATE, '--label', 'CI', '--json'], cwd)).json()
    const revoked = await run(['registration-token', 'revoke', id], cwd)
    assert.deepEqual([revoked.code, revoked.out], [0, 'The token "CI" counts no more.\n'])
    assert.equal((await run(['registration-token', 'revoke', id], cwd)).code, 4)
    assert.equal((await run(['registration-token', 'revoke', 'nonsense'], cwd)).code, 4)
  })

  it('give an app a new token to manage its registration with, and end the old one (RFC 7592 §2)', async t => {
    const masterKey = { SALLYPORT_MASTER_KEY: 'the same for server and command, 32 or more' }
    const app = await startApp({ environment: { SALLYPORT_REGISTRATION_MODE: 'open', ...masterKey } })
    t.after(() => app.close())
    const client = await registered(app, { client_name: 'Wiki' })
    const { client: byHand } = await app.register()
    const env = { SALLYPORT_DATABASE: app.database, ...masterKey }
    const renew = (clientId: unknown) =>
      run(['registration-token', 'renew', String(clientId), '--json'], aFolder(t), { env })
    const { registration_access_token } = (await renew(client.client_id)).json()
    assert.notEqual(registration_access_token, client.registration_access_token)
    await new Promise(resolve => setTimeout(resolve, 150))
    assert.equal((await manage(client, 'GET')).status, 401)
    assert.equal((await manage({ ...client, registration_access_token }, 'GET')).status, 200)
    assert.equal((await renew(byHand.clientId)).code, 2)
    assert.equal((await renew('nobody')).code, 4)
  })

  it('help with examples', async t => {
    const cwd = aFolder(t)
    for (const name of ['create', 'list', 'renew', 'revoke'])
      assert.match(
        (await run(['registration-token', name, '--help'], cwd)).out,
        /Examples?:\n {2}\$ sallyport registration-token/,
      )
  })
})
