/** `upstream create`, `list`, `show`, `edit`, `delete`, `presets`, `test`, `clear-cache`: on a real SQLite file, with documents on loopback. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { anAccount, anIdentity } from '../support/builders.ts'
import { aFolder, auditEvents, execute, type Given, inHouse, LAUNCHER, run } from '../support/command-line.ts'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'

const ENV = { SALLYPORT_ISSUER: 'http://localhost:9000', SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' }
const SECRET = 'a secret of ours'

/** Documents of an upstream that answers; its token endpoint knows us and not the code. */
let idp: DocumentServer

before(async () => {
  idp = await startDocumentServer()
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }
  const document = {
    issuer: idp.origin,
    authorization_endpoint: `${idp.origin}/authorize`,
    token_endpoint: `${idp.origin}/token`,
    jwks_uri: `${idp.origin}/jwks`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  }
  const headers = { 'content-type': 'application/json' }
  idp.documents.set('/.well-known/openid-configuration', { headers, body: JSON.stringify(document) })
  idp.documents.set('/jwks', { headers, body: JSON.stringify({ keys: [jwk] }) })
  idp.documents.set('/token', { status: 400, headers, body: JSON.stringify({ error: 'invalid_grant' }) })
})
after(() => idp.close())

describe('upstream create', () => {
  it('reads the discovery document at once, and says what is to be registered there', async t => {
    const sallyport = here(t)
    const created = await sallyport('create', 'work', ...at(idp.origin))
    assert.equal(created.code, 0, created.err)
    assert.match(created.out, /^The upstream work was created\./)
    assert.match(created.out, new RegExp(`token_endpoint +${idp.origin}/token`))
    assert.match(created.out, /redirect_uri +http:\/\/localhost:9000\/broker\/work\/endpoint\n/)
    assert.match(created.out, /backchannel_logout_uri +http:\/\/localhost:9000\/broker\/work\/backchannel-logout\n/)
    assert.match(created.out, /jwks_uri +http:\/\/localhost:9000\/jwks\n/)
    assert.match(created.err, /does not list client_auth_method client_secret_basic, but client_secret_post/)
    const shown = (await sallyport('show', 'work', '--json')).json()
    assert.equal(shown.discovery_uri, `${idp.origin}/.well-known/openid-configuration`)
    assert.equal(shown.discovered.issuer, idp.origin)
    assert.equal(shown.token_endpoint, undefined)
  })

  it('warns of a document that cannot be had, and makes the upstream all the same; --offline does not ask', async t => {
    const sallyport = here(t)
    const nowhere = await sallyport('create', 'away', ...at(`${idp.origin}/nowhere`))
    assert.equal(nowhere.code, 0)
    assert.match(nowhere.err, /^warning: .*nowhere\/.well-known\/openid-configuration was not taken/m)
    const asked = idp.asked.length
    const offline = await sallyport('create', 'later', ...at(idp.origin), '--offline', '--json')
    assert.deepEqual([offline.json().outcome, offline.json().discovered], ['created', undefined])
    assert.equal(idp.asked.length, asked)
  })

  it('spells out what a terminal would obey in a document of somebody else', async t => {
    const sallyport = here(t)
    const place = `${idp.origin}/hostile`
    const document = {
      issuer: place,
      authorization_endpoint: `${place}/authorize`,
      token_endpoint: `${place}/token`,
      jwks_uri: `${place}/jwks`,
      token_endpoint_auth_methods_supported: ['\u001b[31mred'],
    }
    const headers = { 'content-type': 'application/json' }
    idp.documents.set('/hostile/.well-known/openid-configuration', { headers, body: JSON.stringify(document) })
    const { code, out, err } = await sallyport('create', 'hostile', ...at(place))
    assert.equal(code, 0, err)
    assert.match(err, /but \\x1b\[31mred\./)
    assert.ok(!`${out}${err}`.includes('\u001b'))
  })

  it('takes a discovery document from a file over, and never reads it again (OIDC Discovery §3)', async t => {
    const sallyport = here(t)
    const { body } = idp.documents.get('/.well-known/openid-configuration') ?? { body: '' }
    writeFileSync(join(sallyport.folder, 'idp.json'), body)
    const asked = idp.asked.length
    const created = await sallyport('create', 'typed', ...at('idp.json'), '--json')
    assert.equal(created.code, 0, created.err)
    const { issuer, discovery_uri, id_token_signing_algs, client_auth_method } = created.json()
    assert.deepEqual(
      [issuer, discovery_uri, id_token_signing_algs, client_auth_method],
      [idp.origin, undefined, ['ES256'], 'client_secret_post'],
    )
    const again = await sallyport(
      'create',
      'file',
      '--file',
      'idp.json',
      '--client-id',
      'a',
      '--client-secret',
      'b',
      '--json',
    )
    assert.equal(again.json().token_endpoint, `${idp.origin}/token`)
    await sallyport(
      'create',
      'moved',
      ...at('https://elsewhere.example'),
      '--offline',
      '--set',
      'userinfo_endpoint=https://elsewhere.example/me',
    )
    const moved = await sallyport('edit', 'moved', '--discovery', 'idp.json', '--json')
    assert.equal(moved.code, 0, moved.err)
    const { discovery_uri: none, userinfo_endpoint: gone, issuer: typed } = moved.json()
    assert.deepEqual([none, gone, typed], [undefined, undefined, idp.origin])
    assert.equal(idp.asked.length, asked)
  })

  it('begins with a preset, and lets what is said win', async t => {
    const sallyport = here(t)
    const github = await sallyport(
      'create',
      'github',
      '--preset',
      'github',
      ...CREDENTIALS,
      '--map',
      'email=mail',
      '--json',
    )
    const { kind, display_name, mappings } = github.json()
    assert.deepEqual([kind, display_name], ['oauth2', 'GitHub'])
    const ofEmail = mappings.filter(({ attribute }: { attribute: string }) => attribute === 'email')
    assert.deepEqual(ofEmail, [{ kind: 'attribute', attribute: 'email', claim: 'mail' }])
    const lost = await sallyport('create', 'k', '--preset', 'keycloak', ...CREDENTIALS)
    assert.match(lost.err, /--discovery: is missing: say which Keycloak it is, such as --discovery https/)
    const unknown = await sallyport('create', 'g', '--preset', 'gogle', ...CREDENTIALS)
    assert.match(unknown.err, /there is no preset gogle \(did you mean google\?\)/)
    assert.deepEqual([lost.code, unknown.code], [2, 2])
    for (const { err } of [lost, unknown]) assert.doesNotMatch(err, /endpoint/)
  })

  it('reports all mistakes at once, with exit code 2, and changes nothing', async t => {
    const sallyport = here(t)
    const set = ['--set', 'clock_skew=20m', '--set', 'order=first', '--set', 'syncmode=force', '--map', 'emal=mail']
    const refused = await sallyport('create', 'Work', ...at(idp.origin), ...set)
    assert.equal(refused.code, 2)
    for (const member of ['alias', 'clock_skew', 'order', 'syncmode', 'mappings[0].attribute']) {
      assert.ok(refused.err.includes(`\n  ${member}: `), `${member} in ${refused.err}`)
    }
    assert.equal((await sallyport('list', '--json')).json().length, 0)
  })

  it('keeps or replaces one that exists; its secret stays unless one is given', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    const taken = await sallyport('create', 'work', ...at(idp.origin), '--offline')
    assert.equal(taken.code, 3)
    const kept = await sallyport('create', 'work', ...at(idp.origin), '--set', 'order=5', '--if-not-exists', '--json')
    assert.deepEqual([kept.json().outcome, kept.json().order], ['kept', undefined])
    const say = ['--discovery', idp.origin, '--client-id', 'other', '--offline']
    const replaced = await sallyport('create', 'work', ...say, '--replace', '--json')
    assert.equal(replaced.code, 0, replaced.err)
    assert.deepEqual([replaced.json().outcome, replaced.json().client_id], ['replaced', 'other'])
    assert.match((await sallyport('show', 'work')).out, /client_secret +kept sealed/)
    assert.equal((await sallyport('create', 'work', ...say, '--replace', '--if-not-exists')).code, 2)
  })

  it('reads the secret from the environment, a file and standard input, and shows it nowhere', async t => {
    const sallyport = here(t)
    writeFileSync(join(sallyport.folder, 'secret'), `${SECRET}\n`)
    const say = ['--discovery', idp.origin, '--client-id', 'sallyport', '--offline', '--json']
    const path = join(sallyport.folder, 'secret')
    const outcomes = [
      await sallyport.given({ env: { SALLYPORT_UPSTREAM_CLIENT_SECRET: SECRET } }, 'create', 'one', ...say),
      await sallyport.given({ env: { SALLYPORT_UPSTREAM_CLIENT_SECRET_FILE: path } }, 'create', 'two', ...say),
      await sallyport.given({ input: `${SECRET}\n` }, 'create', 'three', ...say, '--client-secret-stdin'),
      await sallyport('create', 'four', ...say, '--client-secret', VAULT),
    ]
    for (const { code, out, err } of outcomes) {
      assert.equal(code, 0, err)
      assert.ok(!out.includes(SECRET) && !err.includes(SECRET))
    }
    const shown = await Promise.all(['one', 'four'].map(alias => sallyport('show', alias, '--all', '--json')))
    assert.deepEqual(
      shown.map(({ json }) => json().client_secret),
      [undefined, VAULT],
    )
    const stored = await inHouse(sallyport.folder, ({ repositories }) => repositories.upstreams.list())
    assert.deepEqual(
      stored.map(({ alias, clientSecret }) => [alias, clientSecret?.kind]),
      [
        ['four', 'reference'],
        ['one', 'sealed'],
        ['three', 'sealed'],
        ['two', 'sealed'],
      ],
    )
    assert.ok(!JSON.stringify(stored).includes(SECRET))
  })

  it('takes no empty secret for one: somebody’s variable or pipe was empty', async t => {
    const sallyport = here(t)
    const say = ['create', 'work', '--discovery', idp.origin, '--client-id', 'sallyport', '--offline']
    const outcomes = [
      await sallyport(...say, '--client-secret', ''),
      await sallyport.given({ input: '\n' }, ...say, '--client-secret-stdin'),
    ]
    for (const { code, err } of outcomes) {
      assert.equal(code, 2)
      assert.match(err, /the client secret that was given is empty/)
    }
  })

  it('warns loudly of an upstream of which nothing is checked, then and whenever it is looked at', async t => {
    const sallyport = here(t)
    const created = await sallyport(
      'create',
      'open',
      ...at(idp.origin),
      '--offline',
      '--set',
      'disable_jwt_validation=true',
    )
    const shown = await sallyport('show', 'open')
    for (const { err } of [created, shown]) assert.match(err, /^warning: .*NOTHING OF THE ID TOKEN IS CHECKED/m)
    assert.match((await sallyport('list')).out, /open .*NO JWT VALIDATION/)
  })

  it('warns of a secret that cannot be read where it is said to be', async t => {
    const sallyport = here(t)
    const { code, err } = await sallyport('create', 'work', '--discovery', idp.origin, '--offline', ...ENV_SECRET)
    assert.equal(code, 0)
    assert.match(err, /^warning: \$\{env\.NOT_THERE\} cannot be read here: .+\.$/m)
    const readable = await sallyport.given({ env: { NOT_THERE: SECRET } }, 'edit', 'work', '--set', 'order=1')
    assert.ok(!readable.err.includes('cannot be read'), readable.err)
  })

  it('warns of a group that does not exist, and of a domain that belongs to another upstream', async t => {
    const sallyport = here(t)
    const domain = ['--set', 'email_domains=example.com']
    await sallyport('create', 'one', ...at(idp.origin), '--offline', ...domain)
    const group = '[{"kind":"hardcoded_group","group":"guests"}]'
    const two = await sallyport(
      'create',
      'two',
      ...at(idp.origin),
      '--offline',
      ...domain,
      '--set',
      `mappings=${group}`,
    )
    assert.match(two.err, /example\.com belongs to the upstream one as well/)
    assert.match(two.err, /the group guests does not exist/)
  })
})

