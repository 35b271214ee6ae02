/** One transaction: what hangs together is made, changed and deleted together, and what others do meanwhile is noticed. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, it } from 'node:test'
import { COMMAND_LINE } from '../../src/core/administration/actor.ts'
import { administer } from '../../src/core/administration/administer.ts'
import { operationOf } from '../../src/core/administration/operations.ts'
import type { Document } from '../../src/core/administration/ports.ts'
import { isProblem, Problem } from '../../src/core/administration/problem.ts'
import { applyThings } from '../../src/core/declarations/apply-things.ts'
import { fileActor } from '../../src/core/declarations/file-actor.ts'
import type { WrittenThing } from '../../src/core/declarations/plan.ts'
import { administrationPorts } from '../../src/house.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { aDeclaringPlace, type DeclaringPlace } from '../support/declaring.ts'
import { configOf } from '../support/seeding.ts'

type Sections = Readonly<Record<string, Readonly<Record<string, Document>>>>

function thingsOf(sections: Sections): readonly WrittenThing[] {
  return Object.entries(sections).flatMap(([resource, things]) =>
    Object.entries(things).map(([key, document]) => ({ resource, key, document, source: `${resource}.yaml:1` })),
  )
}

interface Settings {
  readonly prunes?: boolean
  /** Between the plan and its commit: how often it was tried before. */
  readonly meanwhile?: (tries: number) => Promise<void>
}

interface Done {
  readonly actions: readonly string[]
  readonly mistakes: readonly string[]
  readonly problem?: string
  readonly commits: number
}

function applying(place: () => DeclaringPlace) {
  return async (sections: Sections, { prunes = false, meanwhile }: Settings = {}): Promise<Done> => {
    const { folder, env, house } = place()
    const ports = administrationPorts(await configOf(folder, env), house)
    let commits = 0
    const journal: typeof ports.journal = {
      ...ports.journal,
      async commit(writes) {
        await meanwhile?.(commits)
        commits += 1
        return ports.journal.commit(writes)
      },
    }
    const settings = { isOwner: true, prunes }
    const applied = await applyThings(thingsOf(sections), settings, { ...ports, journal }, fileActor('cli'))
    if (applied instanceof Problem) return { actions: [], mistakes: [], problem: applied.detail, commits }
    return {
      actions: applied.things.map(({ resource, key, action }) => `${action} ${resource} ${key}`).sort(),
      mistakes: applied.mistakes.map(({ resource, key, message }) => `${resource} ${key}: ${message}`),
      commits,
    }
  }
}

