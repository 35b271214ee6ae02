/** Whatever is sent to an operation of the admin API, by whoever may do everything: an answer that means something, never a 500. */

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import fc from 'fast-check'
import { type Field, writable } from '../../src/core/administration/field.ts'
import type { Operation } from '../../src/core/administration/operation.ts'
import { OPERATIONS } from '../../src/core/administration/operations.ts'
import { bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import type { Fields } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfff',
  '\u{10ffff}',
  '\r\nset-cookie: a=b',
  '\u202e',
  '%',
  '_%\\',
  "' or 1=1 --",
  '__proto__',
  'constructor',
  '..',
  '.',
  '/',
  '%2e%2e%2f',
  '${env.HOME}',
  '0',
  '-1',
  '1e400',
  'NaN',
  'true',
  'https://a.example/%zz',
  'http://[::1',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '0000-01-01',
  'x'.repeat(5000),
  'ß'.repeat(300),
]
const ODD_NUMBERS = [0, -0, -1, 1.5, 1e21, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 1.7e308, 5e-324]
const ODD_CURSORS = [
  [null, ''],
  [null, '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  ['\u0000', '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  ['\ud800', '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  ['a', '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  [1.5, '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  [1e300, '019c1b2e5f0a7c31d2e4f6a8b0c2d4e6'],
  [-1, 'a\u0000'],
].map(value => Buffer.from(JSON.stringify(value)).toString('base64url'))
// What JSON.stringify cannot write.
const INFINITE_CURSOR = Buffer.from('[1e400,"019c1b2e5f0a7c31d2e4f6a8b0c2d4e6"]').toString('base64url')

const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 20 }))

/** Mostly of the shape that the field asks for, so that the rules behind the shapes are reached. */
function someValue(field: Field, known: readonly string[]): fc.Arbitrary<unknown> {
  const { kind, choices = [], example, fields = [] } = field
  const likely = [...choices, ...(typeof example === 'string' ? [example] : []), ...known]
  const text = fc.oneof(fc.constantFrom(...likely), oddText)
  const integer = fc.oneof(fc.constantFrom(...ODD_NUMBERS), fc.integer())
  const shaped: Readonly<Record<Field['kind'], fc.Arbitrary<unknown>>> = {
    text,
    words: text,
    uri: fc.oneof(fc.constantFrom('https://a.example/b', 'http://127.0.0.1/'), text),
    time: fc.oneof(fc.constantFrom('2031-01-01T00:00:00Z', '2001-01-01T00:00:00Z'), text),
    integer,
    seconds: integer,
    number: integer,
    boolean: fc.boolean(),
    list: fc.array(text, { maxLength: 4 }),
    object: fields.length > 0 ? documentOf(fields, known) : fc.dictionary(text, fc.jsonValue({ maxDepth: 3 })),
    objects: fc.array(documentOf(fields, known), { maxLength: 3 }),
    map: fc.dictionary(text, text, { maxKeys: 3 }),
    json: fc.jsonValue(),
  }
  const fitting = example === undefined ? shaped[kind] : fc.oneof(fc.constant(example), shaped[kind])
  return fc.oneof({ weight: 8, arbitrary: fitting }, { weight: 1, arbitrary: fc.jsonValue() }, fc.constant(null))
}

function documentOf(fields: readonly Field[], known: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries(fields.map(field => [field.name, someValue(field, known)]))
  const requiredKeys = fields.filter(({ required }) => required === true).map(({ name }) => name)
  return fc.oneof(
    { weight: 3, arbitrary: fc.record(members, { requiredKeys }) },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) },
    {
      weight: 1,
      arbitrary:
        fields.length === 0
          ? fc.constant({})
          : fc.constantFrom(...fields).chain(({ name }) => fc.record({ [name]: members[name] ?? fc.constant('') })),
    },
  ) as fc.Arbitrary<Record<string, unknown>>
}

/** What stands in a path by this name, as far as it is there. */
function namesOf(name: string, path: string, known: readonly string[]): readonly string[] {
  const there: Readonly<Record<string, readonly string[]>> = {
    '{client_id}': ['shop'],
    '{username}': ['ada'],
    '{alias}': ['corp'],
    '{name}': [{ groups: 'staff', policies: 'strict', attributes: 'badge' }[path.split('/')[1] ?? ''] ?? 'theme.mode'],
  }
  return there[name] ?? known
}