describe('upstream show, edit, list', () => {
  it('gives back what upstream create --file takes', async t => {
    const sallyport = here(t)
    const set = ['--set', 'authorization_parameters=hd=example.com', '--set', 'authorization_parameters=b=2']
    await sallyport('create', 'one', ...at(idp.origin), '--offline', ...set, '--map', 'login=userinfo:nick')
    const shown = (await sallyport('show', 'one', '--all', '--json')).out
    const given = { input: shown }
    const copied = await sallyport.given(
      given,
      'create',
      'two',
      '--file',
      '-',
      '--client-secret',
      'x',
      '--offline',
      '--json',
    )
    assert.equal(copied.code, 0, copied.err)
    const {
      alias: _,
      client_secret: __,
      register_there: ___,
      created_at: ____,
      updated_at: _____,
      ...same
    } = copied.json()
    assert.deepEqual(same.authorization_parameters, { hd: 'example.com', b: '2' })
    assert.deepEqual(same.mappings, [{ kind: 'attribute', attribute: 'login', claim: 'nick', source: 'userinfo' }])
  })

  it('changes what is mentioned, tells the audit which settings, and asks a new place at once', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at('https://elsewhere.example'), '--offline')
    const edit = ['--set', 'display_name=Our people', '--set', 'scopes=openid, groups', '--map', 'email=mail']
    const edited = await sallyport('edit', 'work', ...edit, '--discovery', idp.origin, '--json')
    assert.equal(edited.code, 0, edited.err)
    assert.deepEqual([edited.json().outcome, edited.json().scopes], ['changed', 'openid groups'])
    assert.equal(edited.json().discovered.issuer, idp.origin)
    const undone = await sallyport(
      'edit',
      'work',
      '--unset',
      'display_name',
      '--set',
      'scopes=',
      '--unmap',
      'email',
      '--json',
    )
    assert.deepEqual(
      [undone.json().display_name, undone.json().scopes, undone.json().mappings],
      [undefined, undefined, undefined],
    )
    const same = await sallyport('edit', 'work', '--set', 'order=0', '--json')
    assert.equal(same.json().outcome, 'unchanged')
    const events = (await auditEvents(sallyport.folder)).filter(({ type }) => type === 'upstream.edited')
    assert.deepEqual(
      events.map(({ detail }) => detail.members),
      [
        ['discovery_uri', 'display_name', 'mappings', 'scopes'],
        ['display_name', 'mappings', 'scopes'],
      ],
    )
  })

  it('says which upstream was probably meant, with exit code 4', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    for (const words of [
      ['show', 'wrok'],
      ['edit', 'wrok'],
      ['delete', 'wrok'],
      ['test', 'wrok'],
      ['clear-cache', 'wrok'],
    ]) {
      const { code, err } = await sallyport(...words)
      assert.equal(code, 4)
      assert.match(err, /there is no upstream wrok \(did you mean work\?\)/)
    }
  })

  it('lists them in the order of the sign-in page', async t => {
    const sallyport = here(t)
    await sallyport('create', 'b', ...at(idp.origin), '--offline', '--set', 'order=2', '--set', 'enabled=false')
    await sallyport('create', 'c', ...at(idp.origin), '--offline', '--set', 'order=1', '--set', 'pkce_method=off')
    const { out } = await sallyport('list')
    assert.match(out, /^ALIAS +NAME +KIND +ENABLED +ORDER +WARNINGS\nc +c +oidc +yes +1 +no PKCE\nb +b +oidc +no +2\n$/)
  })
})

