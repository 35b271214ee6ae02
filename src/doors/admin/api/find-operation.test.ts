/** Tests of the way from a request's path to its operation. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OPERATIONS } from '../../../core/administration/operations.ts'
import { createOperationFinder } from './find-operation.ts'
import { anOperation } from './test-fixtures/an-operation.ts'

const find = createOperationFinder([
  anOperation({ name: 'apps.list', method: 'GET', path: '/apps' }),
  anOperation({ name: 'apps.read', method: 'GET', path: '/apps/{id}' }),
  anOperation({ name: 'apps.delete', method: 'DELETE', path: '/apps/{id}' }),
  anOperation({ name: 'apps.import', method: 'POST', path: '/apps/import' }),
  anOperation({ name: 'apps.newest', method: 'GET', path: '/apps/newest' }),
  anOperation({ name: 'apps.key', method: 'GET', path: '/apps/{id}/keys/{kid}' }),
  anOperation({ name: 'apps.main_key', method: 'GET', path: '/apps/{id}/keys/main' }),
])

function found(method: string, path: string) {
  const result = find(method, path)
  return result.kind === 'found' ? [result.operation.name, result.path] : result
}

describe('the operation of a request', () => {
  it('is found by method and path', () => {
    assert.deepEqual(found('GET', '/apps'), ['apps.list', {}])
    assert.deepEqual(found('DELETE', '/apps/wiki'), ['apps.delete', { id: 'wiki' }])
    assert.deepEqual(found('GET', '/apps/wiki/keys/2'), ['apps.key', { id: 'wiki', kid: '2' }])
  })

  it('is the one that is written out before one that stands for any name', () => {
    assert.deepEqual(found('GET', '/apps/newest'), ['apps.newest', {}])
    assert.deepEqual(found('GET', '/apps/wiki/keys/main'), ['apps.main_key', { id: 'wiki' }])
    assert.deepEqual(
      found('GET', '/apps/import'),
      ['apps.read', { id: 'import' }],
      'another method leaves the name free',
    )
  })

  const names = [
    'a/b',
    'a%2Fb',
    'https://app.example.org/c?d=e#f',
    'ü 日本',
    '..',
    '.',
    '%',
    '__proto__',
    'constructor',
  ]
  for (const name of names) {
    it(`is about ${name} when that is what stands in the path, percent-encoded (RFC 3986 §2.4)`, () => {
      assert.deepEqual(found('DELETE', `/apps/${encodeURIComponent(name)}`), [
        'apps.delete',
        Object.fromEntries([['id', name]]),
      ])
    })
  }

  it('is none where nothing stands, or nothing can', () => {
    for (const path of [
      '',
      '/',
      '/other',
      '/apps/',
      '/apps//keys/1',
      '/apps/a/b/c/d',
      '/apps/%',
      '/apps/%ff',
      '/apps/a%00',
    ])
      assert.deepEqual(found('GET', path), { kind: 'nothing' }, path)
  })

  it('is none by another method, and which ones there are is known (RFC 9110 §15.5.6)', () => {
    assert.deepEqual(found('PUT', '/apps/wiki'), {
      kind: 'other-method',
      allow: ['GET', 'HEAD', 'DELETE', 'OPTIONS'],
    })
    assert.deepEqual(found('POST', '/apps'), { kind: 'other-method', allow: ['GET', 'HEAD', 'OPTIONS'] })
  })

  it('is always itself: no operation of the list hides another one', () => {
    const findAny = createOperationFinder(OPERATIONS)
    for (const operation of OPERATIONS) {
      const result = findAny(operation.method, operation.path.replace(/\{\w+\}/g, 'a-name'))
      assert.ok(result.kind === 'found')
      assert.equal(result.operation.name, operation.name)
    }
  })
})
