/** `sallyport audit …`: who did what, listed, shown and written to a file, in the database and at a server. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { csvLine } from '../../src/cli/audit-view.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'

interface Listed {
  readonly id: string
  readonly at: string
  readonly type: string
  readonly account?: string
  readonly client?: string
  readonly by?: string
  readonly detail: Readonly<Record<string, unknown>>
}

describe('audit commands', () => {
  let managed: ManagedApp

  before(async () => {
    managed = await startManagedApp()
    await managed.app.enrol({ username: 'ada', groups: [] })
    await managed.local(['group', 'create', 'staff', 'editors'])
    await managed.local(['group', 'edit', 'staff', '--set', 'description=Everybody'])
    await managed.remote(['group', 'add-member', 'staff', 'ada'])
  })
  after(() => managed.close())

  async function listed(...words: readonly string[]): Promise<readonly Listed[]> {
    const here = await managed.local(['audit', 'list', ...words, '--json'])
    assert.equal(here.code, 0, here.err)
    assert.deepEqual((await managed.remote(['audit', 'list', ...words, '--json'])).json(), here.json())
    return here.json()
  }

  it('list what was done, the newest first, with who did it', async () => {
    const changes = (await listed('--search', 'staff')).map(({ type, by, account }) => [type, by, account])
    assert.deepEqual(changes, [
      ['account.changed', 'client deployer', 'ada'],
      ['group.changed', 'command line', undefined],
      ['group.created', 'command line', undefined],
    ])
    const [head, ...rows] = (await managed.local(['audit', 'list'])).out.split('\n')
    assert.ok(
      rows.some(row => /Z +group\.changed +staff +command line/.test(row)),
      'what was changed is named',
    )
    assert.match(head ?? '', /^AT +TYPE +ABOUT +ACCOUNT +CLIENT +BY +ADDRESS +CODE$/)
  })

  it('narrow by type and its beginning, account, app, address, refusals, number and time (RFC 3339 §5.6)', async () => {
    const types = async (...words: readonly string[]) => (await listed(...words)).map(({ type }) => type)
    assert.deepEqual(await types('--type', 'group.created'), ['group.created', 'group.created'])
    assert.deepEqual(await types('--type', 'group.', '--limit', '1'), ['group.changed'])
    assert.deepEqual(await types('--account', 'ada'), ['account.changed'])
    assert.deepEqual(await types('--account', 'nobody'), [])
    assert.deepEqual(await types('--address', 'cli', '--sort', 'at', '--limit', '1'), ['group.created'])
    assert.deepEqual(await types('--refused', 'yes', '--type', 'group.'), [])
    assert.deepEqual(await types('--until', '2020-01-01'), [])
    assert.deepEqual(await types('--since', '2020-01-01T00:00:00Z', '--type', 'group.changed'), ['group.changed'])
    assert.deepEqual(await types('--client', 'deployer', '--type', 'account.'), ['account.changed'])
    for (const time of ['yesterday', '2026-13-01', '99999-01-01']) {
      const { code, err } = await managed.local(['audit', 'list', '--since', time])
      assert.equal(code, 2)
      assert.match(err, /since: must be a day such as/)
    }
  })

  it('show what was before and after', async () => {
    const [change] = await listed('--type', 'group.changed')
    assert.ok(change !== undefined)
    const { detail } = (await managed.remote(['audit', 'show', change.id, '--json'])).json()
    assert.deepEqual([detail.changed, detail['after.description']], [['description'], 'Everybody'])
    assert.match((await managed.local(['audit', 'show', change.id])).out, /^detail\.after\.description +Everybody$/m)
    assert.equal((await managed.local(['audit', 'show', 'f'.repeat(32)])).code, 4)
  })

  it('write all of them, oldest first, as lines of JSON or rows of CSV', async () => {
    const lines = (await managed.remote(['audit', 'export'])).out.trimEnd().split('\n')
    const events: readonly Listed[] = lines.map(line => JSON.parse(line))
    assert.deepEqual(
      events.map(({ id }) => id),
      events.map(({ id }) => id).toSorted(),
    )
    const csv = (await managed.local(['audit', 'export', '--type', 'group.', '--format', 'csv'])).out
      .trimEnd()
      .split('\n')
    assert.deepEqual([csv[0], csv.length], ['at,type,by,account,client,address,request_id,trace_code,detail,id', 4])
    assert.equal(
      csv.filter(line => /^[\d:TZ.-]+,group\.created,command line,,,cli,,,"\{""group"":""staff""/.test(line)).length,
      1,
    )
  })

  it('write no row that a spreadsheet would run', () => {
    const event = { id: 'i', at: 't', type: 'x.y', address: '=1+1', client: '@a', account: 'a"b,c', detail: {} }
    assert.equal(csvLine(event), `t,x.y,,"a""b,c",'@a,'=1+1,,,{},i`)
  })
})