describe('upstream delete', () => {
  it('says how many links go, and does not do it where nobody can be asked without --yes', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    await link(sallyport.folder)
    const refused = await sallyport('delete', 'work')
    assert.equal(refused.code, 2)
    assert.match(refused.err, /this deletes work and the link of one person: say --yes/)
    const no = await sallyport.given({ answers: ['n'] }, 'delete', 'work')
    assert.deepEqual([no.code, no.questions], [1, ['Delete work and the link of one person? [y/N] ']])
    const deleted = await sallyport('delete', 'work', '--yes', '--json')
    assert.deepEqual(deleted.json(), { deleted: ['work'], identities: 1 })
    assert.equal((await sallyport('show', 'work')).code, 4)
  })

  it('needs no answer where nobody is linked, and deletes all that were named or none', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    assert.equal((await sallyport('delete', 'work', 'other')).code, 4)
    const settings = { env: { SALLYPORT_BROKER_DEFAULT: 'work' } }
    const deleted = await sallyport.given(settings, 'delete', 'work')
    assert.match(deleted.err, /broker\.default in the settings still names work/)
    assert.equal(deleted.out, 'Deleted work.\n')
    const types = (await auditEvents(sallyport.folder)).map(({ type, detail }) => `${type} ${detail.alias}`)
    assert.deepEqual(types, ['upstream.created work', 'upstream.deleted work'])
  })
})

