/** What was made by hand, printed as YAML: applied to an empty database it makes the same. */

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { COMMAND_LINE } from '../../src/core/administration/actor.ts'
import type { Document } from '../../src/core/administration/ports.ts'
import { Problem } from '../../src/core/administration/problem.ts'
import { exportThings } from '../../src/core/declarations/export-things.ts'
import { administrationPorts } from '../../src/house.ts'
import { aDeclaringPlace, type DeclaringPlace } from '../support/declaring.ts'
import { configOf } from '../support/seeding.ts'

const MADE: ReadonlyArray<readonly [operation: string, body: Document]> = [
  ['groups.create', { name: 'staff', description: 'Everybody ${env.HERE}, and $${CLAIM.x}' }],
  ['groups.create', { name: 'no' }],
  ['attributes.create', { name: 'department', type: 'text', choices: ['Sales', 'Board'], scopes: ['profile'] }],
  [
    'policies.create',
    { name: 'inside', default_policy: 'deny', rules: [{ policy: 'one_factor', networks: ['10.0.0.0/8'] }] },
  ],
  [
    'clients.create',
    {
      client_id: 'wiki',
      client_name: 'Wiki: “the” #1',
      'client_name#de': 'Wiki auf Deutsch',
      redirect_uris: ['https://wiki.example.com/callback'],
      authorization_policy: 'inside',
      require_pkce: true,
    },
  ],
  [
    'clients.create',
    {
      client_id: '1.5',
      client_type: 'public',
      redirect_uris: ['https://spa.example.com/callback', 'com.example.app:/callback'],
      grant_types: ['authorization_code'],
      disabled: true,
    },
  ],
  [
    'upstreams.create',
    {
      alias: 'work',
      issuer: 'https://work.example',
      authorization_endpoint: 'https://work.example/authorize',
      token_endpoint: 'https://work.example/token',
      jwks_uri: 'https://work.example/jwks',
      client_id: 'us',
      client_secret: '${vault.work}',
      token_headers: { 'x-team': 'sales' },
      mappings: [{ kind: 'template', attribute: 'nickname', template: '${CLAIM.nick} of ${ALIAS}' }],
    },
  ],
  [
    'upstreams.create',
    {
      alias: 'sealed',
      issuer: 'https://sealed.example',
      authorization_endpoint: 'https://sealed.example/authorize',
      token_endpoint: 'https://sealed.example/token',
      jwks_uri: 'https://sealed.example/jwks',
      client_id: 'us',
      client_secret: 'a secret that is kept sealed here',
    },
  ],
  [
    'accounts.create',
    {
      username: 'ada',
      email: 'ada@example.com',
      email_verified: false,
      name: 'Ada Lovelace',
      role: 'operator',
      groups: ['staff'],
      attributes: { department: 'Sales', address: { country: 'DE' } },
      password: 'a long password of ada',
    },
  ],
]

/** What is not the thing itself: when, by whom, what was made for it, what hangs on secrets. */
const NOT_ITS_OWN = [
  ...['created_at', 'created_by', 'updated_at', 'updated_by', 'owned_by', 'secrets', 'disabled_at'],
  ...['has_password', 'has_client_secret', 'warnings', 'members'],
]

function itsOwn(document: Document | undefined): Document {
  return Object.fromEntries(Object.entries(document ?? {}).filter(([name]) => !NOT_ITS_OWN.includes(name)))
}

/** What YAML, references, prototypes, terminals and people read as something else. */
const HOSTILE = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    '~',
    'yes',
    'Off',
    '1e3',
    '0x1f',
    '007',
    '1.0',
    '-',
    '.nan',
    '2020-01-01',
  ],
  ...[
    '<<',
    '*a',
    '&a',
    '!!set',
    '? a',
    '- a',
    '# a',
    'a: b',
    'a #b',
    '%YAML',
    '---',
    '...',
    '{}',
    '[]',
    '"',
    "'",
    '|',
    '>',
    '@',
    '`',
  ],
  ...[
    '${env.HOME}',
    '$${env.HOME}',
    '$$${vault.x}',
    '${CLAIM.x}',
    '$',
    '${',
    'größe',
    '🏰',
    'a\u0301',
    '\u00e1',
    'x-a',
    'include',
  ],
]
const TEXTS = [
  ...HOSTILE,
  ' outer ',
  'two\nlines',
  'two \nlines\n\n',
  '\ttab',
  '\u202eright',
  'x'.repeat(900),
  '\ufeffbom',
  'a\r\nb',
]

