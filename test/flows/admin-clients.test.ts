/** Clients over the admin API: made, changed, their secrets and logos; and what operators must leave alone. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Role } from '../../src/core/accounts/account.ts'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { eventually } from '../support/eventually.ts'
import { GIF, PNG, SVG } from '../support/pictures.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

type Json = Readonly<Record<string, unknown>>
interface ShownSecret {
  readonly id: string
  readonly prefix?: string
  readonly created_at: string
  readonly expires_at?: string
  readonly last_used_at?: string
}

let app: RunningApp
let manager: Registered
const tokens = new Map<Role, string>()

async function begin(database?: string): Promise<void> {
  app = await startApp({ database })
  manager = await registerManager(app)
  for (const role of ['viewer', 'operator', 'administrator'] as const)
    tokens.set(role, await ownToken(app, manager, role))
}

async function end(): Promise<void> {
  await app.close()
  assert.deepEqual(app.failures, [])
}

function as(role: Role, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return callAdmin(app, {
    method,
    path,
    headers: { ...bearer(tokens.get(role) ?? ''), ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

const ask = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  as('administrator', method, path, body, headers)

async function made(clientId: string, said: Json = {}): Promise<Json> {
  const reply = await ask('POST', '/clients', {
    client_id: clientId,
    client_name: clientId,
    client_type: 'confidential',
    redirect_uris: [`https://${clientId}.example/cb`],
    ...said,
  })
  assert.equal(reply.status, 201, reply.text)
  return reply.json
}

const secretsOf = (json: Json): readonly ShownSecret[] => json.secrets as readonly ShownSecret[]
const fieldsOf = (json: Json): readonly string[] =>
  ((json.errors ?? []) as readonly { readonly field: string }[]).map(({ field }) => field)

/** Is this secret taken? Asking about a token that nobody made costs nothing. */
async function isTaken(clientId: string, secret: unknown): Promise<boolean> {
  const response = await fetch(`${app.issuer}/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token: 'none', client_id: clientId, client_secret: `${secret}` }),
  })
  return response.status === 200
}

describe('clients that are managed', () => {
  before(() => begin())
  after(end)

  it('are made with an id and a secret of ours, which is shown this once and works', async () => {
    const reply = await ask('POST', '/clients', { client_name: 'Team wiki', redirect_uris: ['https://w.example/cb'] })
    assert.equal(reply.status, 201, reply.text)
    const { client_id: id, client_secret: secret } = reply.json
    assert.match(`${id}`, /^team-wiki-[0-9a-z]{10}$/)
    assert.equal(reply.headers.get('location'), `${app.issuer}/api/admin/v1/clients/${id}`)
    assert.equal(await isTaken(`${id}`, secret), true)
    const read = await ask('GET', `/clients/${id}`)
    assert.equal(read.text.includes(`${secret}`), false)
    assert.equal('client_secret' in read.json, false)
    assert.deepEqual(
      [read.json.client_type, read.json.disabled, read.json.origin, read.json.created_by],
      ['confidential', false, 'operator', `client ${manager.client.clientId}`],
    )
    const [only] = secretsOf(read.json)
    assert.ok(only?.id !== undefined && only.created_at !== undefined)
    assert.equal('hash' in only || 'sealed' in only, false)
    assert.equal(only?.prefix, `${secret}`.slice(0, 6))
  })

  it('exist once: the second is refused, and nothing is changed (C2)', async () => {
    await made('once')
    const again = await ask('POST', '/clients', { client_id: 'once', client_type: 'public' })
    assert.equal(again.status, 409)
    assert.equal((await ask('GET', '/clients/once')).json.client_type, 'confidential')
  })

  it('report every mistake at once, in names, shapes and rules', async () => {
    const wrong = { client_id: 'a b', redirect_uri: 'https://x.example', scope: 'emial', client_secret: 'tab\there' }
    const refused = await ask('POST', '/clients', { ...wrong, authorization_policy: 'two_facter' })
    assert.equal(refused.status, 400)
    assert.deepEqual(fieldsOf(refused.json), [
      'redirect_uri',
      'client_id',
      'scope',
      'client_secret',
      'authorization_policy',
    ])
    assert.match(refused.text, /did you mean two_factor/)
    const shapes = await ask('POST', '/clients', { client_name: 5, disabled: 'yes', __proto__: null, constructor: {} })
    assert.deepEqual(fieldsOf(shapes.json), ['constructor', 'client_name', 'disabled'])
  })

  it('are replaced whole: what is left out has its default again, the secret and the identity stay (RFC 9110 §9.3.4)', async () => {
    const first = await made('whole', { description: 'A wiki', consent_mode: 'always' })
    const { headers } = await ask('GET', '/clients/whole')
    const document = { client_type: 'confidential', redirect_uris: ['https://whole.example/new'] }
    const match = { 'if-match': headers.get('etag') ?? '' }
    const replaced = await ask('PUT', '/clients/whole', document, match)
    assert.equal(replaced.status, 200, replaced.text)
    assert.deepEqual(
      [replaced.json.description, replaced.json.consent_mode, replaced.json.redirect_uris, replaced.json.client_name],
      [undefined, 'remember', ['https://whole.example/new'], 'whole'],
    )
    assert.deepEqual(secretsOf(replaced.json), secretsOf(first))
    assert.equal(replaced.json.created_at, first.created_at)
    assert.equal((await ask('PUT', '/clients/whole', document, match)).status, 412)
    assert.equal((await ask('PUT', '/clients/whole', document)).status, 428)
    assert.deepEqual(fieldsOf((await ask('PUT', '/clients/whole', { client_id: 'other' }, { 'if-match': '*' })).json), [
      'client_id',
    ])
  })

  it('are patched: null takes away, texts in other languages stand for themselves (RFC 7396 §2)', async () => {
    await made('patched', { 'client_name#de': 'Das Wiki', 'client_name#fr': 'Le wiki', description: 'x' })
    const patch = { description: null, 'client_name#de': null, 'client_name#es': 'La wiki', access_token_lifetime: 60 }
    const { json } = await ask('PATCH', '/clients/patched', patch)
    assert.deepEqual(
      [json['client_name#de'], json['client_name#fr'], json['client_name#es'], json.description],
      [undefined, 'Le wiki', 'La wiki', undefined],
    )
    assert.equal(json.access_token_lifetime, 60)
    const methods = await ask('PATCH', '/clients/patched', { token_endpoint_auth_methods: ['client_secret_post'] })
    assert.equal(methods.json.token_endpoint_auth_method, 'client_secret_post')
    const single = await ask('PATCH', '/clients/patched', { token_endpoint_auth_method: 'client_secret_basic' })
    assert.deepEqual(single.json.token_endpoint_auth_methods, ['client_secret_basic'])
  })

  it('write nothing when nothing differs', async () => {
    const first = await made('same', { description: 'x' })
    const again = await ask('PATCH', '/clients/same', { description: 'x', client_name: 'same' })
    assert.deepEqual([again.status, again.json.updated_at], [200, first.updated_at])
    const events = (await app.house.repositories.audit.list({ limit: 50 })).filter(
      ({ detail }) => detail.client_id === 'same',
    )
    assert.deepEqual(
      events.map(({ type }) => type),
      ['client.created'],
    )
  })

  it('lose their secret as a public client, and get another one on the way back (C9)', async () => {
    const { client_secret: first } = await made('turned')
    const open = await ask('PATCH', '/clients/turned', { client_type: 'public' })
    assert.deepEqual(
      [open.json.client_type, open.json.require_pkce, open.json.token_endpoint_auth_methods, secretsOf(open.json)],
      ['public', true, ['none'], []],
    )
    const back = await ask('PATCH', '/clients/turned', { client_type: 'confidential' })
    assert.match(`${back.json.client_secret}`, /^[\w-]{43}$/)
    assert.deepEqual([await isTaken('turned', back.json.client_secret), await isTaken('turned', first)], [true, false])
  })

  it('take the digest that another system kept, and verify against it', async () => {
    // passlib's documentation: pbkdf2_sha256 of "password".
    const digest = '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M'
    const { json, text } = await ask('POST', '/clients', {
      client_id: 'moved',
      client_type: 'confidential',
      client_secret_hash: digest,
    })
    assert.equal('client_secret' in json, false, text)
    assert.deepEqual([await isTaken('moved', 'password'), await isTaken('moved', 'Password')], [true, false])
    assert.equal((await ask('GET', '/clients/moved')).text.includes('pbkdf2'), false)
  })

  it('name a policy that is built in or exists', async () => {
    await made('guarded', { authorization_policy: 'two_factor' })
    const unknown = await ask('PATCH', '/clients/guarded', { authorization_policy: 'night-shift' })
    assert.deepEqual([unknown.status, fieldsOf(unknown.json)], [400, ['authorization_policy']])
    const policy = await ask('POST', '/policies', { name: 'night-shift', default_policy: 'deny', rules: [] })
    assert.equal(policy.status, 201, policy.text)
    const known = await ask('PATCH', '/clients/guarded', { authorization_policy: 'night-shift' })
    assert.equal(known.json.authorization_policy, 'night-shift')
  })

  it('are found by words, narrowed by fields, and come in pages', async () => {
    for (const number of [1, 2, 3])
      await made(`listed-${number}`, { owner: 'listing', description: `Number ${number}` })
    await made('listed-spa', { client_type: 'public', owner: 'listing' })
    const idsOf = async (query: string) => {
      const { json, text } = await as('viewer', 'GET', `/clients?${query}`)
      assert.ok(Array.isArray(json.items), text)
      return { ids: (json.items as readonly Json[]).map(({ client_id }) => client_id), next: json.next }
    }
    assert.deepEqual((await idsOf('owner=listing&client_type=public')).ids, ['listed-spa'])
    assert.deepEqual((await idsOf('q=NUMBER+2')).ids, ['listed-2'])
    const page = await idsOf('owner=listing&sort=-client_id&limit=3')
    assert.deepEqual(page.ids, ['listed-spa', 'listed-3', 'listed-2'])
    const rest = await idsOf(`owner=listing&sort=-client_id&limit=3&cursor=${page.next}`)
    assert.deepEqual([rest.ids, rest.next], [['listed-1'], undefined])
    await ask('PATCH', '/clients/listed-1', { disabled: true })
    assert.deepEqual((await idsOf('owner=listing&disabled=true')).ids, ['listed-1'])
  })
})

describe('secrets of clients that are managed', () => {
  before(() => begin())
  after(end)

  it('are rotated with an overlap, and both count until the old one has ended', async () => {
    const { client_secret: first } = await made('rotated')
    const body = { overlap_seconds: 3600, expires_at: new Date(Date.now() + 86_400_000).toISOString() }
    const { json, text } = await ask('POST', '/clients/rotated/rotate-secret', body)
    assert.match(`${json.client_secret}`, /^[\w-]{43}$/, text)
    const [newest, old] = secretsOf(json)
    assert.deepEqual([newest?.expires_at, old?.expires_at], [body.expires_at, json.old_secret_expires_at])
    assert.deepEqual([await isTaken('rotated', first), await isTaken('rotated', json.client_secret)], [true, true])
    const again = await ask('POST', '/clients/rotated/rotate-secret', {})
    assert.equal('old_secret_expires_at' in again.json, false)
    assert.deepEqual([await isTaken('rotated', first), await isTaken('rotated', json.client_secret)], [false, false])
    assert.equal(await isTaken('rotated', again.json.client_secret), true)
  })

  it('are added beside others, five at most, and ended one by one; the last one only when it is asked for plainly', async () => {
    const { client_secret: first, secrets } = await made('several')
    const [original] = secretsOf({ secrets })
    const added = await ask('POST', '/clients/several/secrets', { client_secret: 'correct horse battery' })
    assert.equal('client_secret' in added.json, false)
    assert.deepEqual([await isTaken('several', first), await isTaken('several', 'correct horse battery')], [true, true])
    for (const _ of [3, 4, 5]) assert.equal((await ask('POST', '/clients/several/secrets', {})).status, 200)
    assert.equal((await ask('POST', '/clients/several/secrets', {})).status, 409)
    const listed = await as('viewer', 'GET', '/clients/several/secrets')
    const ids = (listed.json.items as readonly ShownSecret[]).map(({ id }) => id)
    assert.equal(ids.length, 5)
    await ask('POST', `/clients/several/secrets/${original?.id}/expire`)
    assert.deepEqual(
      [await isTaken('several', first), await isTaken('several', 'correct horse battery')],
      [false, true],
    )
    for (const id of ids.slice(0, 3)) await ask('POST', `/clients/several/secrets/${id}/expire`, {})
    const last = `/clients/several/secrets/${ids[3]}/expire`
    const refused = await ask('POST', last, {})
    assert.deepEqual([refused.status, fieldsOf(refused.json)], [400, ['secret_id']])
    assert.equal((await ask('POST', last, { at: new Date(Date.now() + 60_000).toISOString() })).status, 400)
    assert.deepEqual(secretsOf((await ask('POST', last, { leave_none: true })).json), [])
    assert.equal(await isTaken('several', 'correct horse battery'), false)
    assert.equal((await ask('POST', `/clients/several/secrets/${original?.id}/expire`, {})).status, 404)
  })

  it('are five at most, by whichever way they come: a rotation with an overlap adds one, too', async () => {
    await made('hoarder')
    const rotate = (overlap: number) => ask('POST', '/clients/hoarder/rotate-secret', { overlap_seconds: overlap })
    for (const _ of [2, 3, 4, 5]) assert.equal((await rotate(3600)).status, 200)
    const refused = await rotate(3600)
    assert.deepEqual([refused.status, refused.json.code], [409, 'conflict'])
    assert.match(`${refused.json.detail}`, /has 5 secrets already/)
    assert.equal(secretsOf((await rotate(0)).json).length, 1)
  })

  it('are never ended by an overlap that no date can name', async () => {
    const { client_secret: first } = await made('endless')
    const body = { overlap_seconds: 9_000_000_000_000_000 }
    const refused = await ask('POST', '/clients/endless/rotate-secret', body)
    assert.deepEqual([refused.status, fieldsOf(refused.json)], [400, ['overlap_seconds']])
    assert.equal(await isTaken('endless', first), true)
  })

  it('that are keys sign from the moment they are made, which is said (OIDC Core §10.1)', async () => {
    await made('signed', { id_token_signed_response_alg: 'HS256' })
    const rotated = await ask('POST', '/clients/signed/rotate-secret', { overlap_seconds: 3600 })
    assert.match(rotated.headers.get('sallyport-warnings') ?? '', /made with the new one from now on/)
    const ended = await ask('POST', '/clients/signed/rotate-secret', { overlap_seconds: 0 })
    assert.deepEqual([ended.status, ended.headers.get('sallyport-warnings')], [200, null])
  })

  it('are not for public clients, nor for those that prove themselves with a key (RFC 6749 §2.1, RFC 7591 §3.2.1)', async () => {
    await made('open', { client_type: 'public' })
    assert.deepEqual(fieldsOf((await ask('POST', '/clients/open/rotate-secret', {})).json), ['client_type'])
    await made('keyed', {
      token_endpoint_auth_methods: ['private_key_jwt'],
      jwks_uri: 'https://keyed.example/jwks',
    })
    assert.deepEqual(fieldsOf((await ask('POST', '/clients/keyed/secrets', {})).json), ['token_endpoint_auth_methods'])
  })

  it('that would never count are refused, and so are moments that are none', async () => {
    await made('timed')
    for (const body of [{ expires_at: '2020-01-01T00:00:00Z' }, { expires_at: 'soon' }, { overlap_seconds: -1 }]) {
      const refused = await ask('POST', '/clients/timed/rotate-secret', body)
      assert.deepEqual([refused.status, fieldsOf(refused.json)], [400, Object.keys(body)])
    }
  })

  it('leave their events, with who did it and no secret', async () => {
    const { client_secret: secret } = await made('told')
    const rotated = await ask('POST', '/clients/told/rotate-secret', { overlap_seconds: 60 })
    await ask('POST', '/clients/told/secrets', { client_secret: 'a secret of our own' })
    await ask('POST', `/clients/told/secrets/${secretsOf(rotated.json)[0]?.id}/expire`, {})
    const events = (await app.house.repositories.audit.list({ limit: 50 })).filter(
      ({ detail }) => detail.client_id === 'told',
    )
    assert.deepEqual(
      events.map(({ type }) => type),
      ['client.secret-ended', 'client.secret-added', 'client.secret-rotated', 'client.created'],
    )
    const text = JSON.stringify(events)
    for (const kept of [secret, rotated.json.client_secret, 'a secret of our own', 'argon2', 'sha256'])
      assert.equal(text.includes(`${kept}`), false)
    assert.ok(events.every(({ detail }) => detail.by === `client ${manager.client.clientId}`))
  })
})

onBothDatabases('uses and logos of clients', database => {
  before(async () => begin(await database()))
  after(end)

  it('the last use of a secret is noted, and does not change the version of the client', async () => {
    const { client_secret: secret } = await made('used')
    const before = await ask('GET', '/clients/used')
    assert.equal(secretsOf(before.json)[0]?.last_used_at, undefined)
    assert.equal(await isTaken('used', secret), true)
    await eventually(async () => secretsOf((await ask('GET', '/clients/used')).json)[0]?.last_used_at !== undefined)
    const read = await ask('GET', '/clients/used')
    assert.equal(read.headers.get('etag'), before.headers.get('etag'))
    assert.equal(await isTaken('used', 'another one'), false)
  })

  it('changes that meet lose nothing: each is done whole or refused', async () => {
    await made('met')
    const replies = await Promise.all([1, 2, 3, 4].map(() => ask('POST', '/clients/met/secrets', {})))
    const done = replies.filter(({ status }) => status === 200)
    assert.ok(replies.every(({ status }) => status === 200 || status === 409))
    assert.ok(done.length >= 1)
    assert.equal(secretsOf((await ask('GET', '/clients/met')).json).length, 1 + done.length)
    for (const { json } of done) assert.equal(await isTaken('met', json.client_secret), true)
  })

  it('a logo is uploaded, served to everybody as what it is, and taken away again', async () => {
    await made('pictured', { logo_uri: 'https://pictured.example/logo.png' })
    const put = await ask('PUT', '/clients/pictured/logo', PNG, { 'content-type': 'image/jpeg' })
    assert.equal(put.status, 200, put.text)
    const url = `${put.json.logo}`
    const served = await fetch(url)
    assert.deepEqual(Buffer.from(await served.arrayBuffer()), PNG)
    // What it is is told by its bytes, whatever was claimed.
    assert.equal(served.headers.get('content-type'), 'image/png')
    assert.equal(served.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(served.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    assert.equal(served.headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.match(served.headers.get('cache-control') ?? '', /public.*immutable/)
    const again = await fetch(url, { headers: { 'if-none-match': served.headers.get('etag') ?? '' } })
    assert.equal(again.status, 304)
    const read = await fetch(`${app.issuer}/api/admin/v1/clients/pictured/logo`, {
      headers: bearer(tokens.get('viewer') ?? ''),
    })
    assert.deepEqual(Buffer.from(await read.arrayBuffer()), PNG)
    const other = await ask('PUT', '/clients/pictured/logo', GIF, { 'content-type': 'application/octet-stream' })
    assert.notEqual(other.json.logo, url)
    assert.equal((await fetch(url)).status, 404)
    assert.equal((await ask('DELETE', '/clients/pictured/logo')).status, 200)
    assert.equal((await fetch(`${other.json.logo}`)).status, 404)
    assert.equal((await ask('DELETE', '/clients/pictured/logo')).status, 404)
  })

  it('a logo goes with its client, and no edit of the client loses it', async () => {
    await made('kept')
    const { json } = await ask('PUT', '/clients/kept/logo', PNG, { 'content-type': 'image/png' })
    const replaced = await ask('PUT', '/clients/kept', { client_type: 'public' }, { 'if-match': '*' })
    assert.equal(replaced.json.logo, json.logo)
    assert.equal((await fetch(`${json.logo}`)).status, 200)
    assert.equal((await ask('DELETE', '/clients/kept')).status, 204)
    assert.equal((await fetch(`${json.logo}`)).status, 404)
  })
})

describe('logos of clients', () => {
  before(() => begin())
  after(end)

  it('are pictures: SVG, pages and what is too large are refused', async () => {
    await made('strict')
    const put = (content: Uint8Array, type: string) =>
      ask('PUT', '/clients/strict/logo', content, { 'content-type': type })
    const svg = await put(SVG, 'image/png')
    assert.deepEqual([svg.status, fieldsOf(svg.json)], [400, ['logo']])
    assert.match(svg.text, /may hold programs/)
    assert.equal((await put(Buffer.from('<html><script>'), 'image/gif')).status, 400)
    assert.equal((await put(SVG, 'image/svg+xml')).status, 415)
    const large = await put(Buffer.concat([PNG, Buffer.alloc(300 * 1024)]), 'image/png')
    assert.ok([400, 413].includes(large.status), large.text)
    assert.equal('logo' in (await ask('GET', '/clients/strict')).json, false)
  })

  it('are shown where people sign in and on the front page, in the place of logo_uri', async () => {
    await made('seen', {
      logo_uri: 'https://seen.example/logo.png',
      initiate_login_uri: 'https://seen.example/begin',
    })
    const { json } = await ask('PUT', '/clients/seen/logo', PNG, { 'content-type': 'image/png' })
    const path = new URL(`${json.logo}`).pathname
    const ada = await app.enrol({ username: 'ada' })
    const browser = await app.browser(ada)
    const shown = async (where: string): Promise<string> => {
      const landing = await browser.open(where)
      assert.ok(landing.kind === 'page')
      return landing.html
    }
    const request = new URLSearchParams({
      client_id: 'seen',
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: 'https://seen.example/cb',
    })
    for (const page of [await shown('/'), await shown(`/authorize?${request}`)]) {
      assert.ok(page.includes(`src="${path}"`), page)
      assert.equal(page.includes('seen.example/logo.png'), false)
    }
  })

  it('are found by client and digest only: nothing else is looked up', async () => {
    for (const path of ['x/y', `${'0'.repeat(32)}/${'a'.repeat(43)}`, `..%2f..%2f/${'a'.repeat(43)}`]) {
      assert.equal((await fetch(`${app.issuer}/clients/logo/${path}`)).status, 404)
    }
  })
})

describe('clients that a file declares', () => {
  before(() => begin())
  after(end)

  it('are changed there: what the file says is refused elsewhere, what it is silent about is not', async () => {
    const document = { redirect_uris: ['https://declared.example/cb'], client_secret: 'a digest stands here' }
    await made('declared')
    const { commit, declarations } = app.house.repositories
    const declared = { kind: 'clients', key: 'declared', source: 'sallyport.yaml:12', document, appliedAt: new Date() }
    assert.ok((await commit([declarations.insert(declared)])).committed)
    const path = '/clients/declared'
    assert.equal((await ask('GET', path)).json.owned_by, 'sallyport.yaml:12')
    assert.equal((await ask('PATCH', path, { description: 'From elsewhere' })).status, 200)
    assert.equal((await ask('PUT', `${path}/logo`, PNG, { 'content-type': 'image/png' })).status, 200)
    const [secret] = secretsOf((await ask('GET', path)).json)
    const refused = [
      await ask('PATCH', path, { redirect_uris: ['https://other.example/cb'] }),
      await ask('PATCH', path, { client_secret: 'from elsewhere' }),
      await ask('POST', `${path}/rotate-secret`, {}),
      await ask('POST', `${path}/secrets`, {}),
      await ask('POST', `${path}/secrets/${secret?.id}/expire`, { leave_none: true }),
      await ask('POST', '/replace-client-hosts', { from: 'declared.example', to: 'other.example' }),
      await ask('DELETE', path),
    ]
    for (const { status, text } of refused)
      assert.deepEqual([status, text.includes('sallyport.yaml:12')], [409, true], text)
  })
})

describe('an operator', () => {
  before(() => begin())
  after(end)

  const MIGHTY: ReadonlyArray<readonly [what: string, said: Json]> = [
    ['an admin scope', { scope: 'openid admin.viewer' }],
    ['the admin API among its resources', { resources: ['ADMIN'] }],
    ['tokens of other apps', { token_exchange_subjects: ['*'] }],
    ['no consent', { consent_mode: 'never' }],
  ]
  const resolved = (said: Json): Json =>
    'resources' in said ? { ...said, resources: [`${app.issuer}/api/admin/v1`] } : said

  it('manages clients, and viewers do not', async () => {
    const said = { client_id: 'ordinary', client_type: 'public', redirect_uris: ['https://o.example/cb'] }
    assert.equal((await as('viewer', 'POST', '/clients', said)).status, 403)
    assert.equal((await as('operator', 'POST', '/clients', said)).status, 201)
    const patch = { redirect_uris: ['https://new.example/cb'] }
    assert.equal((await as('viewer', 'PATCH', '/clients/ordinary', patch)).status, 403)
    assert.equal((await as('operator', 'PATCH', '/clients/ordinary', patch)).status, 200)
    assert.equal((await as('operator', 'DELETE', '/clients/ordinary')).status, 204)
  })

  it('lifts no policy from an app, by no way', async () => {
    await made('guarded-app', { authorization_policy: 'deny' })
    const path = '/clients/guarded-app'
    assert.equal((await as('operator', 'PATCH', path, { description: 'Closed' })).status, 200)
    for (const [method, body] of [
      ['PATCH', { authorization_policy: 'one_factor' }],
      ['PATCH', { authorization_policy: null }],
      ['PUT', { client_type: 'confidential', redirect_uris: ['https://guarded-app.example/cb'] }],
      ['DELETE', undefined],
    ] as const) {
      assert.equal((await as('operator', method, path, body, { 'if-match': '*' })).status, 403, method)
    }
  })

  it('knows no secret of a client that becomes one for administrators: those they made are gone then, and no others', async () => {
    const document = { client_id: 'rising', client_type: 'confidential', redirect_uris: ['https://o.example/cb'] }
    const first = (await as('operator', 'POST', '/clients', document)).json.client_secret
    const second = (await as('operator', 'POST', '/clients/rising/secrets', {})).json.client_secret
    const ours = (await ask('POST', '/clients/rising/secrets', {})).json.client_secret
    const risen = await ask('PATCH', '/clients/rising', { scope: 'openid admin.administrator' })
    assert.equal(risen.status, 200, risen.text)
    assert.match(risen.headers.get('sallyport-warnings') ?? '', /lost the secrets that others made/)
    const taken = await Promise.all([first, second, ours].map(secret => isTaken('rising', secret)))
    assert.deepEqual(taken, [false, false, true])
    const again = await ask('PATCH', '/clients/rising', { scope: 'openid admin.viewer' })
    assert.equal(again.headers.get('sallyport-warnings'), null)
    await made('risen-alone')
    assert.equal((await ask('PATCH', '/clients/risen-alone', { token_exchange_subjects: ['*'] })).status, 200)
    assert.equal(secretsOf((await ask('GET', '/clients/risen-alone')).json).length, 1)
  })

  it('neither makes nor changes a client through which they would be more than they are', async () => {
    for (const [what, said] of MIGHTY) {
      const id = `mighty-${what.replaceAll(' ', '-')}`
      const document = { client_id: id, client_type: 'confidential', redirect_uris: [`https://o.example/cb`] }
      const refused = await as('operator', 'POST', '/clients', { ...document, ...resolved(said) })
      assert.deepEqual([refused.status, /is for administrators/.test(refused.text)], [403, true], what)
      assert.equal((await as('operator', 'POST', '/clients', document)).status, 201)
      assert.equal((await as('operator', 'PATCH', `/clients/${id}`, resolved(said))).status, 403, what)
      const { status, text } = await ask('PATCH', `/clients/${id}`, resolved(said))
      assert.equal(status, 200, text)
      const attempts = [
        ['PATCH', `/clients/${id}`, { redirect_uris: ['https://evil.example/cb'] }],
        ['PATCH', `/clients/${id}`, { client_secret: 'a secret that I know' }],
        [
          'PATCH',
          `/clients/${id}`,
          { scope: 'openid', resources: null, token_exchange_subjects: null, consent_mode: 'always' },
        ],
        ['PUT', `/clients/${id}`, { client_type: 'public' }],
        ['POST', `/clients/${id}/rotate-secret`, {}],
        ['POST', `/clients/${id}/secrets`, {}],
        ['POST', '/replace-client-hosts', { from: 'o.example', to: 'evil.example', client_ids: [id] }],
        ['DELETE', `/clients/${id}`],
      ] as const
      for (const [method, path, body] of attempts) {
        const reply = await as('operator', method, path, body, { 'if-match': '*' })
        assert.equal(reply.status, 403, `${what}: ${method} ${path} ${reply.text}`)
      }
      const logo = await as('operator', 'PUT', `/clients/${id}/logo`, PNG, { 'content-type': 'image/png' })
      assert.equal(logo.status, 403, what)
      assert.deepEqual((await ask('GET', `/clients/${id}`)).json.redirect_uris, ['https://o.example/cb'])
    }
  })
})