onBothDatabases('what hangs together', database => {
  let place: DeclaringPlace
  const apply = applying(() => place)

  before(async () => {
    place = await aDeclaringPlace(await database())
  })
  after(() => place.close())

  /** Everything that files own goes, and the groups that accounts brought along. */
  beforeEach(async () => {
    const { mistakes } = await apply({}, { prunes: true })
    assert.deepEqual(mistakes, [])
  })

  const INSIDE = { default_policy: 'deny', rules: [{ policy: 'one_factor', subject: ['group:staff'] }] }
  const DEPARTMENT = { type: 'text', choices: ['Sales', 'Board'], scopes: ['work'] }
  const WIKI = {
    redirect_uris: ['https://wiki.example.com/callback'],
    client_type: 'public',
    scope: 'openid work',
    authorization_policy: 'inside',
  }
  const WORK = {
    enabled: false,
    issuer: 'https://work.example',
    authorization_endpoint: 'https://work.example/authorize',
    token_endpoint: 'https://work.example/token',
    jwks_uri: 'https://work.example/jwks',
    client_id: 'us',
    client_secret: 'a secret of the upstream, 0123456789',
    mappings: [{ kind: 'attribute', claim: 'unit', attribute: 'department' }],
  }
  const ADA = { email: 'ada@example.com', groups: ['staff'], attributes: { department: 'Sales' } }
  const ALL: Sections = {
    groups: { staff: {} },
    attributes: { department: DEPARTMENT },
    policies: { inside: INSIDE },
    clients: { wiki: WIKI },
    upstreams: { work: WORK },
    accounts: { ada: ADA },
  }
  const EVERY_KEY = [
    ['groups', 'staff'],
    ['attributes', 'department'],
    ['policies', 'inside'],
    ['clients', 'wiki'],
    ['upstreams', 'work'],
    ['accounts', 'ada'],
  ] as const

  it('is deleted in one transaction, whoever names whom', async () => {
    assert.equal((await apply(ALL)).actions.length, EVERY_KEY.length)
    const gone = await apply({}, { prunes: true })
    assert.deepEqual(gone, {
      actions: EVERY_KEY.map(([resource, key]) => `delete ${resource} ${key}`).sort(),
      mistakes: [],
      commits: 1,
    })
    for (const [resource, key] of EVERY_KEY) assert.equal(await place.document(resource, key), undefined, key)
    assert.deepEqual(await place.house.repositories.declarations.list(), [])
  })

  it('is deleted in one transaction with the change of whoever named it', async () => {
    await apply(ALL)
    const { authorization_policy: _policy, ...open } = WIKI
    const { mappings: _mappings, ...plain } = WORK
    const left = {
      clients: { wiki: { ...open, scope: 'openid' } },
      upstreams: { work: plain },
      accounts: { ada: { email: 'ada@other.example' } },
    }
    const done = await apply(left, { prunes: true })
    assert.deepEqual(done, {
      actions: [
        'change accounts ada',
        'change clients wiki',
        'change upstreams work',
        'delete attributes department',
        'delete groups staff',
        'delete policies inside',
      ],
      mistakes: [],
      commits: 1,
    })
    assert.deepEqual((await place.document('accounts', 'ada'))?.groups, [])
    assert.equal((await place.document('accounts', 'ada'))?.email, 'ada@other.example')
    assert.deepEqual(await apply(left, { prunes: true }), { actions: [], mistakes: [], commits: 0 })
  })

  it('takes members that no file speaks of out of a group that goes, also when the file changes them', async () => {
    await apply({ groups: { staff: {}, guests: {} }, accounts: { ada: {} } })
    const groups = ['staff', 'guests']
    for (const name of groups)
      await place.perform('groups.add_members', { path: { name }, body: { accounts: ['ada'] } })
    const done = await apply({ accounts: { ada: { email: 'ada@example.com' } } }, { prunes: true })
    assert.deepEqual(done.actions, ['change accounts ada', 'delete groups guests', 'delete groups staff'])
    assert.equal(done.commits, 1)
    const ada = await place.document('accounts', 'ada')
    assert.deepEqual([ada?.email, ada?.groups], ['ada@example.com', []])
  })

  it('stays whole while something that stays still names it', async () => {
    await apply(ALL)
    const { groups: _groups, ...withoutGroup } = ALL
    const kept = await apply(withoutGroup, { prunes: true })
    assert.deepEqual(kept.mistakes, [
      'groups staff: is named by accounts ada in accounts.yaml:1: take it out there too',
    ])
    const { policies: _policies, ...withoutPolicy } = ALL
    assert.match(`${(await apply(withoutPolicy, { prunes: true })).mistakes}`, /^policies inside: it is named by wiki/)
    const { attributes: _attributes, ...withoutAttribute } = ALL
    const { mistakes, commits } = await apply(withoutAttribute, { prunes: true })
    assert.match(`${mistakes}`, /attributes department: is named by upstreams work/)
    const onlyApp = { ...withoutAttribute, upstreams: {}, accounts: {} }
    assert.match(`${(await apply(onlyApp, { prunes: true })).mistakes}`, /attributes department: wiki may ask for work/)
    const onlyAccount = { ...withoutAttribute, upstreams: {}, clients: {} }
    assert.match(
      `${(await apply(onlyAccount, { prunes: true })).mistakes}`,
      /attributes department: is named by accounts ada/,
    )
    assert.equal(commits, 0)
    assert.deepEqual((await apply(ALL, { prunes: true })).actions, [])
  })

  it('is not left to ask for a scope that two attributes had, and both let go of', async () => {
    const attributes = { department: DEPARTMENT, room: { type: 'text', scopes: ['work'] } }
    await apply({ attributes, clients: { wiki: { ...WIKI, authorization_policy: 'one_factor' } } })
    const { mistakes } = await apply(
      { clients: { wiki: { ...WIKI, authorization_policy: 'one_factor' } } },
      { prunes: true },
    )
    assert.match(`${mistakes}`, /wiki may ask for work/)
  })

  it('is changed in one transaction: an attribute takes less, and the values and scopes go with it', async () => {
    await apply(ALL)
    const done = await apply({
      ...ALL,
      attributes: { department: { type: 'text', choices: ['Board'], scopes: ['unit'] } },
      clients: { wiki: { ...WIKI, scope: 'openid unit' } },
      accounts: { ada: { ...ADA, attributes: { department: 'Board' } } },
    })
    assert.deepEqual(done, {
      actions: ['change accounts ada', 'change attributes department', 'change clients wiki'],
      mistakes: [],
      commits: 1,
    })
    assert.deepEqual((await place.document('attributes', 'department'))?.scopes, ['unit'])
  })

  it('keeps an administrator: one goes and another one comes in one transaction', async () => {
    await apply({ accounts: { ada: { role: 'administrator' }, bob: {} } })
    const done = await apply({ accounts: { ada: {}, bob: { role: 'administrator' } } })
    assert.deepEqual([done.actions, done.commits], [['change accounts ada', 'change accounts bob'], 1])
    const refused = await apply({ accounts: { ada: {}, bob: {} } })
    assert.match(`${refused.mistakes}`, /bob is the last administrator/)
    const gone = await apply({ accounts: { ada: { role: 'administrator' } } }, { prunes: true })
    assert.deepEqual(gone.actions, ['change accounts ada', 'delete accounts bob'])
    await place.perform('accounts.create', { body: { username: `keeper-${Date.now()}`, role: 'administrator' } })
  })

  it('gives an e-mail address on from whoever goes to whoever comes', async () => {
    await apply({ accounts: { bob: { email: 'desk@example.com' } } })
    const done = await apply({ accounts: { eve: { email: 'desk@example.com' } } }, { prunes: true })
    assert.deepEqual([done.actions, done.mistakes], [['create accounts eve', 'delete accounts bob'], []])
    assert.equal((await place.house.repositories.accounts.findByLogin('desk@example.com'))?.username, 'eve')
  })

  it('leaves what a file is silent about in an attribute that was made by hand, and holds accounts to it', async () => {
    const made = await place.perform('attributes.create', { body: { name: 'level', type: 'number' } })
    assert.ok(!(made instanceof Problem))
    const done = await apply({
      attributes: { level: { title: 'Level' } },
      accounts: { ada: { attributes: { level: 3 } } },
    })
    assert.deepEqual(done.mistakes, [])
    assert.equal((await place.document('attributes', 'level'))?.type, 'number')
  })
})

