/** Conformance: deferred grants (RFC 8628, CIBA Core). */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { aDeferredGrant, aGrant, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('deferred grants', database => {
  const lost = (name: string) => ({ committed: false, lost: name })
  const accountId = () => newId<'account'>(NOON, random)

  it('come back exactly as they went in, by id and by user code', async () => {
    const { deferredGrants } = database.store.repositories
    const bare = aDeferredGrant()
    const { userCode: _, ...without } = aDeferredGrant()
    const full = {
      ...without,
      kind: 'backchannel' as const,
      accountId: accountId(),
      lastPolledAt: addSeconds(NOON, 3),
      notifyAt: addSeconds(NOON, 4),
      terms: {
        ...bare.terms,
        traceCode: 'ABCDEFGH' as TraceCode,
        bindingMessage: 'W4 · ünïcode',
        delivery: 'ping' as const,
        notificationToken: 'sealed',
        acrValues: ['a', 'b'],
        maxAgeSeconds: 60,
        authorizationDetails: [{ type: 'payment', amount: { value: '1' } }],
      },
    }
    await committed(database.store, deferredGrants.insert(bare), deferredGrants.insert(full))
    assert.deepEqual(await deferredGrants.find(bare.id), bare)
    assert.deepEqual(await deferredGrants.find(full.id), full)
    assert.deepEqual(await deferredGrants.findByUserCode(bare.userCode ?? '', NOON), bare)
    assert.equal(await deferredGrants.findByUserCode(bare.userCode ?? '', bare.expiresAt), undefined)
    assert.equal(await deferredGrants.findByUserCode('ZZZZZZZZ', NOON), undefined)
  })

  it('lose deferredGrants.insert when the user code is taken, with the rest of the unit', async () => {
    const { deferredGrants, commit } = database.store.repositories
    const first = aDeferredGrant()
    const other = aDeferredGrant()
    const second = aDeferredGrant({ userCode: first.userCode ?? '' })
    await committed(database.store, deferredGrants.insert(first))
    const outcome = await commit([deferredGrants.insert(other), deferredGrants.insert(second)])
    assert.deepEqual(outcome, lost('deferredGrants.insert'))
    assert.equal(await deferredGrants.find(other.id), undefined)
  })

  it('are approved once, never after a denial, and the grant goes with the decision', async () => {
    const { deferredGrants, grants, commit } = database.store.repositories
    const deferred = aDeferredGrant()
    const grant = aGrant()
    await committed(database.store, deferredGrants.insert(deferred))
    const approve = (of = grant) => [
      deferredGrants.approve(deferred.id, grant.accountId, of.id, NOON),
      grants.insert(of),
    ]
    assert.deepEqual(await commit(approve()), { committed: true })
    const second = aGrant()
    assert.deepEqual(await commit(approve(second)), lost('deferredGrants.approve'))
    assert.equal(await grants.find(second.id), undefined)
    assert.deepEqual(await commit([deferredGrants.deny(deferred.id)]), lost('deferredGrants.deny'))
    assert.deepEqual(await deferredGrants.find(deferred.id), {
      ...deferred,
      state: 'approved',
      accountId: grant.accountId,
      grantId: grant.id,
      notifyAt: NOON,
    })
  })

  it('stay denied', async () => {
    const { deferredGrants, commit } = database.store.repositories
    const deferred = aDeferredGrant()
    await committed(database.store, deferredGrants.insert(deferred), deferredGrants.deny(deferred.id))
    const approve = deferredGrants.approve(deferred.id, accountId(), newId(NOON, random))
    assert.deepEqual(await commit([approve]), lost('deferredGrants.approve'))
    assert.equal((await deferredGrants.find(deferred.id))?.state, 'denied')
  })

  it('keep the interval of the last poll; a poll that looked at an older one loses', async () => {
    const { deferredGrants, commit } = database.store.repositories
    const deferred = aDeferredGrant()
    await committed(database.store, deferredGrants.insert(deferred), deferredGrants.poll(deferred, NOON, 10))
    const after = await deferredGrants.find(deferred.id)
    assert.deepEqual([after?.intervalSeconds, after?.lastPolledAt], [10, NOON])
    const stale = deferredGrants.poll(deferred, addSeconds(NOON, 1), 5)
    assert.deepEqual(await commit([stale]), lost('deferredGrants.poll'))
    assert.ok(after)
    await committed(database.store, deferredGrants.poll(after, addSeconds(NOON, 1), 15))
    assert.equal((await deferredGrants.find(deferred.id))?.intervalSeconds, 15)
  })

  it('are listed for the person while they wait, oldest first', async () => {
    const { deferredGrants } = database.store.repositories
    const who = accountId()
    const at = (seconds: number, changes = {}) =>
      aDeferredGrant({ id: newId(addSeconds(NOON, seconds), random), accountId: who, ...changes })
    const [second, first] = [at(2), at(1)]
    const decided = at(3, { state: 'denied' })
    const over = at(4, { expiresAt: NOON })
    const others = aDeferredGrant({ accountId: accountId() })
    for (const deferred of [second, first, decided, over, others])
      await committed(database.store, deferredGrants.insert(deferred))
    assert.deepEqual(
      (await deferredGrants.listPending(who, NOON)).map(({ id }) => id),
      [first.id, second.id],
    )
  })

  it('are due to be told from their time on, until they were told', async () => {
    const { deferredGrants } = database.store.repositories
    const due = aDeferredGrant({ state: 'denied', notifyAt: addSeconds(NOON, 100) })
    await committed(database.store, deferredGrants.insert(due))
    const isListed = async (seconds: number) =>
      (await deferredGrants.listToNotify(addSeconds(NOON, seconds), 50)).some(({ id }) => id === due.id)
    assert.deepEqual([await isListed(99), await isListed(100)], [false, true])
    await committed(database.store, deferredGrants.claimNotification(due, addSeconds(NOON, 120)))
    assert.deepEqual([await isListed(119), await isListed(120)], [false, true])
    await committed(database.store, deferredGrants.notified(due.id))
    assert.equal(await isListed(1_000), false)
  })
})
