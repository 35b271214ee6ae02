/** Upstreams over the admin API: made, read, changed, tried and deleted; and what may not be said from afar. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { UPSTREAM_FIELDS } from '../../src/core/administration/resources/upstreams/upstream-fields.ts'
import { SETTING_NAMES } from '../../src/core/upstreams/settings/settings-table.ts'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { aFolder, run } from '../support/command-line.ts'
import { type DocumentServer, startDocumentServer } from '../support/document-server.ts'
import { eventually } from '../support/eventually.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const SECRET = 'a secret of ours'
const VAULT = '${vault.work}'

describe('upstreams that are managed', () => {
  let app: RunningApp
  let idp: DocumentServer
  let manager: Registered
  let token: string
  let document: Readonly<Record<string, unknown>>

  before(async () => {
    idp = await startDocumentServer()
    app = await startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } })
    manager = await registerManager(app)
    token = await ownToken(app, manager, 'administrator')
    document = {
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
    idp.documents.set('/jwks', { headers, body: JSON.stringify({ keys: [] }) })
    idp.documents.set('/token', { status: 400, headers, body: JSON.stringify({ error: 'invalid_grant' }) })
  })
  after(async () => {
    await app.close()
    await idp.close()
    assert.deepEqual(app.failures, [])
  })

  const ask = (method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) =>
    callAdmin(app, { method, path, headers: { ...bearer(token), ...headers }, ...(body === undefined ? {} : { body }) })
  const credentials = { client_id: 'sallyport', client_secret: SECRET }
  async function aMade(alias: string, said: object = {}) {
    const made = await ask('POST', '/upstreams', {
      alias,
      ...credentials,
      discovery_uri: idp.origin,
      offline: true,
      ...said,
    })
    assert.equal(made.status, 201, made.text)
    return made
  }
  const eventsOf = async (alias: string) =>
    (await app.house.repositories.audit.list({ limit: 200 })).filter(({ detail }) => detail.alias === alias)

  it('have a field for every setting, each with what it means', () => {
    const names = UPSTREAM_FIELDS.map(({ name }) => name)
    for (const name of SETTING_NAMES) assert.ok(names.includes(name), name)
    assert.equal(new Set(names).size, names.length)
    const secrets = UPSTREAM_FIELDS.filter(({ access }) => access === 'secret').map(({ name }) => name)
    assert.deepEqual(secrets.sort(), ['client_certificate_key', 'client_secret'])
  })

  it('are made with their discovery document read at once, and say what is to be registered there', async () => {
    const made = await aMade('work', { offline: false, display_name: 'Our people' })
    const { discovered, register_there, has_client_secret, client_secret } = made.json
    assert.equal((discovered as { issuer: string }).issuer, idp.origin)
    const { redirect_uri } = register_there as { redirect_uri: string }
    assert.equal(redirect_uri, `${app.issuer}/broker/work/endpoint`)
    assert.deepEqual([has_client_secret, client_secret], [true, undefined])
    assert.match(made.headers.get('sallyport-warnings') ?? '', /does not list client_auth_method client_secret_basic/)
    const read = await ask('GET', '/upstreams/work')
    assert.deepEqual(read.json, made.json)
    assert.equal(read.json.created_by, `client ${manager.client.clientId}`)
    for (const { text } of [made, read]) assert.ok(!text.includes(SECRET))
    const events = await eventsOf('work')
    assert.deepEqual(
      events.map(({ type, detail }) => [type, detail['after.display_name'], detail.by]),
      [['upstream.created', 'Our people', `client ${manager.client.clientId}`]],
    )
    assert.ok(!JSON.stringify(events).includes(SECRET))
  })

  it('are made when the document cannot be had, with a warning', async () => {
    const made = await aMade('away', { offline: false, discovery_uri: `${idp.origin}/nowhere` })
    assert.equal(made.json.discovered, undefined)
    assert.match(made.headers.get('sallyport-warnings') ?? '', /nowhere.*was not taken/)
  })

  it('begin with a preset, what is said wins, and null means the standard of the setting', async () => {
    const mappings = [{ kind: 'attribute', attribute: 'ssoid', claim: 'node_id' }]
    const said = { preset: 'github', display_name: null, mappings, discovery_uri: undefined }
    const { json } = await aMade('github', said)
    assert.deepEqual([json.kind, json.display_name, json.mappings], ['oauth2', undefined, mappings])
    assert.equal(json.token_endpoint, 'https://github.com/login/oauth/access_token')
    const nowhere = { alias: 'k', ...credentials, preset: 'keycloak' }
    assert.match((await ask('POST', '/upstreams', nowhere)).text, /discovery_uri.*say which Keycloak it is/)
    const unknown = { alias: 'k', ...credentials, preset: 'gogle', discovery_uri: idp.origin }
    assert.match((await ask('POST', '/upstreams', unknown)).text, /did you mean google/)
  })

  it('take a pasted discovery document over and never read it again (OIDC Discovery §3)', async () => {
    const asked = idp.asked.length
    const made = await aMade('typed', { metadata: document, discovery_uri: undefined, offline: undefined })
    const { issuer, token_endpoint, client_auth_method, discovery_uri } = made.json
    assert.deepEqual(
      [issuer, token_endpoint, client_auth_method, discovery_uri],
      [idp.origin, `${idp.origin}/token`, 'client_secret_post', undefined],
    )
    assert.equal(idp.asked.length, asked)
    const wrong = await ask('POST', '/upstreams', { alias: 'w', ...credentials, metadata: { issuer: 'x' } })
    assert.match(wrong.text, /is no discovery document/)
  })

  it('are refused with all mistakes at once, each with its field and rule, and an alias that is taken with 409', async () => {
    const wrong = await ask('POST', '/upstreams', { alias: 'Wrong', clock_skew: 99_999, syncmode: 'x', mappings: [{}] })
    assert.equal(wrong.status, 400)
    const fields = (wrong.json.errors as readonly { readonly field: string }[]).map(({ field }) => field)
    for (const field of ['alias', 'client_id', 'clock_skew', 'syncmode', 'mappings[0].kind']) {
      assert.ok(fields.includes(field), `${field} in ${fields}`)
    }
    await aMade('taken')
    const again = { alias: 'taken', ...credentials, discovery_uri: idp.origin, offline: true }
    assert.equal((await ask('POST', '/upstreams', again)).status, 409)
  })

  it('are changed by a merge patch (RFC 7396), their secret stays, and an empty text takes it away', async () => {
    await aMade('patched', { display_name: 'Before', authorization_parameters: { hd: 'a.example', b: '2' } })
    const patch = { display_name: null, order: 7, authorization_parameters: { b: null } }
    const patched = await ask('PATCH', '/upstreams/patched', patch)
    assert.equal(patched.status, 200, patched.text)
    const { display_name, order, authorization_parameters, has_client_secret } = patched.json
    assert.deepEqual([display_name, order, authorization_parameters], [undefined, 7, { hd: 'a.example' }])
    assert.equal(has_client_secret, true)
    const gone = await ask('PATCH', '/upstreams/patched', { client_secret: '', client_auth_method: 'none' })
    assert.equal(gone.json.has_client_secret, false, gone.text)
    const [edited] = await eventsOf('patched')
    assert.deepEqual(edited?.detail.members, ['client_auth_method', 'client_secret'])
  })

  it('forget what was said about one place when they move to another, or every tenant would be let in', async () => {
    await aMade('tenant', { preset: 'microsoft', discovery_uri: undefined })
    const before = await ask('GET', '/upstreams/tenant')
    assert.equal(before.json.issuer, 'https://login.microsoftonline.com/{tenantid}/v2.0')
    const place = 'https://login.microsoftonline.com/one/v2.0'
    const moved = await ask('PATCH', '/upstreams/tenant', { discovery_uri: place, offline: true })
    assert.deepEqual([moved.status, moved.json.issuer], [200, undefined], moved.text)
  })

  it('are replaced whole: what is left out has its standard, the alias never changes, and the version counts', async () => {
    await aMade('whole', { display_name: 'Before', order: 3 })
    const { headers } = await ask('GET', '/upstreams/whole')
    const etag = headers.get('etag') ?? assert.fail()
    const document = { client_id: 'other', discovery_uri: idp.origin, offline: true }
    assert.equal((await ask('PUT', '/upstreams/whole', document)).status, 428)
    const renamed = await ask('PUT', '/upstreams/whole', { ...document, alias: 'other' }, { 'if-match': etag })
    assert.match(renamed.text, /alias.*cannot change/)
    const replaced = await ask('PUT', '/upstreams/whole', document, { 'if-match': etag })
    assert.equal(replaced.status, 200, replaced.text)
    const { display_name, order, has_client_secret, client_id } = replaced.json
    assert.deepEqual([display_name, order, has_client_secret, client_id], [undefined, 0, true, 'other'])
    assert.equal((await ask('PUT', '/upstreams/whole', document, { 'if-match': etag })).status, 412)
  })

  it('are edited by what is mentioned, with mappings by their attribute', async () => {
    await aMade('edited', { mappings: [{ kind: 'attribute', attribute: 'email', claim: 'mail' }] })
    const map = [{ kind: 'attribute', attribute: 'nickname', claim: 'nick' }]
    const edited = await ask('POST', '/upstreams/edited/edit', { set: { order: 2 }, map, unmap: ['email'] })
    assert.deepEqual([edited.json.order, edited.json.mappings], [2, map], edited.text)
    const wrong = await ask('POST', '/upstreams/edited/edit', { unset: ['colour'], unmap: ['email'], sett: {} })
    assert.match(wrong.text, /sett/)
    assert.match((await ask('POST', '/upstreams/edited/edit', { unset: ['colour'] })).text, /is no setting/)
  })

  it('show a reference as it is, and take none from afar but to the vault', async () => {
    const made = await aMade('vault', { client_secret: VAULT })
    assert.equal(made.json.client_secret, VAULT)
    // What the server can read would be sent to whatever token endpoint stands beside it.
    for (const client_secret of ['${env.SALLYPORT_MASTER_KEY}', '${file:/etc/passwd}']) {
      const refused = [
        await ask('POST', '/upstreams', { alias: 'thief', client_id: 'x', discovery_uri: idp.origin, client_secret }),
        await ask('PATCH', '/upstreams/vault', { client_secret }),
        await ask('POST', '/upstreams/vault/edit', { set: { client_secret } }),
      ]
      for (const { status, text } of refused) {
        assert.equal(status, 400, text)
        assert.match(text, /client_secret.*may only name a place in the vault/)
      }
    }
    const env = {
      SALLYPORT_DATABASE: app.database,
      SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    }
    const here = ['upstream', 'edit', 'vault', '--client-secret', '${env.OURS}']
    assert.equal((await run(here, '/', { env })).code, 0, 'whoever is on the machine may name what it has')
    await eventually(async () => (await ask('GET', '/upstreams/vault')).json.client_secret === '${env.OURS}')
    const kept = await ask('PATCH', '/upstreams/vault', { order: 4 })
    assert.deepEqual([kept.status, kept.json.client_secret], [200, '${env.OURS}'], kept.text)
  })

  it('that a file declares are changed there: what it says is refused elsewhere, its secret too, the rest is not', async () => {
    await aMade('declared', { display_name: 'Ours' })
    const { declarations, commit } = app.house.repositories
    const document = { display_name: 'Ours', client_secret: 'a digest' }
    const declaration = {
      kind: 'upstreams',
      key: 'declared',
      source: 'sallyport.yaml:3',
      document,
      appliedAt: new Date(),
    }
    assert.ok((await commit([declarations.insert(declaration)])).committed)
    assert.equal((await ask('GET', '/upstreams/declared')).json.owned_by, 'sallyport.yaml:3')
    const refused = [
      await ask('PATCH', '/upstreams/declared', { display_name: 'Theirs' }),
      await ask('PATCH', '/upstreams/declared', { client_secret: 'another' }),
      await ask('POST', '/upstreams/declared/edit', { set: { display_name: 'Theirs' } }),
      await ask('POST', '/upstreams/declared/edit', { set: { client_secret: 'another' } }),
      await ask('POST', '/upstreams/declared/edit', { set: { client_auth_method: 'none' }, unset: ['client_secret'] }),
      await ask('DELETE', '/upstreams/declared'),
    ]
    for (const { status, text } of refused) {
      assert.equal(status, 409, text)
      assert.match(text, /declared in sallyport\.yaml:3/)
    }
    assert.equal((await ask('POST', '/upstreams/declared/edit', { set: { order: 3 } })).status, 200)
    assert.equal((await ask('POST', '/upstreams/declared/clear-cache')).status, 200)
  })

  it('are changed, tried and looked into by administrators alone, and shown to viewers', async () => {
    await aMade('guarded')
    const operator = bearer(await ownToken(app, manager, 'operator'))
    const body = { order: 1 }
    for (const [method, path] of [
      ['POST', '/upstreams'],
      ['PATCH', '/upstreams/guarded'],
      ['DELETE', '/upstreams/guarded'],
      ['POST', '/upstreams/guarded/edit'],
      ['POST', '/upstreams/guarded/test'],
      ['POST', '/upstreams/guarded/dry-run'],
      ['POST', '/upstreams/guarded/clear-cache'],
    ] as const) {
      const sends = method !== 'DELETE' && !path.endsWith('test') && !path.endsWith('clear-cache')
      const refused = await callAdmin(app, { method, path, headers: operator, ...(sends ? { body } : {}) })
      assert.equal(refused.status, 403, `${method} ${path}: ${refused.text}`)
    }
    assert.equal((await callAdmin(app, { path: '/upstreams/guarded', headers: operator })).status, 200)
  })

  it('are tested, try mappings on claims, and forget keys', async () => {
    await aMade('tried')
    const { checks } = (await ask('POST', '/upstreams/tried/test')).json
    assert.ok((checks as readonly { what: string }[]).some(({ what }) => what === 'discovery'))
    const claims = JSON.stringify({ sub: 'ada', name: 'Ada' })
    const run = await ask('POST', '/upstreams/tried/dry-run', { token: claims })
    assert.equal(run.status, 200, run.text)
    assert.equal((run.json.patch as { subject: string }).subject, 'ada')
    assert.match(run.headers.get('sallyport-warnings') ?? '', /NOTHING OF THIS IS VERIFIED/)
    const wrong = await ask('POST', '/upstreams/tried/dry-run', { token: claims, code: '7K3M-9QXT' })
    assert.match(wrong.text, /say either token or code/)
    assert.equal((await ask('POST', '/upstreams/tried/clear-cache')).status, 200)
    const stored = await app.house.repositories.upstreams.findByAlias('tried')
    assert.ok(stored?.keysClearedAt instanceof Date)
  })

  it('are managed by the commands at a running server, with the same words and answers', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_TOKEN: token, SALLYPORT_SERVER: app.issuer, SALLYPORT_UPSTREAM_CLIENT_SECRET: SECRET }
    const remote = (words: readonly string[], input = '') => run(['upstream', ...words], cwd, { env, input })
    const created = await remote(['create', 'far', '--discovery', idp.origin, '--client-id', 'sallyport'])
    assert.equal(created.code, 0, created.err)
    assert.match(created.out, /^The upstream far was created\./)
    assert.match(created.err, /^warning: the upstream does not list client_auth_method/m)
    assert.equal((await remote(['create', 'far', '--discovery', idp.origin, '--client-id', 'x'])).code, 3)
    const edited = await remote(['edit', 'far', '--set', 'order=4', '--map', 'nickname=nick', '--json'])
    assert.deepEqual([edited.json().outcome, edited.json().order], ['changed', 4])
    assert.equal((await remote(['edit', 'far', '--set', 'order=4', '--json'])).json().outcome, 'unchanged')
    const tried = await remote(['dry-run', 'far', '--token', '-', '--json'], '{"sub":"ada","nick":"ace"}')
    assert.equal(tried.json().patch.subject, 'ada', tried.err)
    assert.match((await remote(['test', 'far'])).out, /^✓ discovery: /m)
    assert.equal((await remote(['clear-cache', 'far'])).out, 'The keys of far are read again.\n')
    assert.match((await remote(['list'])).out, /^far +far +oidc +yes +4/m)
    const missing = await remote(['show', 'fra'])
    assert.deepEqual([missing.code, /did you mean far\?/.test(missing.err)], [4, true])
    assert.equal((await remote(['delete', 'far'])).out, 'Deleted far.\n')
    assert.equal(await app.house.repositories.upstreams.findByAlias('far'), undefined)
  })

  it('are listed in the order of the sign-in page, found by words, and deleted with their links', async () => {
    await aMade('last', { order: 99, display_name: 'Findable Zebra' })
    const found = (await ask('GET', '/upstreams?q=zebra')).json.items as readonly { alias: string }[]
    assert.deepEqual(
      found.map(({ alias }) => alias),
      ['last'],
    )
    const all = (await ask('GET', '/upstreams')).json.items as readonly { alias: string; order: number }[]
    assert.equal(all.at(-1)?.alias, 'last')
    assert.deepEqual((await ask('GET', '/upstreams/last/count-links')).json, { links: 0 })
    assert.equal((await ask('DELETE', '/upstreams/last')).status, 204)
    assert.equal((await ask('GET', '/upstreams/last')).status, 404)
    const { presets } = (await ask('GET', '/upstream-presets')).json
    assert.ok((presets as readonly { name: string }[]).some(({ name }) => name === 'google'))
  })
})
