/** Things that files declare: made, changed, taken over, released and deleted, all of them or none. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { Problem } from '../../src/core/administration/problem.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { execute, LAUNCHER } from '../support/command-line.ts'
import { aDeclaringPlace, type DeclaringPlace } from '../support/declaring.ts'

const SECRET = 'a-secret-that-a-person-chose-0123456789'

/** One of each kind, naming one another. */
const EVERYTHING = {
  groups: { staff: { description: 'Everybody' }, guests: {} },
  attributes: { department: { type: 'text', scopes: ['profile'] } },
  policies: { 'staff-only': { default_policy: 'deny', rules: [{ policy: 'one_factor', subject: ['group:staff'] }] } },
  upstreams: {
    work: {
      enabled: false,
      authorization_endpoint: 'https://work.example/authorize',
      token_endpoint: 'https://work.example/token',
      issuer: 'https://work.example',
      jwks_uri: 'https://work.example/jwks',
      client_id: 'us',
      client_secret: '${vault.work}',
    },
  },
  clients: {
    wiki: {
      client_name: 'Wiki',
      redirect_uris: ['https://wiki.example.com/callback'],
      client_secret: SECRET,
      authorization_policy: 'staff-only',
    },
  },
  accounts: {
    ada: {
      email: 'ada@example.com',
      groups: ['staff'],
      attributes: { department: 'Sales' },
      password: 'a long password of ada',
    },
  },
}

