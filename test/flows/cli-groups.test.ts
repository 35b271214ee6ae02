/** `sallyport group …`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AdminProblem } from '../../src/admin-client/admin-client.ts'
import { ownToken } from '../support/admin-caller.ts'
import { anUpstream } from '../support/builders.ts'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'
import { adminWith, startManagedApp } from '../support/managed-app.ts'

async function groupsOf(cwd: string): Promise<readonly (readonly [string, number])[]> {
  const groups: readonly { name: string; members: number }[] = (await run(['group', 'list', '--json'], cwd)).json()
  return groups.map(({ name, members }) => [name, members])
}

async function account(cwd: string, name: string, ...groups: readonly string[]): Promise<void> {
  const words = ['account', 'create', name, '--no-password', ...groups.flatMap(group => ['--group', group])]
  const { code, err } = await run(words, cwd)
  assert.equal(code, 0, err)
}

describe('group commands', () => {
  it('create groups once, and say so when they exist', async t => {
    const cwd = aFolder(t)
    const first = await run(['group', 'create', 'staff', 'Staff', 'staff'], cwd)
    assert.deepEqual([first.code, first.out], [0, 'Created staff, Staff.\n'])
    const again = await run(['group', 'create', 'staff', 'new'], cwd)
    assert.deepEqual(
      [again.code, await groupsOf(cwd)],
      [
        3,
        [
          ['Staff', 0],
          ['staff', 0],
        ],
      ],
    )
    assert.match(again.err, /the group staff exists already; nothing was changed/)
    const kept = await run(['group', 'create', 'staff', 'new', '--if-not-exists', '--json'], cwd)
    assert.deepEqual(kept.json(), { created: ['new'], kept: ['staff'] })
    const events = (await auditEvents(cwd)).map(({ type, detail, address }) => [type, detail.group, address])
    assert.deepEqual(events.toSorted(), [
      ['group.created', 'Staff', 'cli'],
      ['group.created', 'new', 'cli'],
      ['group.created', 'staff', 'cli'],
    ])
  })

  it('refuse a name that no account could carry, and create none', async t => {
    const cwd = aFolder(t)
    const { code, err } = await run(['group', 'create', 'good', ' outer blanks'], cwd)
    assert.equal(code, 2)
    assert.match(err, /no group was created:\n {2}groups: " outer blanks" must be 1 to 255 characters/)
  })

  it('count the members, and know the groups that account create named first', async t => {
    const cwd = aFolder(t)
    await account(cwd, 'ada', 'staff', 'editors')
    await account(cwd, 'bob', 'staff')
    assert.deepEqual(await groupsOf(cwd), [
      ['editors', 1],
      ['staff', 2],
    ])
    const [head, row] = (await run(['group', 'list'], cwd)).out.split('\n')
    assert.match(head ?? '', /^NAME +MEMBERS +DESCRIPTION +CREATED$/)
    assert.match(row ?? '', /^editors +1 +\d{4}-\d\d-\d\d$/)
    const created = (await auditEvents(cwd)).filter(({ type }) => type === 'group.created')
    assert.deepEqual(created.map(({ detail }) => detail.group).toSorted(), ['editors', 'staff'])
  })

  it('make the groups that a replaced account is given', async t => {
    const cwd = aFolder(t)
    await account(cwd, 'ada', 'staff')
    await run(['account', 'create', 'ada', '--no-password', '--replace', '--group', 'night-shift'], cwd)
    assert.deepEqual(await groupsOf(cwd), [
      ['night-shift', 1],
      ['staff', 0],
    ])
  })

  it('delete a group with members only when told so, and take them out of it in the same moment', async t => {
    const cwd = aFolder(t)
    await account(cwd, 'ada', 'staff', 'editors')
    await account(cwd, 'bob', 'editors')
    const refused = await run(['group', 'delete', 'editors'], cwd)
    assert.equal(refused.code, 1)
    assert.match(refused.err, /2 accounts are in editors; nothing was deleted \(--yes/)
    const thought = await run(['group', 'delete', 'editors'], cwd, { answers: ['n'] })
    assert.deepEqual([thought.code, thought.questions], [1, ['2 accounts are in editors. Delete? [y/N] ']])
    const deleted = await run(['group', 'delete', 'editors', '--yes', '--json'], cwd)
    assert.deepEqual(deleted.json(), { deleted: ['editors'], members: 2 })
    assert.deepEqual(await groupsOf(cwd), [['staff', 1]])
    const ada = (await run(['account', 'show', 'ada', '--json'], cwd)).json()
    assert.deepEqual(ada.groups, ['staff'])
    const events = (await auditEvents(cwd)).slice(-3).map(({ type, detail }) => [type, detail.group ?? detail.username])
    assert.deepEqual(events.toSorted(), [
      ['account.changed', 'ada'],
      ['account.changed', 'bob'],
      ['group.deleted', 'editors'],
    ])
  })

  it('delete none when one does not exist, and say which was meant', async t => {
    const cwd = aFolder(t)
    await run(['group', 'create', 'staff', 'editors'], cwd)
    const { code, err } = await run(['group', 'delete', 'editors', 'staf'], cwd)
    assert.equal(code, 4)
    assert.match(err, /there is no group staf \(did you mean staff\?\)/)
    assert.equal((await groupsOf(cwd)).length, 2)
  })

  it('warn when a mapping of an upstream gives the group that goes', async t => {
    const cwd = aFolder(t)
    await run(['group', 'create', 'staff'], cwd)
    const upstream = anUpstream({ alias: 'corporate', mappings: [{ kind: 'hardcoded_group', group: 'staff' }] })
    const listed = anUpstream({
      alias: 'listed',
      mappings: [{ kind: 'hardcoded', attribute: 'roles.grant', value: 'other, staff' }],
    })
    await inHouse(cwd, ({ repositories: { upstreams, commit } }) =>
      commit([upstreams.insert(upstream), upstreams.insert(listed)]),
    )
    const { code, err } = await run(['group', 'delete', 'staff'], cwd)
    assert.equal(code, 0)
    assert.match(err, /warning: a mapping of the upstream corporate gives such a group/)
    assert.match(err, /warning: a mapping of the upstream listed gives such a group/)
  })

  it('say so when there are none', async t => {
    const cwd = aFolder(t)
    await account(cwd, 'ada')
    const { out, err } = await run(['group', 'list'], cwd)
    assert.deepEqual([out, err], ['', 'There are no groups: sallyport group create --help\n'])
  })
})

describe('the members of groups', () => {
  async function with3(t: Parameters<typeof aFolder>[0]): Promise<string> {
    const cwd = aFolder(t)
    await account(cwd, 'ada')
    await account(cwd, 'bob', 'editors')
    await run(['group', 'create', 'staff', '--description', 'Everybody'], cwd)
    return cwd
  }

  async function membersOf(cwd: string): Promise<readonly string[]> {
    const { json } = await run(['group', 'members', 'staff', '--json'], cwd)
    return json().map(({ username }: { username: string }) => username)
  }

  it('are added and taken out, each once, with an event for each account', async t => {
    const cwd = await with3(t)
    const added = await run(['group', 'add-member', 'staff', 'ada', 'bob', 'ADA'], cwd)
    assert.deepEqual([added.code, added.out], [0, 'Added ada, bob, ADA to staff.\n'])
    assert.equal((await run(['group', 'add-member', 'staff', 'bob'], cwd)).code, 0)
    assert.deepEqual(await membersOf(cwd), ['ada', 'bob'])
    const removed = await run(['group', 'remove-member', 'staff', 'ada', '--json'], cwd)
    assert.deepEqual(removed.json(), { group: 'staff', removed: ['ada'] })
    const events = (await auditEvents(cwd)).filter(({ type }) => type === 'account.changed')
    assert.deepEqual(
      events
        .map(({ detail }) => `${detail.by}: ${detail.username} ${detail.joined_groups} ${detail.left_groups}`)
        .toSorted(),
      ['command line: ada staff undefined', 'command line: ada undefined staff', 'command line: bob staff undefined'],
    )
    assert.match((await run(['group', 'members', 'staff'], cwd)).out, /^bob$/m)
    assert.match((await run(['group', 'show', 'staff'], cwd)).out, /^description +Everybody$/m)
  })

  it('stay as they are when one of the accounts, or the group, does not exist', async t => {
    const cwd = await with3(t)
    assert.equal((await run(['group', 'add-member', 'staff', 'ada', 'nobody'], cwd)).code, 4)
    assert.equal((await run(['group', 'add-member', 'stuff', 'ada'], cwd)).code, 4)
    assert.deepEqual(await membersOf(cwd), [])
    assert.equal((await run(['group', 'members', 'stuff'], cwd)).code, 4)
  })

  it('are changed by nobody who may not change the account: an operator puts no administrator anywhere', async () => {
    const { app, close } = await startManagedApp()
    try {
      await app.enrol({ username: 'root', role: 'administrator', groups: [] })
      await app.enrol({ username: 'eve', groups: [] })
      const registered = await app.register({ grantTypes: ['client_credentials'], scopes: ['admin.operator'] })
      const operator = adminWith(await ownToken(app, registered, 'operator'), app)
      await operator.call('groups.create', { body: { name: 'staff' } })
      const put = (...accounts: readonly string[]) =>
        operator.call('groups.add_members', { path: { name: 'staff' }, body: { accounts } })
      const isForbidden = (error: unknown) => error instanceof AdminProblem && error.kind === 'forbidden'
      await assert.rejects(put('eve', 'root'), isForbidden)
      assert.deepEqual((await operator.call('groups.members', { path: { name: 'staff' } })).document.items, [])
      await put('eve')
      const root = await app.house.repositories.accounts.findByLogin('root')
      assert.ok(root !== undefined)
      await app.house.repositories.commit([
        app.house.repositories.accounts.replace({ ...root, groups: ['staff'] }, root),
      ])
      await assert.rejects(operator.call('groups.delete', { path: { name: 'staff' } }), isForbidden)
    } finally {
      await close()
    }
  })

  it('are listed page by page', async () => {
    const { admin, app, close } = await startManagedApp()
    try {
      await admin.call('groups.create', { body: { name: 'staff' } })
      for (const username of ['cleo', 'ada', 'Bob']) await app.enrol({ username, groups: ['staff'] })
      const names: string[] = []
      let cursor: string | undefined
      do {
        const query = { limit: 1, ...(cursor === undefined ? {} : { cursor }) }
        const { document } = await admin.call('groups.members', { path: { name: 'staff' }, query })
        names.push(...document.items.map(({ username }) => username))
        cursor = document.next
      } while (cursor !== undefined)
      assert.deepEqual(names, ['ada', 'Bob', 'cleo'])
      const found = await admin.call('groups.members', { path: { name: 'staff' }, query: { q: 'CLE' } })
      assert.deepEqual(
        found.document.items.map(({ username }) => username),
        ['cleo'],
      )
    } finally {
      await close()
    }
  })
})