describe('a move to another host', () => {
  before(() => begin())
  after(end)

  it('changes the addresses of all clients in one unit, after a preview (C11)', async () => {
    await made('one', { redirect_uris: ['https://old.example/cb', 'https://stays.example/cb'] })
    await made('two', {
      redirect_uris: ['https://two.example/cb'],
      post_logout_redirect_uris: ['https://old.example/'],
    })
    const move = { from: 'old.example', to: 'new.example' }
    const preview = await ask('POST', '/replace-client-hosts', { ...move, preview: true })
    assert.equal(preview.json.changed, false, preview.text)
    assert.deepEqual(preview.json.changes, [
      { client_id: 'one', member: 'redirect_uris', before: 'https://old.example/cb', after: 'https://new.example/cb' },
      {
        client_id: 'two',
        member: 'post_logout_redirect_uris',
        before: 'https://old.example/',
        after: 'https://new.example/',
      },
    ])
    assert.deepEqual((await ask('GET', '/clients/one')).json.redirect_uris, [
      'https://old.example/cb',
      'https://stays.example/cb',
    ])
    const done = await ask('POST', '/replace-client-hosts', move)
    assert.deepEqual([done.json.changed, done.json.changes], [true, preview.json.changes])
    assert.deepEqual((await ask('GET', '/clients/one')).json.redirect_uris, [
      'https://new.example/cb',
      'https://stays.example/cb',
    ])
  })

  it('changes a client, too, that has the new address already beside the old one, and says just that', async () => {
    await made('both', {
      redirect_uris: ['https://after.example/cb', 'https://before.example/cb'],
      post_logout_redirect_uris: ['https://stays.example/', 'https://before.example/'],
    })
    const move = { from: 'before.example', to: 'after.example' }
    const preview = await ask('POST', '/replace-client-hosts', { ...move, preview: true })
    const changes = (['redirect_uris', 'post_logout_redirect_uris'] as const).map((member, index) => {
      const path = index === 0 ? '/cb' : '/'
      const [before, after] = [`https://before.example${path}`, `https://after.example${path}`]
      return { client_id: 'both', member, before, after }
    })
    assert.deepEqual(preview.json, { changed: false, changes })
    assert.deepEqual((await ask('POST', '/replace-client-hosts', move)).json, { changed: true, changes })
    const { redirect_uris: uris, post_logout_redirect_uris: after } = (await ask('GET', '/clients/both')).json
    assert.deepEqual(
      [uris, after],
      [['https://after.example/cb'], ['https://stays.example/', 'https://after.example/']],
    )
  })

  it('makes no secret that nobody is told: who was left without one stays so', async () => {
    const { secrets } = await made('bare', { redirect_uris: ['https://bare.example/cb'] })
    await ask('POST', `/clients/bare/secrets/${secretsOf({ secrets })[0]?.id}/expire`, { leave_none: true })
    const moved = await ask('POST', '/replace-client-hosts', { from: 'bare.example', to: 'dressed.example' })
    assert.equal(moved.json.changed, true, moved.text)
    assert.deepEqual((await ask('GET', '/clients/bare')).json.secrets, [])
  })

  it('changes none when one of them breaks a rule, and says which', async () => {
    await made('fine', { redirect_uris: ['http://localhost/cb'], application_type: 'web' })
    await made('broken', { redirect_uris: ['https://app.example/cb'], jwks_uri: 'https://localhost/jwks' })
    const refused = await ask('POST', '/replace-client-hosts', { from: 'localhost', to: 'bad_host.example:99999' })
    assert.equal(refused.status, 400, refused.text)
    assert.ok(
      fieldsOf(refused.json).every(field => /^(fine|broken): /.test(field)),
      refused.text,
    )
    assert.deepEqual((await ask('GET', '/clients/fine')).json.redirect_uris, ['http://localhost/cb'])
    assert.equal(
      (await ask('POST', '/replace-client-hosts', { from: 'x', to: 'y', client_ids: ['nobody'] })).status,
      404,
    )
  })

  it('keeps the pairwise sub of people, even where the sector names itself (OIDC Core §8.1)', async () => {
    await made('pair', {
      redirect_uris: ['https://pair.example/cb'],
      subject_type: 'pairwise',
      sector_identifier_uri: 'https://pair.example/uris.json',
    })
    const stored = () => app.house.repositories.clients.findByClientId('pair')
    assert.equal((await stored())?.sectorIdentifier, 'pair.example')
    assert.equal(
      (await ask('POST', '/replace-client-hosts', { from: 'pair.example', to: 'moved.example' })).status,
      200,
    )
    await eventually(async () => (await stored())?.sectorIdentifierUri === 'https://moved.example/uris.json')
    assert.equal((await stored())?.sectorIdentifier, 'pair.example')
  })

  it('of this server is looked at before: which clients break, what is registered elsewhere (C11, OIDC Discovery §3)', async () => {
    const { host } = new URL(app.issuer)
    await made('beside', { redirect_uris: [`http://${host}/app/cb`], access_token_format: 'jwt' })
    await app.addUpstream({ alias: 'work' })
    const moved = await as('viewer', 'GET', '/issuer-preview?new_issuer=https://id.example.com/')
    assert.equal(moved.status, 200, moved.text)
    const { new_issuer, clients, upstreams } = moved.json as {
      readonly new_issuer: string
      readonly clients: readonly { readonly client_id: string; readonly breaks: readonly Json[] }[]
      readonly upstreams: readonly Json[]
    }
    assert.equal(new_issuer, 'https://id.example.com')
    assert.deepEqual(
      clients.find(({ client_id }) => client_id === 'beside')?.breaks.map(({ member }) => member),
      ['redirect_uris', 'access_token_format'],
    )
    assert.equal(upstreams[0]?.after, 'https://id.example.com/broker/work/endpoint')
    assert.deepEqual(fieldsOf((await ask('GET', '/issuer-preview?new_issuer=ftp://x')).json), ['new_issuer'])
  })
})
