/** Tests of sealed boxes. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { masterKeyFromText } from './master-key.ts'
import { createSystemRandom } from './random.ts'
import { createSealer, masterKeyIdOf, SealBroken } from './seal.ts'

const random = createSystemRandom()
const masterKey = masterKeyFromText('a master key of enough characters')
const sealer = createSealer(masterKey, random)
const secret = Buffer.from('client secret of an upstream')

describe('a sealed box', () => {
  it('gives back what was put in, under the same key and for the same row', () => {
    const box = sealer.seal(secret, 'upstream:1:secret')
    assert.deepEqual(createSealer(masterKey, random).open(box, 'upstream:1:secret'), secret)
    assert.deepEqual(sealer.open(sealer.seal(Buffer.alloc(0), 'x'), 'x'), Buffer.alloc(0))
  })

  it('never looks the same twice and never shows what is in it', () => {
    const boxes = [sealer.seal(secret, 'row'), sealer.seal(secret, 'row')]
    assert.notDeepEqual(boxes[0], boxes[1])
    assert.ok(boxes.every(box => !box.includes(secret)))
  })

  it('stays shut for another row', () => {
    const box = sealer.seal(secret, 'upstream:1:secret')
    assert.throws(() => sealer.open(box, 'upstream:2:secret'), SealBroken)
  })

  it('stays shut when any byte of it was changed or cut off', () => {
    const box = sealer.seal(secret, 'row')
    for (let at = 0; at < box.length; at++) {
      const changed = Buffer.from(box)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => sealer.open(changed, 'row'), SealBroken, `byte ${at}`)
      assert.throws(() => sealer.open(box.subarray(0, at), 'row'), SealBroken, `cut at ${at}`)
    }
  })

  it('names both master keys when it was sealed under another one', () => {
    const other = masterKeyFromText('another master key, also long enough')
    const box = createSealer(other, random).seal(secret, 'row')
    assert.equal(masterKeyIdOf(box), other.id)
    assert.throws(() => sealer.open(box, 'row'), new RegExp(`${other.id}.*${masterKey.id}`))
  })
})

describe('a fingerprint', () => {
  it('is the same for the same text, context and master key, and for nothing else', () => {
    const fingerprint = sealer.fingerprint('secret', 'clients wiki')
    assert.equal(createSealer(masterKey, random).fingerprint('secret', 'clients wiki'), fingerprint)
    const other = masterKeyFromText('another master key, also long enough')
    const others = [
      sealer.fingerprint('secrets', 'clients wiki'),
      sealer.fingerprint('secret', 'clients wikis'),
      sealer.fingerprint('isecret', 'clients wik'),
      createSealer(other, random).fingerprint('secret', 'clients wiki'),
    ]
    assert.equal(new Set([fingerprint, ...others]).size, 5)
  })
})
