/** Tests of things in files: sections, includes, references, and every mistake with its place. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { declarableResources } from '../core/declarations/export-things.ts'
import { loadConfig } from './load-config.ts'
import { formatMistake } from './mistake.ts'
import type { Environment } from './read-environment.ts'
import { THING_SECTIONS } from './thing-sections.ts'

type Files = Readonly<Record<string, string>>

async function load(files: Files, env: Environment = {}) {
  const all = new Map(Object.entries(files).map(([name, text]) => [`/srv/${name}`, text]))
  const loaded = await loadConfig({
    env,
    cwd: '/srv',
    readFile(path) {
      const text = all.get(path)
      if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
      return text
    },
    listFolder(path) {
      const names = [...all.keys()].flatMap(name => (name.startsWith(`${path}/`) ? [name.slice(path.length + 1)] : []))
      return names.length === 0 ? undefined : [...new Set(names.map(name => name.split('/')[0] ?? ''))]
    },
  })
  return 'mistakes' in loaded ? { mistakes: loaded.mistakes.map(formatMistake) } : loaded
}

async function declaredIn(files: Files, env: Environment = {}) {
  const loaded = await load(files, env)
  if ('mistakes' in loaded) assert.fail(loaded.mistakes.join('\n'))
  return loaded.config.declared
}

async function mistakesIn(files: Files, env: Environment = {}): Promise<readonly string[]> {
  const loaded = await load(files, env)
  return 'mistakes' in loaded ? loaded.mistakes : []
}

describe('things in sallyport.yaml', () => {
  it('are the resources that may be declared, each a section', () => {
    assert.deepEqual(
      [...THING_SECTIONS].sort(),
      declarableResources()
        .map(({ name }) => name)
        .sort(),
    )
  })

  it('stand under their names, and tell where they stand', async () => {
    const yaml = 'issuer: https://id.example.com\ngroups:\n  staff: { description: All }\n  guests:\n'
    assert.deepEqual(await declaredIn({ 'sallyport.yaml': yaml }), [
      { resource: 'groups', key: 'staff', document: { description: 'All' }, source: 'sallyport.yaml:3' },
      { resource: 'groups', key: 'guests', document: {}, source: 'sallyport.yaml:4' },
    ])
  })

  it('are none where a section is empty, and settings need none', async () => {
    assert.deepEqual(await declaredIn({ 'sallyport.yaml': 'clients:\ngroups: {}\n' }), [])
    assert.deepEqual(await declaredIn({}), [])
  })

  it('share what anchors name; keys that begin with x- are for anchors', async () => {
    const yaml = [
      'x-app: &app',
      '  scope: openid',
      'clients:',
      '  wiki: { <<: *app, client_name: Wiki }',
      '  blog: { <<: *app, scope: openid email }',
    ].join('\n')
    const documents = (await declaredIn({ 'sallyport.yaml': yaml })).map(({ document }) => document)
    assert.deepEqual(documents, [{ scope: 'openid', client_name: 'Wiki' }, { scope: 'openid email' }])
  })

  it('are text, numbers and lists behind references as their fields are; secrets stay references', async () => {
    const yaml = [
      'secrets: { vault: vault }',
      'clients:',
      '  wiki:',
      '    client_name: ${file:name.txt} of ${env.TEAM}',
      '    disabled: ${env.OFF}',
      '    redirect_uris: ${env.URIS}',
      '    description: $${env.TEAM}',
      '    software_version: ${vault.version}',
      '    client_secret: ${vault.wiki}',
      'upstreams:',
      '  work:',
      '    client_secret: ${env.WORK}',
      '    mappings: [{ kind: template, attribute: login, template: "${CLAIM.email|localpart}" }]',
    ].join('\n')
    const files = { 'sallyport.yaml': yaml, 'name.txt': 'Wiki\n', 'vault/version': '7' }
    const [work, wiki] = await declaredIn(files, { TEAM: 'Sales', OFF: 'true', URIS: 'https://a/x,https://b/x' })
    assert.deepEqual(work?.document, {
      client_secret: '${env.WORK}',
      mappings: [{ kind: 'template', attribute: 'login', template: '${CLAIM.email|localpart}' }],
    })
    assert.deepEqual(wiki?.document, {
      client_name: 'Wiki of Sales',
      disabled: true,
      redirect_uris: ['https://a/x', 'https://b/x'],
      description: '${env.TEAM}',
      software_version: '7',
      client_secret: '${vault.wiki}',
    })
  })

  const MISTAKES: ReadonlyArray<readonly [what: string, yaml: string, ...mistakes: string[]]> = [
    [
      'a section that is misspelt',
      'client:\n  wiki: {}',
      'sallyport.yaml:1:1  client is no setting (did you mean clients?)',
    ],
    [
      'a list in place of names',
      'clients: [wiki]',
      'sallyport.yaml:1:10  clients must map the client_id of each client to what it is',
    ],
    [
      'a document that is none',
      'groups:\n  staff: All',
      'sallyport.yaml:2:10  groups.staff must hold the fields of a group',
    ],
    [
      'a field that there is not',
      'clients:\n  wiki:\n    redirect_uri: https://wiki.example.com/callback',
      'sallyport.yaml:3:5  clients.wiki.redirect_uri is no field (did you mean redirect_uris?)',
    ],
    [
      'a value of another shape',
      'clients:\n  wiki:\n    redirect_uris: https://wiki.example.com/callback',
      'sallyport.yaml:3:20  clients.wiki.redirect_uris must be a list of texts',
    ],
    [
      'a value deep inside',
      'policies:\n  staff:\n    rules:\n      - policy: one_facto',
      'sallyport.yaml:4:17  policies.staff.rules[0].policy "one_facto" is not possible (did you mean one_factor?); choose one_factor, two_factor, deny',
    ],
    [
      'what is only shown',
      'groups:\n  staff:\n    created_by: ada',
      'sallyport.yaml:3:5  groups.staff.created_by is kept by the server and cannot be declared',
    ],
    [
      'the name a second time',
      'groups:\n  staff: { name: staff }',
      'sallyport.yaml:2:12  groups.staff.name is the name that the group stands under: leave it out',
    ],
    [
      'a reference to nothing',
      'clients:\n  wiki:\n    client_name: ${env.NAME}',
      'sallyport.yaml:3:18  clients.wiki.client_name refers to the environment variable NAME, which is not set',
    ],
    [
      'a reference that is misspelt',
      'clients:\n  wiki:\n    client_name: ${evn.NAME}',
      'sallyport.yaml:3:18  clients.wiki.client_name has an unknown reference ${evn.NAME}: write ${env.NAME}, ${file:PATH} or ${vault.NAME}',
    ],
    ['a name of nothing', 'groups:\n  "": {}', 'sallyport.yaml:2:3  groups needs a name'],
    [
      'several at once, and settings among them',
      'issuer: nowhere\ngroups:\n  staff: { desription: x }\n  guests: 7',
      'sallyport.yaml:1:9  issuer must be a URL such as https://id.example.com',
      'sallyport.yaml:3:12  groups.staff.desription is no field (did you mean description?)',
      'sallyport.yaml:4:11  groups.guests must hold the fields of a group',
    ],
  ]

  for (const [what, yaml, ...expected] of MISTAKES) {
    it(`refuse ${what}`, async () => {
      const mistakes = await mistakesIn({ 'sallyport.yaml': yaml })
      assert.equal(mistakes.length, expected.length, mistakes.join('\n'))
      for (const [index, start] of expected.entries())
        assert.ok(mistakes[index]?.startsWith(start), `${mistakes[index]}`)
    })
  }

  it('say times as settings do: 10m is 600 seconds', async () => {
    const yaml = 'clients:\n  wiki: { access_token_lifetime: 10m, consent_ttl: "90d", id_token_lifetime: 60 }\n'
    const [wiki] = await declaredIn({ 'sallyport.yaml': yaml })
    assert.deepEqual(wiki?.document, { access_token_lifetime: 600, consent_ttl: 7_776_000, id_token_lifetime: 60 })
    assert.deepEqual(await mistakesIn({ 'sallyport.yaml': yaml.replace('10m', '10 minutes') }), [
      'sallyport.yaml:2:34  clients.wiki.access_token_lifetime must be a duration such as 30s, 5m, 12h or 14d, or a whole number of seconds',
    ])
  })

  it('refuse names twice in one section', async () => {
    const [mistake] = await mistakesIn({ 'sallyport.yaml': 'groups:\n  staff: {}\n  staff: {}' })
    assert.match(mistake ?? '', /^sallyport\.yaml:3:3 {2}is not valid YAML: staff stands there twice/)
    assert.equal((await mistakesIn({ 'sallyport.yaml': 'groups: { 1: , "1": }' })).length, 1)
  })

  it('take names of prototypes as names, and as no fields', async () => {
    const yaml =
      'groups:\n  __proto__: { description: x }\n  constructor: {}\nclients:\n  wiki: { __proto__: { disabled: true } }'
    assert.deepEqual(await mistakesIn({ 'sallyport.yaml': yaml }), [
      'sallyport.yaml:5:11  clients.wiki.__proto__ is no field',
    ])
    const things = await declaredIn({ 'sallyport.yaml': yaml.split('\nclients')[0] ?? '' })
    assert.deepEqual(
      things.map(({ key }) => key),
      ['__proto__', 'constructor'],
    )
    assert.equal(({} as Record<string, unknown>).description, undefined)
  })

  it('refuse anchors within anchors that stand for more than fits', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner = level === 0 ? 'x' : `*a${level - 1}`
      return `x-${level}: &a${level} [${Array.from({ length: 10 }, () => inner).join(', ')}]`
    })
    const [mistake] = await mistakesIn({ 'sallyport.yaml': `${levels.join('\n')}\nproxies: { trusted: *a8 }` })
    assert.match(mistake ?? '', /Excessive alias count|more than 1000000 values/)
    const wide = await mistakesIn({
      'sallyport.yaml': `${levels.slice(0, 5).join('\n')}\nproxies: { trusted: [${'*a4, '.repeat(20)}] }`,
    })
    assert.match(wide[0] ?? '', /Excessive alias count|more than 1000000 values/)
  })

  it('refuse a file that is too large', async () => {
    const [mistake] = await mistakesIn({ 'sallyport.yaml': `# ${'x'.repeat(16 * 1024 * 1024)}` })
    assert.match(mistake ?? '', /^sallyport\.yaml:1:1 {2}has more than 16 MiB/)
  })
})

describe('include', () => {
  it('takes files, folders in the order of names, and patterns; relative to the file that includes', async () => {
    const things = await declaredIn({
      'sallyport.yaml': 'include: [one.yaml, conf.d, "more/*.yaml"]\ngroups: { a: }',
      'one.yaml': 'groups: { b: }',
      'conf.d/20.yml': 'groups: { d: }',
      'conf.d/10.yaml': 'include: ../deep/x.yaml\ngroups: { c: }',
      'conf.d/30.txt': 'no yaml: [',
      'conf.d/.hidden.yaml': 'groups: { no: }',
      'deep/x.yaml': 'groups: { x: }',
      'more/y.yaml': 'groups: { y: }',
      'more/y.json': '[',
    })
    assert.deepEqual(
      things.map(({ key, source }) => `${key} ${source}`),
      [
        'a sallyport.yaml:2',
        'b one.yaml:1',
        'c conf.d/10.yaml:2',
        'x deep/x.yaml:1',
        'd conf.d/20.yml:1',
        'y more/y.yaml:1',
      ],
    )
  })

  it('brings settings as well, member by member', async () => {
    const loaded = await load({
      'sallyport.yaml': 'include: more.yaml\ntokens: { access_token: 5m }\nsessions:',
      'more.yaml': 'tokens: { id_token: 90 }\nsessions: { max_age: 1d }',
    })
    assert.ok('config' in loaded)
    assert.equal(loaded.config.tokens.accessTokenSeconds, 300)
    assert.equal(loaded.config.tokens.idTokenSeconds, 90)
  })

  it('reads each file once, however often it is named, and a folder may hold the file itself', async () => {
    const things = await declaredIn({
      'sallyport.yaml': 'include: ["*.yaml", a.yaml]\ngroups: { main: }',
      'a.yaml': 'include: b.yaml',
      'b.yaml': 'groups: { b: }',
    })
    assert.deepEqual(things.map(({ key }) => key).sort(), ['b', 'main'])
  })

  const REFUSED: ReadonlyArray<readonly [what: string, files: Files, mistake: RegExp]> = [
    [
      'a circle',
      { 'sallyport.yaml': 'include: a.yaml', 'a.yaml': 'include: [sallyport.yaml]' },
      /^a\.yaml:1:11 {2}include names sallyport\.yaml, which includes this file/,
    ],
    [
      'a file that is not there',
      { 'sallyport.yaml': 'include:\n  - none.yaml' },
      /^sallyport\.yaml:2:5 {2}include names none\.yaml, which cannot be read: no such file/,
    ],
    [
      'what is no path',
      { 'sallyport.yaml': 'include: [{ file: a.yaml }]' },
      /^sallyport\.yaml:1:11 {2}include must be paths of files or folders/,
    ],
    [
      'a thing in two places',
      { 'sallyport.yaml': 'include: a.yaml\ngroups: { staff: }', 'a.yaml': 'groups:\n  staff: {}' },
      /^a\.yaml:2:3 {2}groups\.staff stands in sallyport\.yaml:2 as well: keep one of them/,
    ],
    [
      'a setting in two places',
      { 'sallyport.yaml': 'include: a.yaml\nissuer: https://a.example', 'a.yaml': 'issuer: https://b.example' },
      /^a\.yaml:1:1 {2}issuer stands in sallyport\.yaml:2 as well: keep one of them/,
    ],
    [
      'a mistake in an included file, with its place there',
      { 'sallyport.yaml': 'include: a.yaml', 'a.yaml': '# first\ntokens: { acces_token: 5m }' },
      /^a\.yaml:2:11 {2}tokens\.acces_token is no setting \(did you mean access_token\?\)/,
    ],
    [
      'what is no YAML in an included file',
      { 'sallyport.yaml': 'include: a.yaml', 'a.yaml': 'a: [' },
      /^a\.yaml:1:\d+ {2}is not valid YAML/,
    ],
  ]

  for (const [what, files, mistake] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const mistakes = await mistakesIn(files)
      assert.match(mistakes[0] ?? '', mistake)
      assert.equal(mistakes.length, 1, mistakes.join('\n'))
    })
  }

  it('leads to no more than a thousand files', async () => {
    const files = Array.from({ length: 1001 }, (_, index) => [`d/${index}.yaml`, ''] as const)
    const mistakes = await mistakesIn({ 'sallyport.yaml': 'include: d', ...Object.fromEntries(files) })
    assert.deepEqual(mistakes, ['sallyport.yaml:1:10  include leads to more than 1000 files'])
  })

  it('patterns with many stars take no longer than others', async () => {
    const pattern = `${'*a'.repeat(30)}b.yaml`
    const files = { 'sallyport.yaml': `include: "d/${pattern}"`, [`d/${'a'.repeat(200)}.yaml`]: 'groups: { no: }' }
    assert.deepEqual(await declaredIn(files), [])
  })
})
