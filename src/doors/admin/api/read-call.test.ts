/** Tests of what a request says to an operation, and of what it must not say. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Field } from '../../../core/administration/field.ts'
import type { Operation } from '../../../core/administration/operation.ts'
import { isProblem, type Problem } from '../../../core/administration/problem.ts'
import { MAX_BYTES, MAX_DOCUMENT_BYTES, readCall } from './read-call.ts'
import { anOperation, aRequest } from './test-fixtures/an-operation.ts'
import { wireOf } from './wire-problems.ts'

const FIELDS: readonly Field[] = [{ name: 'title', kind: 'text', access: 'written', about: 'A title.' }]
const QUERY: readonly Field[] = [
  { name: 'q', kind: 'text', access: 'written', about: 'Words.' },
  { name: 'limit', kind: 'integer', access: 'written', about: 'How many.' },
  { name: 'disabled', kind: 'boolean', access: 'written', about: 'Whether.' },
  { name: 'state', kind: 'text', access: 'written', about: 'Which.', choices: ['new', 'old'] },
]
const CREATE = anOperation({ method: 'POST', body: FIELDS })
const REPLACE = anOperation({ method: 'PUT', body: FIELDS, ifMatch: 'required' })
const PATCH = anOperation({ method: 'PATCH', body: FIELDS, isPatch: true, ifMatch: 'optional' })
const UPLOAD = anOperation({ method: 'PUT', takesBytes: ['image/png', 'image/svg+xml'] })
const ACTION = anOperation({ method: 'POST' })

function read(operation: Operation, type: string | undefined, content?: string | Buffer, headers = {}) {
  return readCall(
    aRequest({
      method: operation.method,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      ...(content === undefined ? {} : { content: Buffer.from(content) }),
    }),
    operation,
    { name: 'one' },
  )
}

function taken(operation: Operation, type: string | undefined, content?: string | Buffer, headers = {}) {
  const call = read(operation, type, content, headers)
  assert.ok(!isProblem(call), isProblem(call) ? call.detail : '')
  return call
}

function refused(operation: Operation, type: string | undefined, content?: string | Buffer, headers = {}): Problem {
  const call = read(operation, type, content, headers)
  assert.ok(isProblem(call))
  return call
}

describe('the body of a request', () => {
  it('is a document, or the merge patch of one (RFC 7396 §4)', () => {
    assert.deepEqual(taken(CREATE, 'application/json', '{"title":"A"}').body, { title: 'A' })
    assert.deepEqual(taken(PATCH, 'application/merge-patch+json', '{"title":null}').body, { title: null })
    assert.deepEqual(taken(PATCH, 'application/json', '{"title":"A"}').body, { title: 'A' })
  })

  it('is bytes where the operation takes them, of the types it takes', () => {
    const content = Buffer.from([0, 255, 1])
    assert.deepEqual(taken(UPLOAD, 'image/png', content).bytes, { mediaType: 'image/png', content })
    const problem = refused(UPLOAD, 'image/gif', content)
    assert.equal(problem.kind, 'unsupported-media-type')
    assert.deepEqual(wireOf(problem).headers, { accept: 'image/png, image/svg+xml' })
    assert.equal(refused(UPLOAD, 'application/json', '{}').kind, 'unsupported-media-type')
    assert.equal(refused(UPLOAD, 'image/png').mistakes[0]?.rule, 'required')
  })

  for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json']) {
    it(`is never ${type === '' ? 'of no type' : type} (RFC 9110 §15.5.16)`, () => {
      const problem = refused(CREATE, type, '{"title":"A"}')
      assert.equal(problem.kind, 'unsupported-media-type')
      assert.deepEqual(wireOf(problem).headers, { accept: 'application/json' })
    })
  }

  it('is no merge patch where something is made or replaced', () => {
    assert.equal(refused(CREATE, 'application/merge-patch+json', '{}').kind, 'unsupported-media-type')
    const headers = { 'if-match': '*' }
    assert.equal(refused(REPLACE, 'application/merge-patch+json', '{}', headers).kind, 'unsupported-media-type')
  })

  it('may be missing where something is made or done, and never where something is changed', () => {
    assert.deepEqual(taken(CREATE, undefined).body, {})
    assert.deepEqual(taken(ACTION, undefined).body, undefined)
    assert.equal(refused(REPLACE, undefined, '', { 'if-match': '*' }).mistakes[0]?.message, 'is missing')
    assert.equal(refused(PATCH, 'application/json', '').mistakes[0]?.message, 'is missing')
  })

  it('says nothing where nothing is taken', () => {
    assert.equal(taken(ACTION, 'application/json', '{}').body, undefined)
    assert.deepEqual(
      refused(ACTION, 'application/json', '{"a":1,"b":2}').mistakes.map(({ member }) => member),
      ['a', 'b'],
    )
  })

  it('is no larger than what is taken (RFC 9110 §15.5.14)', () => {
    const text = (bytes: number) => JSON.stringify({ title: 'x'.repeat(bytes - '{"title":""}'.length) })
    assert.ok(taken(CREATE, 'application/json', text(MAX_DOCUMENT_BYTES)))
    assert.equal(wireOf(refused(CREATE, 'application/json', text(MAX_DOCUMENT_BYTES + 1))).status, 413)
    assert.ok(taken(UPLOAD, 'image/png', Buffer.alloc(MAX_BYTES)))
    const tooLarge = readCall(aRequest({ method: 'PUT', content: 'too-large' }), UPLOAD, {})
    assert.ok(isProblem(tooLarge))
    assert.equal(wireOf(tooLarge).status, 413)
  })
})

describe('the version that was seen', () => {
  it('has to be sent where somebody could undo what others did (RFC 6585 §3)', () => {
    assert.equal(refused(REPLACE, 'application/json', '{}').kind, 'precondition-required')
    assert.equal(taken(REPLACE, 'application/json', '{}', { 'if-match': '"v1"' }).ifMatch, 'v1')
    assert.equal(taken(REPLACE, 'application/json', '{}', { 'if-match': '*' }).ifMatch, '*')
  })

  it('may be sent elsewhere, and means nothing where nothing has a version', () => {
    assert.equal(taken(PATCH, 'application/json', '{}').ifMatch, undefined)
    assert.equal(taken(PATCH, 'application/json', '{}', { 'if-match': '"a", "b"' }).ifMatch, 'a,b')
    assert.equal(taken(CREATE, 'application/json', '{}', { 'if-match': '"a"' }).ifMatch, undefined)
  })

  it('is a list of entity tags, or it is refused (RFC 9110 §13.1.1)', () => {
    const [mistake] = refused(PATCH, 'application/json', '{}', { 'if-match': 'v1' }).mistakes
    assert.deepEqual([mistake?.member, mistake?.rule], ['If-Match', 'RFC 9110 §13.1.1 If-Match'])
  })
})

describe('the query of a request', () => {
  const LIST = anOperation({ path: '/things', query: QUERY })
  const query = (text: string) => readCall(aRequest({ query: text }), LIST, {})

  it('is what the operation takes, decoded', () => {
    const call = query('q=a+b%26&limit=10&disabled=false&state=old')
    assert.ok(!isProblem(call))
    assert.deepEqual(call.query, { q: 'a b&', limit: '10', disabled: 'false', state: 'old' })
  })

  const broken: readonly (readonly [query: string, field: string, message: RegExp])[] = [
    ['limti=10', 'limti', /did you mean limit\?.*known: q, limit, disabled, state/],
    ['__proto__=1', '__proto__', /is no parameter/],
    ['q=a&q=b', 'q', /is there twice/],
    ['limit=ten', 'limit', /whole number/],
    ['limit=1e3', 'limit', /whole number/],
    ['disabled=yes', 'disabled', /true or false/],
    ['state=middle', 'state', /new, old/],
    ['q=%00', 'q', /U\+0000/],
  ]
  for (const [text, field, message] of broken) {
    it(`tells what is wrong with ${text}`, () => {
      const problem = query(text)
      assert.ok(isProblem(problem))
      assert.equal(problem.mistakes[0]?.member, field)
      assert.match(problem.mistakes[0]?.message ?? '', message)
    })
  }

  it('tells everything that is wrong at once', () => {
    const problem = query('a=1&b=2&limit=x')
    assert.ok(isProblem(problem))
    assert.deepEqual(
      problem.mistakes.map(({ member }) => member),
      ['a', 'b', 'limit'],
    )
  })
})