onBothDatabases('applying while others change the same things', database => {
  let place: DeclaringPlace
  const apply = applying(() => place)

  before(async () => {
    place = await aDeclaringPlace(await database())
  })
  after(() => place.close())
  /** No file owns anything. */
  beforeEach(() => apply({}))

  const once = (act: () => Promise<unknown>) => async (tries: number) => {
    if (tries === 0) await act()
  }

  async function made(operation: string, body: Document): Promise<void> {
    const outcome = await place.perform(operation, { body })
    assert.ok(!(outcome instanceof Problem), operation)
  }

  it('plans again when what it changes was changed meanwhile', async () => {
    await made('groups.create', { name: 'staff', description: 'One' })
    const done = await apply(
      { groups: { staff: { description: 'Ours' } } },
      {
        meanwhile: once(() =>
          place.perform('groups.patch', { path: { name: 'staff' }, body: { description: 'Theirs' } }),
        ),
      },
    )
    assert.deepEqual(done, { actions: ['change groups staff'], mistakes: [], commits: 2 })
    assert.equal((await place.document('groups', 'staff'))?.description, 'Ours')
  })

  const UNCHANGED = [
    ['groups', 'friends', { description: 'Ours' }, { description: 'Theirs' }],
    ['attributes', 'team', { title: 'Ours' }, { title: 'Theirs' }],
    ['policies', 'open', { default_policy: 'one_factor' }, { default_policy: 'deny' }],
    ['clients', 'blog', { redirect_uris: ['https://a.example/cb'] }, { redirect_uris: ['https://b.example/cb'] }],
    ['accounts', 'eve', { email: 'eve@a.example' }, { email: 'eve@b.example' }],
  ] as const
  const KEYS: Readonly<Record<string, string>> = { clients: 'client_id', accounts: 'username' }

  for (const [resource, key, ours, theirs] of UNCHANGED) {
    const name = KEYS[resource] ?? 'name'

    it(`takes over ${resource} only as they are then: what was planned as unchanged and is not is changed`, async () => {
      await made(`${resource}.create`, { [name]: key, ...ours })
      const patch = () => place.perform(`${resource}.patch`, { path: { [name]: key }, body: theirs })
      const done = await apply({ [resource]: { [key]: ours } }, { meanwhile: once(patch) })
      assert.deepEqual(done, { actions: [`change ${resource} ${key}`], mistakes: [], commits: 2 })
      const [field = ''] = Object.keys(ours)
      const after = await place.document(resource, key)
      assert.deepEqual(after?.[field], (ours as Document)[field])
    })

    it(`refuses a change of ${resource} that was begun before a file took them over`, async () => {
      const { folder, env, house } = place
      const ports = administrationPorts(await configOf(folder, env), house)
      const journal: typeof ports.journal = {
        ...ports.journal,
        async commit(writes) {
          assert.deepEqual((await apply({ [resource]: { [key]: ours } })).actions, [`keep ${resource} ${key}`])
          return ports.journal.commit(writes)
        },
      }
      const call = { path: { [name]: key }, query: {}, body: theirs }
      const operation = operationOf(`${resource}.patch`)
      assert.ok(operation)
      const answer = await administer(operation, call, COMMAND_LINE, { ...ports, journal })
      assert.ok(isProblem(answer))
      assert.equal(answer.kind, 'changed-meanwhile')
      const [field = ''] = Object.keys(ours)
      assert.deepEqual((await place.document(resource, key))?.[field], (ours as Document)[field])
    })

    it(`makes ${resource} again that were deleted meanwhile`, async () => {
      const remove = () => place.perform(`${resource}.delete`, { path: { [name]: key } })
      const done = await apply({ [resource]: { [key]: ours } }, { meanwhile: once(remove) })
      assert.deepEqual(done, { actions: [`create ${resource} ${key}`], mistakes: [], commits: 2 })
    })
  }

  it('makes an account of its own when the one it knew was renamed meanwhile', async () => {
    await made('accounts.create', { username: 'ada' })
    const rename = () => place.perform('accounts.patch', { path: { username: 'ada' }, body: { username: 'adele' } })
    const done = await apply({ accounts: { ada: { disabled: true } } }, { meanwhile: once(rename) })
    assert.deepEqual(done, { actions: ['create accounts ada'], mistakes: [], commits: 2 })
    assert.equal((await place.document('accounts', 'adele'))?.disabled, false)
  })

  it('leaves no app that names a policy which somebody deleted meanwhile', async () => {
    await made('policies.create', { name: 'inside', default_policy: 'deny' })
    const remove = () => place.perform('policies.delete', { path: { name: 'inside' } })
    const wiki = { redirect_uris: ['https://wiki.example.com/cb'], authorization_policy: 'inside' }
    const { mistakes } = await apply({ clients: { wiki } }, { meanwhile: once(remove) })
    assert.match(`${mistakes}`, /clients wiki: names the policy inside, which does not exist/)
    assert.equal(await place.document('clients', 'wiki'), undefined)
  })

  it('is one or the other when two apply different files at once', async () => {
    const ours = { groups: { staff: { description: 'A' }, ours: {} } }
    const theirs = { groups: { staff: { description: 'B' }, theirs: {} } }
    const done = await apply(ours, { meanwhile: once(() => apply(theirs)) })
    assert.deepEqual(done, {
      actions: ['change groups staff', 'create groups ours', 'release groups theirs'],
      mistakes: [],
      commits: 2,
    })
    const declared = (await place.house.repositories.declarations.list()).map(({ key }) => key)
    assert.deepEqual(declared, ['ours', 'staff'])
    assert.equal((await place.document('groups', 'staff'))?.description, 'A')
  })

  it('gives up with a sentence when others never stop, and has done nothing', async () => {
    let count = 0
    const always = async () => {
      count += 1
      await place.perform('groups.patch', { path: { name: 'theirs' }, body: { description: `${count}` } })
    }
    const done = await apply(
      { groups: { staff: { description: 'C' }, theirs: { description: 'C' } } },
      { meanwhile: always },
    )
    assert.match(`${done.problem}`, /^8 times something stood in the way \(groups\.replace\): .* run it again$/)
    assert.equal(done.commits, 8)
    assert.equal((await place.document('groups', 'staff'))?.description, 'A')
    assert.equal((await place.document('groups', 'theirs'))?.description, '8')
  })
})
