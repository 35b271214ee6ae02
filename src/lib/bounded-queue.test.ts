/** Tests of the bounded queue. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBoundedQueue } from './bounded-queue.ts'

describe('a bounded queue', () => {
  it('runs as many at once as allowed, in the order of arrival, and turns away what finds no place to wait', async () => {
    const queue = createBoundedQueue({ concurrency: 2, maxQueued: 1 })
    const started: string[] = []
    const gates = new Map(['a', 'b', 'c', 'e'].map(name => [name, Promise.withResolvers<void>()]))
    const work = (name: string) => async () => {
      started.push(name)
      await gates.get(name)?.promise
      return name
    }
    const [a, b, c] = [queue.run(work('a')), queue.run(work('b')), queue.run(work('c'))]
    assert.equal(await queue.run(work('d')), 'busy')
    assert.deepEqual(started, ['a', 'b'])

    gates.get('a')?.resolve()
    assert.equal(await a, 'a')
    assert.deepEqual(started, ['a', 'b', 'c'])
    for (const gate of gates.values()) gate.resolve()
    assert.deepEqual(await Promise.all([b, c]), ['b', 'c'])
    assert.equal(await queue.run(work('e')), 'e')
  })

  it('gives the place of failed work to the next one', async () => {
    const queue = createBoundedQueue({ concurrency: 1, maxQueued: 1 })
    const failing = queue.run(() => Promise.reject(new Error('out of memory')))
    const next = queue.run(() => Promise.resolve('done'))
    await assert.rejects(failing, /out of memory/)
    assert.equal(await next, 'done')
  })
})