onBothDatabases('things that files declare', database => {
  let place: DeclaringPlace

  before(async () => {
    place = await aDeclaringPlace(await database())
  })
  after(() => place.close())

  async function apply(content: object, ...words: string[]) {
    place.write(content)
    const done = await place.sallyport('apply', '--yes', '--json', ...words)
    assert.equal(done.code, 0, done.err)
    return done.json() as { readonly things: ReadonlyArray<{ resource: string; key: string; action: string }> }
  }

  async function actionsOf(content: object, ...words: string[]): Promise<readonly string[]> {
    const { things } = await apply(content, ...words)
    return things.map(({ resource, key, action }) => `${action} ${resource} ${key}`)
  }

  it('are made together, each as the file says, and may name one another', async () => {
    assert.deepEqual(await actionsOf(EVERYTHING), [
      'create groups staff',
      'create groups guests',
      'create attributes department',
      'create policies staff-only',
      'create clients wiki',
      'create upstreams work',
      'create accounts ada',
    ])
    const ada = await place.document('accounts', 'ada')
    assert.deepEqual(ada?.attributes, { department: 'Sales' })
    assert.match(`${ada?.owned_by}`, /^sallyport\.yaml:\d+$/)
    assert.equal(ada?.created_by, 'sallyport.yaml')
    assert.equal((await place.document('upstreams', 'work'))?.client_secret, '${vault.work}')
    const types = await place.auditTypes()
    for (const type of ['group.created', 'policy.created', 'client.created', 'upstream.created', 'account.created'])
      assert.ok(types.includes(type), type)
  })

  it('change nothing a second time: no row, no event', async () => {
    const before = [await place.auditTypes(), await place.house.repositories.declarations.list()]
    assert.deepEqual(await actionsOf(EVERYTHING), [])
    assert.deepEqual([await place.auditTypes(), await place.house.repositories.declarations.list()], before)
  })

  it('are changed field by field: what the file is silent about stays, what it says no more goes back', async () => {
    await place.perform('clients.patch', { path: { client_id: 'wiki' }, body: { description: 'by hand' } })
    const { client_name: _, ...silent } = EVERYTHING.clients.wiki
    const changed = { ...silent, redirect_uris: ['https://wiki.example.com/new'] }
    assert.deepEqual(await actionsOf({ ...EVERYTHING, clients: { wiki: changed } }), ['change clients wiki'])
    const wiki = await place.document('clients', 'wiki')
    assert.equal(wiki?.description, 'by hand')
    assert.deepEqual(wiki?.redirect_uris, ['https://wiki.example.com/new'])
    assert.equal(wiki?.client_name, 'wiki', 'the standard')
    await apply(EVERYTHING)
    assert.equal((await place.document('clients', 'wiki'))?.client_name, 'Wiki')
  })

  it('notice another secret, keep neither it nor a hash that could be guessed at, and end the one before', async () => {
    const secretsOf = async () => (await place.document('clients', 'wiki'))?.secrets as readonly { id: string }[]
    const [before] = await secretsOf()
    const wiki = { ...EVERYTHING.clients.wiki, client_secret: `${SECRET}-2` }
    assert.deepEqual(await actionsOf({ ...EVERYTHING, clients: { wiki } }), ['change clients wiki'])
    const after = await secretsOf()
    assert.equal(after.length, 1)
    assert.notEqual(after[0]?.id, before?.id)
    const kept = JSON.stringify(await place.house.repositories.declarations.list())
    assert.ok(!kept.includes(SECRET) && !kept.includes('a long password'))
    assert.match(kept, /"client_secret":\{"digest":"[\w-]{43}"\}/)
    await apply(EVERYTHING)
  })

  it('leave a password alone that the person has changed since', async () => {
    const account = await place.house.repositories.accounts.findByLogin('ada')
    assert.ok(account)
    const changed = { ...account, passwordHash: await place.house.hasher.hash('another password').then(String) }
    const { committed } = await place.house.repositories.commit([
      place.house.repositories.accounts.replace(changed as typeof account, account),
    ])
    assert.ok(committed)
    assert.deepEqual(await actionsOf(EVERYTHING), [])
  })

  it('show what was changed past the file, and set it back', async () => {
    const { groups, commit } = place.house.repositories
    const staff = await groups.find('staff')
    assert.ok(staff)
    await commit([groups.replace({ ...staff, description: 'Somebody' }, staff)])
    place.write(EVERYTHING)
    const { out } = await place.sallyport('plan')
    assert.match(out, /~ groups staff .*\n {4}description {2}Somebody → Everybody {2}\(changed elsewhere\)/)
    assert.deepEqual(await actionsOf(EVERYTHING), ['change groups staff'])
    assert.equal((await place.document('groups', 'staff'))?.description, 'Everybody')
  })

  it('are made again when they were deleted past the file', async () => {
    const { groups, commit } = place.house.repositories
    await commit([groups.delete('guests')])
    assert.deepEqual(await actionsOf(EVERYTHING), ['create groups guests'])
  })

  it('are not made by hand, nor is another renamed to them, when they were deleted past the file', async () => {
    const { groups, accounts, commit } = place.house.repositories
    const ada = await accounts.findByLogin('ada')
    assert.ok(ada)
    await commit([groups.delete('guests'), accounts.delete(ada.id)])
    await place.perform('accounts.create', { body: { username: 'bob' } })
    for (const answer of [
      await place.perform('groups.create', { body: { name: 'guests' } }),
      await place.perform('accounts.create', { body: { username: 'ada' } }),
      await place.perform('accounts.patch', { path: { username: 'bob' }, body: { username: 'ada' } }),
    ]) {
      assert.ok(answer instanceof Problem)
      assert.match(answer.detail, /is declared in sallyport\.yaml:\d+, and sallyport apply makes it/)
    }
    assert.deepEqual(await actionsOf(EVERYTHING), ['create groups guests', 'create accounts ada'])
  })

  it('are taken over when they were made by hand', async () => {
    await place.perform('groups.create', { body: { name: 'friends', description: 'Of the house' } })
    const groups = { ...EVERYTHING.groups, friends: {} }
    place.write({ ...EVERYTHING, groups })
    assert.match(
      (await place.sallyport('plan')).out,
      /= groups friends .*made by hand, belongs to the file from now on/,
    )
    assert.deepEqual(await actionsOf({ ...EVERYTHING, groups }), ['keep groups friends'])
    const friends = await place.document('groups', 'friends')
    assert.match(`${friends?.owned_by}`, /^sallyport\.yaml:\d+$/)
    assert.equal(friends?.description, 'Of the house')
  })

  it('are released when they leave the file: they stay, and belong to nobody', async () => {
    assert.deepEqual(await actionsOf(EVERYTHING), ['release groups friends'])
    const friends = await place.document('groups', 'friends')
    assert.equal(friends?.owned_by, undefined)
    assert.equal(friends?.description, 'Of the house')
    const told = (await place.auditTypes()).filter(type => type.startsWith('declaration.'))
    assert.deepEqual(told, ['declaration.adopted', 'declaration.released'])
  })

  it('are changed in the file only, as far as the file says anything', async () => {
    const refused = async (name: string, call: Parameters<DeclaringPlace['perform']>[1]) => {
      const answer = await place.perform(name, call)
      assert.ok(answer instanceof Problem, name)
      assert.equal(answer.kind, 'conflict', answer.detail)
      assert.match(answer.detail, /sallyport\.yaml:\d+/)
    }
    await refused('groups.patch', { path: { name: 'staff' }, body: { description: 'x' } })
    await refused('groups.delete', { path: { name: 'guests' } })
    await refused('clients.patch', {
      path: { client_id: 'wiki' },
      body: { client_secret: 'another-secret-0123456789' },
    })
    await refused('accounts.patch', { path: { username: 'ada' }, body: { username: 'adele' } })
    await refused('accounts.patch', { path: { username: 'ada' }, body: { password: 'another long password' } })
    await refused('accounts.patch', { path: { username: 'ada' }, body: { attributes: { department: 'Board' } } })
    await refused('accounts.patch', {
      path: { username: 'ada' },
      body: { password_hash: '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW' },
    })
    await refused('accounts.set_password', { path: { username: 'ada' }, body: { password: 'another long password' } })
    await refused('groups.remove_members', { path: { name: 'staff' }, body: { accounts: ['ada'] } })
    await refused('groups.delete', { path: { name: 'staff' } })
    await refused('clients.rotate_secret', { path: { client_id: 'wiki' } })
    await refused('clients.replace_host', { body: { from: 'wiki.example.com', to: 'new.example.com' } })
    await refused('upstreams.edit', { path: { alias: 'work' }, body: { set: { client_secret: '${vault.other}' } } })
    await refused('upstreams.delete', { path: { alias: 'work' } })
    await refused('policies.patch', { path: { name: 'staff-only' }, body: { default_policy: 'two_factor' } })
    await refused('attributes.patch', { path: { name: 'department' }, body: { scopes: ['email'] } })
    const other = { attributes: { given_name: 'Ada' } }
    const answer = await place.perform('accounts.patch', { path: { username: 'ada' }, body: other })
    assert.ok(!(answer instanceof Problem), 'a member that the file does not say is anybody’s')
    assert.deepEqual(await actionsOf(EVERYTHING), [])
  })

  it('are all left as they are when one of them breaks a rule', async () => {
    place.write({
      ...EVERYTHING,
      groups: { ...EVERYTHING.groups, more: {} },
      clients: {
        ...EVERYTHING.clients,
        blog: { redirect_uris: ['javascript:alert(1)'], authorization_policy: 'nobody' },
      },
    })
    const done = await place.sallyport('apply', '--yes')
    assert.equal(done.code, 78, done.err)
    assert.match(done.err, /what the files declare; nothing was changed\n {2}sallyport\.yaml:\d+ {2}clients blog: /)
    assert.equal(await place.document('groups', 'more'), undefined)
  })

  it('are deleted when they left the file and that is asked for, together with what let go of them', async () => {
    const { policies: _policies, ...rest } = EVERYTHING
    const { authorization_policy: _policy, ...wiki } = EVERYTHING.clients.wiki
    const { guests } = EVERYTHING.groups
    const content = {
      ...rest,
      groups: { guests },
      clients: { wiki },
      accounts: { ada: { ...EVERYTHING.accounts.ada, groups: [] } },
    }
    assert.deepEqual(
      [...(await actionsOf(content, '--prune'))].sort(),
      ['change accounts ada', 'change clients wiki', 'delete groups staff', 'delete policies staff-only'].sort(),
    )
    assert.equal(await place.document('groups', 'staff'), undefined)
    assert.equal(await place.document('policies', 'staff-only'), undefined)
    assert.deepEqual(await actionsOf(content, '--prune'), [])
  })

  it('ask before anything is deleted, and delete nothing where nobody can answer', async () => {
    place.write({})
    const done = await place.sallyport('apply', '--prune')
    assert.equal(done.code, 1)
    assert.match(done.err, /nothing was applied \(--yes: apply all the same\)/)
    assert.ok(await place.document('clients', 'wiki'))
  })
})

onBothDatabases('two that apply the same at once', database => {
  let place: DeclaringPlace

  before(async () => {
    place = await aDeclaringPlace(await database())
  })
  after(() => place.close())

  it('do it once: one wins, the other finds nothing to do', async () => {
    place.write(EVERYTHING)
    const done = await Promise.all(
      [1, 2, 3].map(() => execute(LAUNCHER, ['apply', '--yes', '--json'], place.folder, place.env)),
    )
    for (const { code, err } of done) assert.equal(code, 0, err)
    const made = done.map(({ out }) => (JSON.parse(out) as { things: unknown[] }).things.length)
    assert.deepEqual(made.sort(), [0, 0, 7])
    const created = (await place.auditTypes()).filter(type => type.endsWith('.created'))
    assert.equal(created.length, new Set(created).size + 1, 'two groups, and one of each other kind')
  })
})
