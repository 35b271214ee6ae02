/** Requests to an operation of the admin API, made up from its fields: odd, wrong, and often enough right. */

import fc from 'fast-check'
import { type Field, writable } from '../../src/core/administration/field.ts'
import type { Operation } from '../../src/core/administration/operation.ts'
import { OPERATIONS } from '../../src/core/administration/operations.ts'
import { type AdminReply, callAdmin } from './admin-caller.ts'
import type { Fields } from './hand-app.ts'
import type { RunningApp } from './running-app.ts'

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
  const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...likely) }, oddText)
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
  const needed = fields.filter(({ required }) => required === true)
  const others = fields.filter(({ required }) => required !== true)
  const few = fc.subarray(others, { maxLength: Math.min(2, others.length) })
  const written = (chosen: readonly Field[]) =>
    fc.record(Object.fromEntries(chosen.map(field => [field.name, someValue(field, known)])))
  return fc.oneof(
    // What names a thing stands first.
    { weight: 2, arbitrary: few.chain(chosen => written([...new Set([...fields.slice(0, 1), ...needed, ...chosen])])) },
    { weight: 3, arbitrary: few.chain(chosen => written([...needed, ...chosen])) },
    { weight: 1, arbitrary: fc.subarray([...fields]).chain(written) },
  )
}

/** What there is: names of things of every kind. */
export interface Known {
  readonly names: readonly string[]
  /** What stands in a path more often than others, by its place: `{username}`. */
  readonly inPath: Readonly<Record<string, readonly string[]>>
}

/** Every operation; what takes things away comes last. */
export const IN_ORDER = [...OPERATIONS].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))

export interface Sent {
  readonly path: readonly string[]
  readonly query: readonly (readonly [string, string])[]
  readonly body: unknown
  readonly ifMatch: string
}

export function requestsTo(
  { path, query = [], body = [], takesBytes }: Operation,
  { names: known, inPath }: Known,
): fc.Arbitrary<Sent> {
  const places = path.split('/').filter(segment => segment.startsWith('{'))
  const parameter = (field: Field) => {
    const cursor = fc.constantFrom(...ODD_CURSORS, INFINITE_CURSOR)
    const value = field.name === 'cursor' ? fc.oneof(cursor, oddText) : someValue(field, known).map(textOf)
    return value.map(text => [field.name, text] as const)
  }
  return fc.record({
    path: fc.tuple(
      ...places.map(name =>
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...known) },
          { weight: 3, arbitrary: fc.constantFrom(...(inPath[name] ?? known)) },
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

export function sendMadeUp(
  app: Pick<RunningApp, 'issuer'>,
  { method, path, takesBytes }: Operation,
  sent: Sent,
  headers: Fields,
): Promise<AdminReply> {
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

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Lone surrogates have no form in a path; their bytes have. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}
