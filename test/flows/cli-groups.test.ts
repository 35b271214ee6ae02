/** `sallyport group …`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream } from '../support/builders.ts'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'

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
    assert.match(head ?? '', /^NAME +MEMBERS +CREATED$/)
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
    assert.equal(refused.code, 3)
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
