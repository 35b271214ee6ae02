/** Tests of what belongs to files: fields that a file says are changed there, everything else is anybody's. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Declaration } from '../declarations/declaration.ts'
import { fileActor } from '../declarations/file-actor.ts'
import { COMMAND_LINE } from './actor.ts'
import type { Field } from './field.ts'
import { checkNotDeclared, checkNotOwned, checkOwnedField, checkSecretsNotOwned } from './ownership.ts'
import type { Acting, Document } from './ports.ts'

const FIELDS: readonly Field[] = [
  { name: 'name', kind: 'text', access: 'written', about: '' },
  { name: 'title', kind: 'text', access: 'written', about: '' },
  { name: 'attributes', kind: 'object', access: 'written', about: '' },
  { name: 'keys', kind: 'json', access: 'written', about: '' },
  { name: 'secret', kind: 'text', access: 'secret', about: '' },
  { name: 'secret_hash', kind: 'text', access: 'secret', about: '' },
]
const RESOURCE = { fields: FIELDS, key: 'name' }

const DECLARED: Declaration = {
  kind: 'things',
  key: 'a',
  source: 'sallyport.yaml:7',
  document: { title: 'x', attributes: { team: 'Sales' }, keys: { k: 1 }, secret: { digest: 'd' } },
  appliedAt: new Date(0),
}

const byHand = { actor: COMMAND_LINE } as Acting
const byFile = { actor: fileActor('cli') } as Acting

function detail(before: Document, after: Document | undefined, acting = byHand): string | undefined {
  return checkNotOwned(DECLARED, before, after, acting, RESOURCE)?.detail
}

describe('what belongs to a file', () => {
  const REFUSED: ReadonlyArray<readonly [what: string, before: Document, after: Document | undefined, name: RegExp]> = [
    ['a field that it says', { title: 'x' }, { title: 'y' }, /^title: declared in sallyport\.yaml:7; change it there/],
    ['a field that it says, taken away', { title: 'x' }, {}, /^title: /],
    ['a member that it says', { attributes: { team: 'Sales' } }, { attributes: { team: 'Board' } }, /^attributes: /],
    ['an object that holds one', { attributes: { team: 'Sales' } }, {}, /^attributes: /],
    ['a value that has no members of its own', { keys: { k: 1 } }, { keys: { k: 1, l: 2 } }, /^keys: /],
    ['its name', { name: 'a' }, { name: 'b' }, /^name: /],
    ['the thing itself', {}, undefined, /^it is declared in sallyport\.yaml:7: take it out there/],
  ]
  for (const [what, before, after, expected] of REFUSED) {
    it(`is not changed elsewhere: ${what}`, () => assert.match(detail(before, after) ?? '', expected))
  }

  it('is anybody’s where the file is silent', () => {
    assert.equal(detail({ other: 1 }, { other: 2 }), undefined)
    assert.equal(detail({ attributes: { team: 'Sales' } }, { attributes: { team: 'Sales', room: '1' } }), undefined)
    assert.equal(checkNotOwned(undefined, { title: 'x' }, undefined, byHand, RESOURCE), undefined)
  })

  it('is changed by the file itself', () => {
    assert.equal(detail({ title: 'x' }, { title: 'y' }, byFile), undefined)
    assert.equal(detail({}, undefined, byFile), undefined)
  })

  it('are secrets as well, which no document shows', () => {
    const check = (sent: Document | undefined, acting = byHand) =>
      checkSecretsNotOwned(DECLARED, {}, sent, acting, RESOURCE)?.detail
    assert.match(check({ secret: 's' }) ?? '', /^secret: declared in sallyport\.yaml:7/)
    assert.equal(check({ title: 'y' }), undefined)
    assert.match(check({ secret_hash: '$h' }) ?? '', /^secret_hash: declared in/, 'said by its digest it is the same')
    assert.equal(check({ secret: 's' }, byFile), undefined)
    assert.equal(check(undefined), undefined)
  })

  it('can be asked about by actions: one field, or the thing', async () => {
    const repositories = {
      declarations: { find: async (_: string, key: string) => (key === 'a' ? DECLARED : undefined) },
    }
    const acting = { actor: COMMAND_LINE, repositories } as unknown as Acting
    const file = { ...acting, actor: fileActor('start') }
    assert.match((await checkOwnedField('things', 'a', 'secret', acting))?.detail ?? '', /^secret: declared in/)
    assert.match(
      (await checkOwnedField('things', 'a', 'secret_hash', acting))?.detail ?? '',
      /^secret_hash: declared in/,
    )
    assert.equal(await checkOwnedField('things', 'a', 'other', acting), undefined)
    assert.equal(await checkOwnedField('things', 'b', 'secret', acting), undefined)
    assert.equal(await checkOwnedField('things', 'a', 'secret', file), undefined)
    assert.match((await checkNotDeclared('things', 'a', acting))?.detail ?? '', /sallyport\.yaml:7: change it there/)
    assert.equal(await checkNotDeclared('things', 'b', acting), undefined)
    assert.equal(await checkNotDeclared('things', 'a', file), undefined)
  })
})