/** What takes things away comes last. */
const IN_ORDER = [...OPERATIONS].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))

interface Sent {
  readonly path: readonly string[]
  readonly query: readonly (readonly [string, string])[]
  readonly body: unknown
  readonly ifMatch: string
}

function requestsTo(
  { path, query = [], body = [], takesBytes }: Operation,
  known: readonly string[],
): fc.Arbitrary<Sent> {
  const names = path.split('/').filter(segment => segment.startsWith('{'))
  const parameter = (field: Field) => {
    const cursor = fc.constantFrom(...ODD_CURSORS, INFINITE_CURSOR)
    const value = field.name === 'cursor' ? fc.oneof(cursor, oddText) : someValue(field, known).map(textOf)
    return value.map(text => [field.name, text] as const)
  }
  return fc.record({
    path: fc.tuple(
      ...names.map(name =>
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...known) },
          { weight: 3, arbitrary: fc.constantFrom(...namesOf(name, path, known)) },
          oddText,
        ),
      ),
    ),
    query:
      query.length === 0
        ? fc.constant([])
        : fc.uniqueArray(fc.constantFrom(...query).chain(parameter), { maxLength: 3, selector: ([name]) => name }),
    body: takesBytes === undefined ? documentOf(writable(body, 'making'), known) : fc.uint8Array({ maxLength: 50 }),
    ifMatch: fc.constantFrom('*', '*', '*', '"a"', 'W/"a"', 'a', '"', '"\u00ff"'),
  })
}

/** Of what is there; the key of a list of each resource. */
const KNOWN = ['ada', 'staff', 'shop', 'strict', 'corp', 'badge', 'deployer', 'lint.mute']
const RUNS = Number(process.env.A3RUNS ?? 25)

onBothDatabases('the admin API, sent whatever', database => {
  let app: RunningApp
  let headers: Fields
  const known = [...KNOWN]

  before(async () => {
    app = await startApp({ database: await database(), environment: { SALLYPORT_THROTTLING_ENABLED: 'false' } })
    headers = bearer(await ownToken(app, await registerManager(app), 'administrator'))
    const admin = await app.enrol({ role: 'administrator' })
    const { session } = await app.beginSession(admin)
    known.push(admin.subject, session.id)
    for (const [path, body] of [
      ['/groups', { name: 'staff' }],
      [
        '/accounts',
        { username: 'ada', email: 'ada@example.com', groups: ['staff'], password: 'correct horse battery' },
      ],
      ['/clients', { client_id: 'shop', client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] }],
      ['/policies', { name: 'strict', default_policy: 'deny' }],
      [
        '/upstreams',
        { alias: 'corp', discovery_uri: 'https://corp.invalid/.well-known/openid-configuration', issuer: 'https://corp.invalid', client_id: 'us', client_secret: 'a secret of theirs' },
      ],
      ['/attributes', { name: 'badge', title: 'Badge', type: 'text' }],
    ] as const) {
      const made = await callAdmin(app, { method: 'POST', path, headers, body })
      assert.equal(made.status, 201, `${path} ${made.text}`)
      if (path === '/clients')
        for (const { id } of made.json.secrets as readonly { readonly id: string }[]) known.push(id)
    }
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  async function send({ method, path, takesBytes }: Operation, sent: Sent) {
    const values = [...sent.path]
    const filled = path.replace(/\{[^}]*\}/g, () => encoded(values.shift() ?? ''))
    const query = new URLSearchParams(sent.query.map(([name, value]) => [name, value])).toString()
    const type = takesBytes === undefined ? 'application/json' : 'application/octet-stream'
    return callAdmin(app, {
      method,
      path: `${filled}${query === '' ? '' : `?${query}`}`,
      headers: { ...headers, 'if-match': sent.ifMatch, ...(method === 'GET' ? {} : { 'content-type': type }) },
      ...(method === 'GET' ? {} : { body: takesBytes === undefined ? JSON.stringify(sent.body) : sent.body }),
    })
  }

  for (const operation of IN_ORDER) {
    it(`${operation.name} never fails`, async () => {
      await fc.assert(
        fc.asyncProperty(requestsTo(operation, known), async sent => {
          const { status, text } = await send(operation, sent)
          assert.ok(status < 500 || (status === 503 && text.includes('"unavailable"')), `${status} ${text}`)
        }),
        { numRuns: RUNS },
      )
    })
  }
})

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Lone surrogates have no form in a path; their bytes have. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}
