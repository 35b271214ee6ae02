/** Conformance: deliveries, and what is due. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Delivery } from '../../src/core/deliveries/delivery.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { aDelivery, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('deliveries', database => {
  const lost = { committed: false, lost: 'deliveries.advance' }
  const full = (): Delivery =>
    aDelivery({
      kind: 'upstream-logout',
      about: { to: 'Größe "🏰"\\\u0000', attempts: 3, ok: true, nothing: null, list: ['a', 'b,c'] },
      traceCode: 'ABCDEFGH' as TraceCode,
      sealedContent: random.bytes(4000),
      attempts: 7,
      nextAt: addSeconds(NOON, 7),
      lastResult: 'mail.example.org:25: 451 später 🏰',
      updatedAt: addSeconds(NOON, 8),
      expiresAt: addSeconds(NOON, 9),
    })

  /** Without `nextAt`, as only those are that are done. */
  function done(changes: Partial<Delivery> = {}): Delivery {
    const { nextAt: _, ...delivery } = aDelivery({ state: 'delivered', ...changes })
    return delivery
  }

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { deliveries } = database.store.repositories
    for (const delivery of [full(), aDelivery(), done()]) {
      await committed(database.store, deliveries.insert(delivery))
      assert.deepEqual(await deliveries.find(delivery.id), delivery)
    }
    assert.equal(await deliveries.find(newId(NOON, random)), undefined)
  })

  it('are due from their time on, each kind by itself, oldest first, up to a limit, and only while they wait', async () => {
    const store = database.store.repositories
    const long = addSeconds(NOON, -1_000_000)
    const at = (seconds: number, kind: Delivery['kind'] = 'mail') =>
      aDelivery({ kind, nextAt: addSeconds(long, seconds) })
    const [third, first, second] = [at(30), at(10), at(20)]
    for (const delivery of [third, first, second, at(5, 'upstream-logout'), done({ state: 'given-up' })])
      await committed(database.store, store.deliveries.insert(delivery))
    const due = async (seconds: number, limit = 10) =>
      (await store.deliveries.listDue('mail', addSeconds(long, seconds), limit)).map(({ id }) => id)
    assert.deepEqual(await due(9), [])
    assert.deepEqual(await due(10), [first.id])
    assert.deepEqual(await due(30), [first.id, second.id, third.id])
    assert.deepEqual(await due(30, 2), [first.id, second.id])
  })

  it('are listed newest first, by kind and by state, up to a limit', async () => {
    const { deliveries } = database.store.repositories
    const at = (seconds: number, changes: Partial<Delivery> = {}) =>
      ({ ...changes, id: newId(addSeconds(NOON, 1_000_000 + seconds), random) }) as Partial<Delivery>
    const oldest = aDelivery(at(1))
    const logout = aDelivery(at(2, { kind: 'upstream-logout' }))
    const arrived = done(at(3))
    const givenUp = done(at(4, { kind: 'upstream-logout', state: 'given-up' }))
    for (const delivery of [arrived, oldest, givenUp, logout])
      await committed(database.store, deliveries.insert(delivery))
    const newest = async (query: Omit<Parameters<typeof deliveries.list>[0], 'limit'>, limit: number) =>
      (await deliveries.list({ ...query, limit })).map(({ id }) => id)
    assert.deepEqual(await newest({}, 4), [givenUp.id, arrived.id, logout.id, oldest.id])
    assert.deepEqual(await newest({}, 1), [givenUp.id])
    assert.deepEqual(await newest({ kind: 'upstream-logout' }, 2), [givenUp.id, logout.id])
    assert.deepEqual(await newest({ state: 'delivered' }, 1), [arrived.id])
    assert.deepEqual(await newest({ kind: 'mail', state: 'waiting' }, 1), [oldest.id])
  })

  it('go on with everything but id, kind and the time they were made', async () => {
    const { deliveries } = database.store.repositories
    const seen = aDelivery({ sealedContent: random.bytes(30) })
    await committed(database.store, deliveries.insert(seen))
    const { sealedContent: _content, nextAt: _next, ...rest } = seen
    const delivered: Delivery = {
      ...rest,
      about: { to: 'somebody else' },
      traceCode: 'HGFEDCBA' as TraceCode,
      state: 'delivered',
      attempts: 3,
      lastResult: '250 taken',
      updatedAt: addSeconds(NOON, 3),
      expiresAt: addSeconds(NOON, 4),
    }
    const otherwise: Delivery = { ...delivered, kind: 'upstream-logout', createdAt: addSeconds(NOON, 5) }
    await committed(database.store, deliveries.advance(otherwise, seen))
    assert.deepEqual(await deliveries.find(seen.id), delivered)
    const again: Delivery = { ...delivered, state: 'waiting', nextAt: NOON }
    await committed(database.store, deliveries.advance(again, delivered))
    assert.deepEqual(await deliveries.find(seen.id), again)
  })

  it('lose deliveries.advance when state, attempts or time are no longer as they were seen', async () => {
    const { deliveries, commit } = database.store.repositories
    const stored = aDelivery({ attempts: 2 })
    const over = done()
    await committed(database.store, deliveries.insert(stored), deliveries.insert(over))
    const { nextAt: _, ...untimed } = stored
    const stale: readonly Delivery[] = [
      { ...stored, state: 'given-up' },
      { ...stored, attempts: 1 },
      { ...stored, nextAt: addSeconds(NOON, 1) },
      untimed,
      aDelivery(),
    ]
    for (const seen of stale) {
      assert.deepEqual(await commit([deliveries.advance({ ...seen, attempts: 9 }, seen)]), lost)
    }
    assert.deepEqual(await commit([deliveries.advance({ ...over, attempts: 9 }, { ...over, nextAt: NOON })]), lost)
    assert.deepEqual([await deliveries.find(stored.id), await deliveries.find(over.id)], [stored, over])
  })

  it('are listed page by page in both directions, narrowed, and found by words', async () => {
    const { deliveries } = database.store.repositories
    const made = [0, 1, 2, 3].map(index =>
      aDelivery({ id: newId(addSeconds(NOON, 7000 + index), random), about: { to: `Finder-${index}@x.example` } }),
    )
    for (const delivery of made) await committed(database.store, deliveries.insert(delivery))
    const search = ['finder-']
    const ids = async (query: Parameters<typeof deliveries.list>[0]) =>
      (await deliveries.list({ search, ...query })).map(({ id }) => id)
    const [a, b, c, d] = made.map(({ id }) => id)
    assert.deepEqual(await ids({ limit: 2 }), [d, c])
    assert.deepEqual(await ids({ limit: 2, ...(c && { after: c }) }), [b, a])
    assert.deepEqual(await ids({ limit: 3, ascending: true, ...(a && { after: a }) }), [b, c, d])
    assert.deepEqual(await ids({ limit: 9, search: ['finder-2', 'x.example'] }), [c])
    assert.deepEqual(await ids({ limit: 9, search: ['%'] }), [], 'a percent sign is a word like any other')
    assert.deepEqual(await ids({ limit: 9, state: 'given-up' }), [])
  })
})