describe('upstream edit', () => {
  it('warns of apps that may read tokens and do not exist', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    await run(['client', 'create', 'Calendar', 'confidential', '--client-id', 'calendar'], sallyport.folder)
    const readers = ['--set', 'store_tokens=true', '--set', 'stored_tokens_readable_by=calendar,calender']
    const { code, err } = await sallyport('edit', 'work', ...readers)
    assert.equal(code, 0, err)
    assert.deepEqual(err.match(/there is no app \w+/g), ['there is no app calender'])
  })
})

describe('upstream list', () => {
  it('warns of a default in the settings that nobody is sent to', async t => {
    const sallyport = here(t)
    await sallyport('create', 'work', ...at(idp.origin), '--offline')
    const env = { SALLYPORT_BROKER_DEFAULT: 'wrok' }
    assert.match((await sallyport.given({ env }, 'list')).err, /broker\.default .* names wrok, which does not exist/)
    assert.equal((await sallyport.given({ env: { SALLYPORT_BROKER_DEFAULT: 'work' } }, 'list')).err, '')
  })
})

describe('upstream test', () => {
  it('says line by line what is good, and ends with exit code 1 when something is not', async t => {
    const sallyport = here(t)
    await sallyport('create', 'good', ...at(idp.origin), '--offline', '--set', 'client_auth_method=client_secret_post')
    const good = await sallyport('test', 'good')
    assert.equal(good.code, 0, good.out + good.err)
    assert.match(good.out, /^✓ discovery: /m)
    assert.match(good.out, /^✓ keys: .*ES256/m)
    assert.match(good.out, /^✓ client authentication: The upstream knows us/m)
    assert.match(good.out, /^– redirect URI: .*\/broker\/good\/endpoint is registered there: .*\/broker\/good\/login/m)
    await sallyport('create', 'bad', ...at(`${idp.origin}/nowhere`), '--offline')
    const bad = await sallyport('test', 'bad')
    assert.equal(bad.code, 1)
    assert.match(bad.out, /^✗ discovery: /m)
    assert.doesNotMatch(bad.out, /redirect URI/)
    assert.match(bad.err, /bad does not work: \d of \d checks failed/)
    const json = await sallyport('test', 'bad', '--json')
    assert.equal(json.json().at(-1).outcome, 'bad')
  })
})

