/** Tests of answers on the wire. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../../core/administration/problem.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import { failureReply, outcomeReply, PROBLEM_STATUS, problemReply, WARNINGS_HEADER } from './api-replies.ts'
import { aRequest } from './test-fixtures/an-operation.ts'
import { MethodNotAllowed, UnsupportedMediaType } from './wire-problems.ts'

const API = 'https://id.example.com/api/admin/v1'
const KINDS = Object.keys(PROBLEM_STATUS) as (keyof typeof PROBLEM_STATUS)[]

describe('what an operation comes to', () => {
  it('is a document with its version as a strong entity tag (RFC 9110 §8.8.3)', () => {
    const reply = outcomeReply({ document: { a: 1 }, version: 'v1' }, aRequest(), API)
    assert.deepEqual([reply.status, reply.body, reply.headers.etag], [200, '{"a":1}', '"v1"'])
    assert.equal(reply.headers['content-type'], 'application/json')
  })

  it('is nothing when the reader has this version already, and only then (RFC 9110 §13.1.2)', () => {
    const outcome = { document: { a: 1 }, version: 'v1' }
    const reply = outcomeReply(outcome, aRequest({ headers: { 'if-none-match': '"v0", W/"v1"' } }), API)
    assert.deepEqual([reply.status, reply.body, reply.headers.etag], [304, '', '"v1"'])
    assert.equal(outcomeReply(outcome, aRequest({ headers: { 'if-none-match': '"v0"' } }), API).status, 200)
    const change = aRequest({ method: 'PATCH', headers: { 'if-none-match': '"v1"' } })
    assert.equal(outcomeReply(outcome, change, API).status, 200)
  })

  it('names where it is that was made (RFC 9110 §10.2.2)', () => {
    const reply = outcomeReply({ status: 201, document: {}, location: '/groups/a%2Fb' }, aRequest(), API)
    assert.deepEqual([reply.status, reply.headers.location], [201, `${API}/groups/a%2Fb`])
  })

  it('has no content where there is none to tell', () => {
    assert.equal(outcomeReply({}, aRequest(), API).status, 204)
    assert.equal(outcomeReply({ status: 204 }, aRequest(), API).body, '')
  })

  it('is bytes that no browser takes for a page of ours', () => {
    const content = new Uint8Array([60, 115, 118, 103])
    const { headers, body } = outcomeReply({ bytes: { mediaType: 'image/svg+xml', content } }, aRequest(), API)
    assert.deepEqual(body, Buffer.from(content))
    assert.equal(headers['content-type'], 'image/svg+xml')
    assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox")
  })

  it('has its warnings in a header, in ASCII (RFC 9110 §5.5)', () => {
    const warnings = ['Für alle: “wiki” läuft ab', '😀\n']
    const { headers } = outcomeReply({ status: 204, warnings }, aRequest(), API)
    const text = String(headers[WARNINGS_HEADER])
    assert.match(text, /^[\x20-\x7e]+$/)
    assert.deepEqual(JSON.parse(text), warnings)
    assert.equal(outcomeReply({}, aRequest(), API).headers[WARNINGS_HEADER], undefined)
  })

  it('has no more warnings than a header holds', () => {
    const warnings = Array.from({ length: 100 }, (_, index) => `${index} ${'ü'.repeat(50)}`)
    const text = String(outcomeReply({ warnings }, aRequest(), API).headers[WARNINGS_HEADER])
    assert.ok(text.length <= 4000)
    assert.deepEqual(JSON.parse(text), warnings.slice(0, JSON.parse(text).length))
  })
})

describe('a problem (RFC 9457)', () => {
  for (const kind of KINDS) {
    it(`of the kind ${kind} has its status, its type and its code`, () => {
      const reply = problemReply(new Problem(kind, 'a sentence'), API)
      const { title, ...told } = JSON.parse(String(reply.body))
      const status = PROBLEM_STATUS[kind]
      assert.deepEqual(told, { type: `${API}/docs#problem-${kind}`, status, code: kind, detail: 'a sentence' })
      assert.equal(typeof title, 'string')
      assert.deepEqual([reply.status, reply.headers['content-type']], [status, 'application/problem+json'])
      assert.equal(reply.headers['cache-control'], 'no-store')
    })
  }

  it('names every field with its rule', () => {
    const mistakes = [{ member: 'name', rule: 'required', message: 'is missing' }]
    const { errors } = JSON.parse(String(problemReply(new Problem('invalid', 'no', mistakes), API).body))
    assert.deepEqual(errors, [{ field: 'name', rule: 'required', message: 'is missing' }])
  })

  it('says what is allowed, and what is taken (RFC 9110 §15.5.6, §15.5.16)', () => {
    const method = problemReply(new MethodNotAllowed('PUT', ['GET', 'HEAD', 'OPTIONS']), API)
    assert.deepEqual([method.status, method.headers.allow], [405, 'GET, HEAD, OPTIONS'])
    const type = problemReply(new UnsupportedMediaType('text/plain', ['application/json']), API)
    assert.deepEqual([type.status, type.headers.accept], [415, 'application/json'])
  })

  it('of our own tells a code and nothing else', () => {
    const { status, headers, body } = failureReply('7K3M9QXT' as TraceCode)
    assert.deepEqual(
      [status, headers['x-trace-code'], JSON.parse(String(body)).trace_code],
      [500, '7K3M-9QXT', '7K3M-9QXT'],
    )
  })
})
