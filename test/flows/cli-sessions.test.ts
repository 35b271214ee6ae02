/** `sallyport session …` and the operations behind it: who is signed in, and the end of it. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AdminProblem } from '../../src/admin-client/admin-client.ts'
import { ownToken } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { adminWith, type ManagedApp, startManagedApp } from '../support/managed-app.ts'

interface Listed {
  readonly id: string
  readonly account: string
  readonly active: boolean
  readonly user_agent: string
}

onBothDatabases('session commands', database => {
  let managed: ManagedApp
  const ids: string[] = []

  before(async () => {
    managed = await startManagedApp({ database: await database() })
    const { enrol, beginSession } = managed.app
    const ada = await enrol({ username: 'ada', email: 'ada@example.com' })
    const bob = await enrol({ username: 'bob', email: 'bob@example.com' })
    for (const account of [ada, ada, bob]) ids.push((await beginSession(account)).session.id)
  })
  after(() => managed.close())

  async function listed(...words: readonly string[]): Promise<readonly Listed[]> {
    const here = await managed.local(['session', 'list', ...words, '--json'])
    const there = await managed.remote(['session', 'list', ...words, '--json'])
    assert.deepEqual(there.json(), here.json())
    return here.json()
  }

  it('list them, the latest first, by account, words and number', async () => {
    assert.deepEqual(new Set((await listed()).map(({ id }) => id)), new Set(ids))
    assert.deepEqual(
      new Set((await listed('--account', 'ada@example.com')).map(({ account }) => account)),
      new Set(['ada']),
    )
    assert.equal((await listed('--search', 'bob')).length, 1)
    assert.equal((await listed('--limit', '2')).length, 2)
    assert.deepEqual(await listed('--account', 'nobody'), [])
    assert.deepEqual(await listed('--client', 'nothing'), [])
    for (const wrong of [
      ['--limit', '0'],
      ['--limit', 'many'],
      ['--active', 'perhaps'],
      ['--sort', 'address'],
    ]) {
      assert.equal((await managed.local(['session', 'list', ...wrong])).code, 2)
    }
    const [head] = (await managed.local(['session', 'list'])).out.split('\n')
    assert.match(head ?? '', /^ID +ACCOUNT +ACTIVE +SIGNED IN +EXPIRES +ADDRESS +BROWSER$/)
  })

  it('page through more than one page holds', async () => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 1, sort: 'created_at' as const, ...(cursor === undefined ? {} : { cursor }) }
      const { document } = await managed.admin.call('sessions.list', { query })
      found.push(...document.items.map(({ id }) => id))
      cursor = document.next
    } while (cursor !== undefined)
    assert.deepEqual(found.toSorted(), ids.toSorted())
  })

  it('end one, once, and tell the audit whose it was', async () => {
    const [first = ''] = ids
    assert.equal((await managed.local(['session', 'end', first, 'f'.repeat(32)])).code, 4)
    assert.equal((await listed('--active', 'yes')).length, 3)
    assert.equal((await managed.remote(['session', 'end', first])).out, `Ended ${first}.\n`)
    assert.equal((await managed.local(['session', 'end', first])).code, 0)
    const shown = (await managed.local(['session', 'show', first, '--json'])).json()
    assert.equal(shown.active, false)
    assert.match(shown.ended_at, /^\d{4}-/)
    const events = (await managed.local(['audit', 'list', '--type', 'session.ended', '--json'])).json()
    assert.deepEqual(
      events.map(({ account, by, detail }: Record<string, unknown>) => [
        account,
        by,
        (detail as { session: string }).session,
      ]),
      [['ada', 'client deployer', first]],
    )
  })

  it('end all of an account, and nobody else’s', async () => {
    assert.equal((await managed.local(['session', 'end', '--account', 'ada'])).out, 'Ended all sessions of ada.\n')
    assert.deepEqual(
      (await listed('--active', 'yes')).map(({ account }) => account),
      ['bob'],
    )
    assert.equal((await managed.local(['session', 'end', '--account', 'nobody'])).code, 4)
    for (const words of [[], ['x', '--account', 'ada']]) {
      assert.equal((await managed.local(['session', 'end', ...words])).code, 2)
    }
  })
})

describe('the end of a session', () => {
  it('takes the browser out at once', async () => {
    const { app, local, close } = await startManagedApp()
    try {
      const { session, cookie } = await app.beginSession(await app.enrol())
      const visit = () =>
        fetch(`${app.issuer}/account`, { headers: { cookie: `sallyport-session=${cookie}` }, redirect: 'manual' })
      assert.equal((await visit()).status, 200)
      await local(['session', 'end', session.id])
      assert.notEqual((await visit()).status, 200)
    } finally {
      await close()
    }
  })

  it('of somebody with a role is for administrators: an operator cannot sign one out', async () => {
    const managed = await startManagedApp()
    try {
      const { app } = managed
      const administrator = await app.enrol({ username: 'root', role: 'administrator' })
      const { session } = await app.beginSession(administrator)
      const registered = await app.register({ grantTypes: ['client_credentials'], scopes: ['admin.operator'] })
      const operator = adminWith(await ownToken(app, registered, 'operator'), app)
      const isForbidden = (error: unknown) => error instanceof AdminProblem && error.kind === 'forbidden'
      await assert.rejects(operator.call('sessions.end', { path: { id: session.id } }), isForbidden)
      await assert.rejects(operator.call('sessions.end_all', { body: { account: 'root' } }), isForbidden)
      assert.equal((await operator.call('sessions.read', { path: { id: session.id } })).document.active, true)
      await managed.admin.call('sessions.end_all', { body: { account: 'root' } })
      assert.equal((await operator.call('sessions.read', { path: { id: session.id } })).document.active, false)
    } finally {
      await managed.close()
    }
  })
})
