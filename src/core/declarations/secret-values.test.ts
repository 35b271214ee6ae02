/** Tests of secrets in what is written: references, digests, and what people see of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Field } from '../administration/field.ts'
import { hideSecrets, holdsSecret, resolveSecrets, withDigests } from './secret-values.ts'

const SECRET: Field = { name: 'secret', kind: 'text', access: 'secret', about: '' }
const FIELDS: readonly Field[] = [
  { name: 'title', kind: 'text', access: 'written', about: '' },
  SECRET,
  { ...SECRET, name: 'elsewhere', showsReference: true },
  { name: 'inner', kind: 'object', access: 'written', about: '', fields: [SECRET] },
  { name: 'many', kind: 'objects', access: 'written', about: '', fields: [SECRET] },
]

const sealer = { fingerprint: (text: string, context: string) => `digest of ${text} for ${context}` }

const readReference = (reference: string): string => {
  if (reference === 'vault.none') throw new Error('the file vault/none cannot be read: no such file')
  return `what ${reference} stands for`
}

describe('secrets in what is written', () => {
  it('are what their references stand for, but for those that are read whenever they are needed', () => {
    const written = {
      title: '${env.X}',
      secret: 'a ${vault.b} $${c}',
      elsewhere: '${vault.d}',
      inner: { secret: '${env.E}' },
    }
    assert.deepEqual(resolveSecrets(written, FIELDS, { readReference }), {
      document: { ...written, secret: 'a what vault.b stands for ${c}', inner: { secret: 'what env.E stands for' } },
      mistakes: [],
    })
  })

  it('are mistakes of their fields when a reference leads nowhere', () => {
    const { mistakes } = resolveSecrets({ many: [{}, { secret: '${vault.none}' }] }, FIELDS, { readReference })
    assert.deepEqual(mistakes, [
      {
        member: 'many[1].secret',
        rule: 'reference',
        message: 'cannot be read: the file vault/none cannot be read: no such file',
      },
    ])
  })

  it('are kept as digests for one field of one thing, wherever they stand', () => {
    const kept = withDigests(
      { resource: 'things', key: 'a' },
      { title: 't', secret: 's', inner: { secret: 'i' } },
      FIELDS,
      sealer,
    )
    assert.deepEqual(kept, {
      title: 't',
      secret: { digest: 'digest of "s" for ["declared","things","a","secret"]' },
      inner: { secret: { digest: 'digest of "i" for ["declared","things","a","inner.secret"]' } },
    })
  })

  it('are shown to nobody, wherever they stand', () => {
    const shown = hideSecrets({ secret: 's', elsewhere: 'e', inner: { secret: 'i' }, many: [{ secret: 'm' }] }, FIELDS)
    assert.deepEqual(shown, {
      secret: '(secret)',
      elsewhere: '(secret)',
      inner: { secret: '(secret)' },
      many: [{ secret: '(secret)' }],
    })
  })

  it('are none where nothing is said', () => {
    assert.equal(holdsSecret({ title: 's', secret: null, inner: {} }, FIELDS), false)
    assert.equal(holdsSecret({ inner: { secret: 's' } }, FIELDS), true)
  })
})