describe('sallyport export', () => {
  let place: DeclaringPlace

  before(async () => {
    place = await aDeclaringPlace(undefined)
    for (const [operation, body] of MADE) {
      const made = await place.perform(operation, { body: body as Record<string, unknown> })
      assert.ok(!(made instanceof Problem), made instanceof Problem ? JSON.stringify(made) : '')
    }
  })
  after(() => place.close())

  const KEYS: ReadonlyArray<readonly [string, string]> = [
    ['groups', 'staff'],
    ['groups', 'no'],
    ['attributes', 'department'],
    ['policies', 'inside'],
    ['clients', 'wiki'],
    ['clients', '1.5'],
    ['upstreams', 'work'],
    ['accounts', 'ada'],
  ]

  it('prints what makes the same in an empty database, apart from what cannot be read', async () => {
    const { out, code, err } = await place.sallyport('export')
    assert.equal(code, 0, err)
    const other = await aDeclaringPlace(undefined)
    try {
      other.writeText(out.replace('# client_secret: ${env.SEALED_CLIENT_SECRET}', 'client_secret: the same as there'))
      const applied = await other.sallyport('apply')
      assert.equal(applied.code, 0, applied.err)
      for (const [resource, key] of KEYS) {
        assert.deepEqual(
          itsOwn(await other.document(resource, key)),
          itsOwn(await place.document(resource, key)),
          `${resource} ${key}`,
        )
      }
      assert.equal((await other.sallyport('plan', '--exit-code')).code, 0)
      assert.equal(
        (await other.sallyport('export', '--all')).out.replaceAll(/ *#.*\n?/g, ''),
        out.replaceAll(/ *#.*\n?/g, ''),
      )
    } finally {
      await other.close()
    }
  })

  it('changes nothing where it was printed: the things belong to the file from then on', async () => {
    const { out } = await place.sallyport('export')
    place.writeText(out)
    const { things } = (await place.sallyport('plan', '--json')).json()
    assert.ok(things.length > 0)
    for (const { action, isAdopted, key } of things) assert.deepEqual([action, isAdopted], ['keep', true], key)
    place.writeText('')
  })

  it('says little: what counts anyway is left out, but never what differs', async () => {
    const { clients, upstreams } = parse((await place.sallyport('export')).out)
    assert.deepEqual(Object.keys(clients.wiki).sort(), [
      'authorization_policy',
      'client_name',
      'client_name#de',
      'redirect_uris',
      'require_pkce',
    ])
    assert.equal(clients['1.5'].client_type, 'public')
    assert.ok(Object.keys(upstreams.work).length < 16, Object.keys(upstreams.work).join(', '))
  })

  it('shows no secret, and a place for each', async () => {
    const { out } = await place.sallyport('export')
    assert.ok(!out.includes('a secret that is kept') && !out.includes('a long password'))
    assert.match(out, /# client_secret: \$\{env\.WIKI_CLIENT_SECRET\}/)
    assert.match(out, /# client_secret: \$\{env\.SEALED_CLIENT_SECRET\}/)
    assert.match(out, /# password: \$\{env\.ADA_PASSWORD\}/)
    assert.match(out, /^ {4}client_secret: \$\{vault\.work\}$/m)
  })

  it('prints single kinds and single things, and names those that there are not', async () => {
    assert.deepEqual(Object.keys(parse((await place.sallyport('export', 'groups', 'policies')).out)), [
      'groups',
      'policies',
    ])
    assert.deepEqual(parse((await place.sallyport('export', 'groups', '--key', 'no')).out), { groups: { no: {} } })
    assert.equal((await place.sallyport('export', '--key', 'nobody')).code, 4)
    const wrong = await place.sallyport('export', 'client')
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /client is no kind of thing \(did you mean clients\?\)/)
  })

  it('leaves out what a file owns, unless all is asked for', async () => {
    place.writeText('groups: { staff: }')
    await place.sallyport('apply')
    assert.deepEqual(Object.keys(parse((await place.sallyport('export', 'groups')).out).groups), ['no'])
    assert.deepEqual(Object.keys(parse((await place.sallyport('export', 'groups', '--all')).out).groups).sort(), [
      'no',
      'staff',
    ])
  })

  it('writes a new file, and never over another', async () => {
    const file = join(place.folder, 'out.yaml')
    assert.equal((await place.sallyport('export', 'groups', '-o', 'out.yaml')).code, 0)
    assert.ok(existsSync(file))
    const written = readFileSync(file, 'utf8')
    assert.equal((await place.sallyport('export', '-o', 'out.yaml')).code, 3)
    assert.equal(readFileSync(file, 'utf8'), written)
  })

  it('prints names and texts that would be read as something else so that they come back as they were', async () => {
    const { groups, commit } = place.house.repositories
    const all = HOSTILE.map((name, index) => ({
      name,
      description: TEXTS.at(-1 - index) ?? '',
      createdAt: new Date(0),
    }))
    const others = TEXTS.map((description, index) => ({ name: `text ${index}`, description, createdAt: new Date(0) }))
    const known = new Set((await groups.list()).map(({ name }) => name))
    await commit([...all, ...others].filter(({ name }) => !known.has(name)).map(group => groups.insert(group)))
    const { out } = await place.sallyport('export', 'groups', '--all')
    const other = await aDeclaringPlace(undefined)
    try {
      other.writeText(out)
      const done = await other.sallyport('apply', '--yes')
      assert.equal(done.code, 0, done.err)
      const told = async (from: DeclaringPlace) =>
        (await from.house.repositories.groups.list()).map(({ name, description }) => [name, description])
      assert.deepEqual(await told(other), await told(place))
      assert.equal((await other.sallyport('plan', '--exit-code')).code, 0)
    } finally {
      await other.close()
    }
  })

  it('reads page by page: more than one page has comes whole', async () => {
    const { groups, commit } = place.house.repositories
    const names = Array.from({ length: 450 }, (_, index) => `team-${index}`)
    await commit(names.map(name => groups.insert({ name, createdAt: new Date(0) })))
    const config = await configOf(place.folder, place.env)
    const acting = { ...administrationPorts(config, place.house), actor: COMMAND_LINE, now: new Date(0) }
    const [section] = await exportThings({ kinds: ['groups'], keys: [], isAll: true }, acting)
    assert.equal(section?.things.length, (await groups.list()).length)
    assert.ok(section.things.length > 450)
  })
})