describe('upstream clear-cache', () => {
  it('lets no key count that was read before, for one upstream or for all of them', async t => {
    const sallyport = here(t)
    await sallyport('create', 'one', ...at(idp.origin), '--offline')
    await sallyport('create', 'two', ...at(idp.origin), '--offline')
    assert.equal((await sallyport('clear-cache', 'one')).out, 'The keys of one are read again.\n')
    const cleared = () =>
      inHouse(sallyport.folder, async ({ repositories }) =>
        (await repositories.upstreams.list()).map(({ keysClearedAt }) => keysClearedAt instanceof Date),
      )
    assert.deepEqual(await cleared(), [true, false])
    assert.deepEqual((await sallyport('clear-cache', '--all', '--json')).json(), { cleared: ['one', 'two'] })
    assert.deepEqual(await cleared(), [true, true])
    assert.equal((await sallyport('clear-cache')).code, 2)
    const events = (await auditEvents(sallyport.folder)).filter(({ type }) => type === 'upstream.cache-cleared')
    assert.equal(events.length, 3)
  })
})

describe('upstream presets', () => {
  it('lists them as a process, without any settings or database', async t => {
    const { code, out, err } = await execute(LAUNCHER, ['upstream', 'presets', '--json'], aFolder(t))
    assert.equal(code, 0, err)
    const names = JSON.parse(out).map(({ name }: { name: string }) => name)
    for (const name of [
      'google',
      'microsoft',
      'github',
      'gitlab',
      'apple',
      'keycloak',
      'authelia',
      'auth0',
      'okta',
      'sallyport',
    ]) {
      assert.ok(names.includes(name), name)
    }
    assert.match((await run(['upstream', 'presets'], aFolder(t))).out, /^PRESET +NAME +NEEDS --DISCOVERY/)
  })
})

const CREDENTIALS = ['--client-id', 'sallyport', '--client-secret', SECRET]
const VAULT = '${vault.work}'
const ENV_SECRET = ['--client-id', 'sallyport', '--client-secret', '${env.NOT_THERE}']

function at(discovery: string): readonly string[] {
  return ['--discovery', discovery, ...CREDENTIALS]
}

/** `sallyport upstream …` in a folder of its own. */
function here(t: TestContext) {
  const folder = aFolder(t)
  const given = ({ env = {}, ...rest }: Given, ...words: readonly string[]) =>
    run(['upstream', ...words], folder, { env: { ...ENV, ...env }, ...rest })
  return Object.assign((...words: readonly string[]) => given({}, ...words), { folder, given })
}

/** Somebody is linked to the one upstream that there is. */
async function link(folder: string): Promise<void> {
  await inHouse(folder, async ({ repositories: { accounts, identities, upstreams, commit } }) => {
    const [upstream] = await upstreams.list()
    assert.ok(upstream !== undefined)
    const account = anAccount()
    const identity = anIdentity({ upstreamUid: upstream.uid, accountId: account.id })
    const outcome = await commit([accounts.insert(account), identities.link(identity)])
    assert.ok(outcome.committed)
  })
}
