/** Tests of the upstream cache: when it looks, what it forgets, and that a slow read never brings back the past. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock, anUpstream } from '../../test/support/builders.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { createCachingUpstreams } from './caching-upstreams.ts'

/** Upstreams in a plain list, which counts the reads and can hold one up. */
function aSetting() {
  const clock = aClock()
  const state = { upstreams: [] as Upstream[], revision: 0, reads: 0, looks: 0, gate: Promise.resolve() }
  const never = (): never => {
    throw new Error('the cache only reads')
  }
  const stored = {
    async list(): Promise<readonly Upstream[]> {
      state.reads += 1
      const found = state.upstreams
      await state.gate
      return found
    },
    insert: never,
    replace: never,
    delete: never,
  }
  const revision = async (): Promise<number> => {
    state.looks += 1
    return state.revision
  }
  const cache = createCachingUpstreams({ stored, revision, clock, trustMs: 100 })
  return { cache, upstreams: cache.repository, clock, state }
}

describe('upstreams kept in memory', () => {
  it('are read once, whatever is asked for', async () => {
    const { upstreams, state } = aSetting()
    const upstream = anUpstream()
    state.upstreams = [upstream]
    assert.equal(await upstreams.find(upstream.uid), upstream)
    assert.equal(await upstreams.findByAlias(upstream.alias), upstream)
    assert.deepEqual(await upstreams.list(), [upstream])
    assert.deepEqual([state.reads, state.looks], [1, 1])
  })

  it('are trusted for a moment, then as long as the revision stands still', async () => {
    const { upstreams, clock, state } = aSetting()
    const upstream = anUpstream()
    state.upstreams = [upstream]
    await upstreams.list()
    clock.advance(0.099)
    await upstreams.list()
    assert.deepEqual([state.reads, state.looks], [1, 1])
    clock.advance(0.001)
    await upstreams.list()
    assert.deepEqual([state.reads, state.looks], [1, 2])
    state.upstreams = []
    state.revision += 1
    clock.advance(0.1)
    assert.equal(await upstreams.find(upstream.uid), undefined)
  })

  it('are never absent from memory: what is created is found at once', async () => {
    const { upstreams, state } = aSetting()
    const upstream = anUpstream()
    assert.equal(await upstreams.findByAlias(upstream.alias), undefined)
    state.upstreams = [upstream]
    state.revision += 1
    assert.equal(await upstreams.findByAlias(upstream.alias), upstream)
  })

  it('share one look among many who ask at once', async () => {
    const { upstreams, state } = aSetting()
    await Promise.all(Array.from({ length: 10 }, () => upstreams.list()))
    assert.deepEqual([state.reads, state.looks], [1, 1])
  })

  it('do not come back through a read that began before they were forgotten', async () => {
    const { cache, upstreams, state } = aSetting()
    const upstream = anUpstream()
    state.upstreams = [upstream]
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    state.gate = gate
    const slow = upstreams.find(upstream.uid)
    // The read has seen the old one and is on its way back.
    while (state.reads === 0) await Promise.resolve()
    state.upstreams = [{ ...upstream, enabled: false }]
    state.revision += 1
    cache.forget()
    open()
    assert.equal((await slow)?.enabled, true)
    assert.equal((await upstreams.find(upstream.uid))?.enabled, false)
  })

  it('whose change was committed are seen by whoever asks after it, also while an older look is under way', async () => {
    const { cache, upstreams, state } = aSetting()
    const upstream = anUpstream()
    state.upstreams = [upstream]
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    state.gate = gate
    const slow = upstreams.list()
    while (state.reads === 0) await Promise.resolve()
    state.upstreams = []
    state.gate = Promise.resolve()
    cache.forget()
    assert.deepEqual(await upstreams.list(), [])
    open()
    await slow
    assert.deepEqual(await upstreams.list(), [])
  })

  it('are looked at again when the clock went back', async () => {
    const { upstreams, clock, state } = aSetting()
    await upstreams.list()
    clock.advance(-3600)
    await upstreams.list()
    assert.equal(state.looks, 2)
  })

  it('are looked for again after a database that was away', async () => {
    const { upstreams, state } = aSetting()
    const upstream = anUpstream()
    state.upstreams = [upstream]
    state.gate = Promise.reject(new Error('away'))
    await assert.rejects(upstreams.list(), /away/)
    state.gate = Promise.resolve()
    assert.deepEqual(await upstreams.list(), [upstream])
  })
})
