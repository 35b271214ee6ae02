/** Conformance: keys, audit events and housekeeping. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AuditEvent, TraceCode } from '../../src/core/audit/audit-event.ts'
import { EXPIRING_TABLES, type ExpiringTable } from '../../src/core/housekeeping.ts'
import type { SealedKey } from '../../src/core/keys/signing-key.ts'
import type { Write } from '../../src/core/unit-of-work.ts'
import { newId } from '../../src/lib/id.ts'
import {
  aConsent,
  aDeferredGrant,
  aDelivery,
  aGrant,
  anAttempt,
  anUpstreamSession,
  aPushedRequest,
  aSession,
  NOON,
  random,
} from '../support/builders.ts'
import { aFlow } from './a-flow.ts'
import { committed, onEachDatabase } from './databases.ts'

const at = (ms: number): Date => new Date(NOON.getTime() + ms)

onEachDatabase('keys', database => {
  const aKey = (changes: Partial<SealedKey>): SealedKey => ({
    kid: random.bytes(16).toString('hex'),
    alg: 'RS256',
    publicJwk: '{"kty":"RSA"}',
    sealedPrivateKey: random.bytes(300),
    masterKeyId: 'master',
    createdAt: NOON,
    ...changes,
  })

  it('come back exactly as they went in, oldest first', async () => {
    const { keys } = database.store.repositories
    const newer = aKey({ alg: 'ES256', createdAt: at(2) })
    const older = aKey({ alg: 'handle', publicJwk: '{}', createdAt: at(1) })
    await committed(database.store, keys.insertFirst(newer), keys.insertFirst(older))
    assert.deepEqual(await keys.list(), [older, newer])
  })

  it('lose keys.insertFirst while a live key of their algorithm is there; a retired one does not count', async () => {
    const { commit, keys } = database.store.repositories
    await committed(database.store, keys.insertFirst(aKey({ retiredAt: at(3) })), keys.insertFirst(aKey({})))
    assert.deepEqual(await commit([keys.insertFirst(aKey({}))]), { committed: false, lost: 'keys.insertFirst' })
    assert.deepEqual(
      (await keys.list())
        .filter(key => key.alg === 'RS256')
        .map(key => key.retiredAt?.getTime())
        .sort(),
      [at(3).getTime(), undefined],
    )
  })
})

onEachDatabase('audit events', database => {
  const anEvent = (ms: number, changes: Partial<AuditEvent> = {}): AuditEvent => ({
    id: newId(at(ms), random),
    at: at(ms),
    type: 'token.issued',
    address: '127.0.0.1',
    detail: {},
    ...changes,
  })

  it('come back exactly as they went in, newest first, by what is asked', async () => {
    const { audit } = database.store.repositories
    const accountId = newId<'account'>(NOON, random)
    const traceCode = '7K3M9QXT' as TraceCode
    const first = anEvent(1)
    const second = anEvent(2, {
      accountId,
      type: 'sign-in.refused',
      detail: { rule: '§ "größe"', n: null, list: ['a'] },
    })
    const about = { accountId, clientUid: newId<'client'>(NOON, random), requestId: 'r', traceCode, address: 'cli' }
    const third = anEvent(3, { ...about, type: 'token.refused' })
    await committed(database.store, ...[second, third, first].map(event => audit.record(event)))
    assert.deepEqual(await audit.list({ limit: 10 }), [third, second, first])
    assert.deepEqual(await audit.list({ limit: 1 }), [third])
    assert.deepEqual(await audit.list({ limit: 10, accountId }), [third, second])
    assert.deepEqual(await audit.list({ limit: 10, traceCode }), [third])
    assert.deepEqual(await audit.list({ limit: 10, type: 'sign-in.refused', accountId }), [second])
    assert.deepEqual(await audit.list({ limit: 10, since: at(2) }), [third, second])
    assert.deepEqual(await audit.list({ limit: 10, since: at(4) }), [])
  })

  it('that are routine are not found by trace code, only by time and account', async () => {
    const { audit } = database.store.repositories
    const accountId = newId<'account'>(NOON, random)
    const routine = anEvent(9, { accountId, traceCode: '9ROUT1NE' as TraceCode })
    await committed(database.store, audit.record(routine))
    assert.deepEqual(await audit.list({ limit: 10, traceCode: '9ROUT1NE' as TraceCode }), [])
    assert.deepEqual(await audit.list({ limit: 10, accountId }), [routine])
  })
})

onEachDatabase('housekeeping', database => {
  it('gives the lease of a job to one holder, who may renew it, until it runs out', async () => {
    const { housekeeping } = database.store.repositories
    assert.equal(await housekeeping.takeLease('sweep', 'a', at(0), 10), true)
    assert.equal(await housekeeping.takeLease('sweep', 'b', at(1), 10), false)
    assert.equal(await housekeeping.takeLease('rotate', 'b', at(1), 10), true)
    assert.equal(await housekeeping.takeLease('sweep', 'a', at(5_000), 10), true)
    assert.equal(await housekeeping.takeLease('sweep', 'b', at(14_999), 10), false)
    assert.equal(await housekeeping.takeLease('sweep', 'b', at(15_000), 10), true)
    assert.equal(await housekeeping.takeLease('sweep', 'a', at(15_001), 10), false)
  })

  /** A write that makes a row that expires at `expiresAt`. */
  function expiring(table: ExpiringTable, expiresAt: Date): Write {
    const { attempts, deliveries, upstreamSessions } = database.store.repositories
    const { audit, consents, deferredGrants, flows, grants, pushedRequests, sessions, throttle, usedOnce } =
      database.store.repositories
    switch (table) {
      case 'flow':
        return flows.insert(aFlow({ expiresAt }))
      case 'grant':
        return grants.insert(aGrant({ expiresAt }))
      case 'session':
        return sessions.insert(aSession({ expiresAt }))
      case 'consent':
        return consents.put(aConsent({ expiresAt }))
      case 'revoked_access_token':
        return grants.revokeAccessToken(random.bytes(32), expiresAt)
      case 'throttle':
        // One failure leaks away within a second.
        return throttle.add(random.bytes(8).toString('hex'), new Date(expiresAt.getTime() - 1000), 1)
      case 'used_once':
        return usedOnce.use(`dpop:${random.bytes(8).toString('hex')}`, expiresAt)
      case 'pushed_request':
        return pushedRequests.insert(aPushedRequest({ expiresAt }))
      case 'deferred_grant':
        return deferredGrants.insert(aDeferredGrant({ expiresAt }))
      case 'upstream_attempt':
        return attempts.insert(anAttempt({ expiresAt }))
      case 'upstream_session':
        return upstreamSessions.put(anUpstreamSession({ expiresAt }))
      case 'delivery':
        return deliveries.insert(aDelivery({ expiresAt }))
      case 'audit_event':
        return audit.record({
          id: newId(expiresAt, random),
          at: expiresAt,
          type: 'a.b',
          address: '',
          detail: {},
        })
    }
  }

  for (const table of EXPIRING_TABLES) {
    it(`deletes what has expired from ${table}, in bites, and nothing else`, async () => {
      const { housekeeping } = database.store.repositories
      // What has expired lies between what has not, in the order of the ids too.
      const rows = Array.from({ length: 9 }, (_, index) => expiring(table, at(index % 3 === 0 ? 10_000 : -1)))
      await committed(database.store, ...rows)
      const bites: number[] = []
      do bites.push(await housekeeping.deleteExpired(table, at(0), 4))
      while (bites.at(-1) !== 0)
      assert.deepEqual(bites, [4, 2, 0])
      assert.equal((await housekeeping.tableSizes())[table], 3)
      assert.equal(await housekeeping.deleteExpired(table, at(10_001), 100), 3)
    })
  }

  it('finds expired rows anywhere in a large table, and counts it', async () => {
    const { grants, housekeeping } = database.store.repositories
    const rows = Array.from({ length: 5_200 }, (_, index) =>
      grants.insert(aGrant({ id: newId(at(index), random), expiresAt: at(index % 1000 === 999 ? 0 : 100_000) })),
    )
    await committed(database.store, ...rows)
    assert.equal((await housekeeping.tableSizes()).grant, 5_200)
    assert.equal(await housekeeping.deleteExpired('grant', at(1), 3), 3)
    assert.equal(await housekeeping.deleteExpired('grant', at(1), 3), 2)
    assert.equal(await housekeeping.deleteExpired('grant', at(1), 3), 0)
    assert.equal((await housekeeping.tableSizes()).grant, 5_195)
  })

  it('keeps consents that do not expire, and answers a ping', async () => {
    const { consents, housekeeping } = database.store.repositories
    const consent = aConsent()
    await committed(database.store, consents.put(consent))
    await housekeeping.deleteExpired('consent', new Date(8.64e15), 100)
    assert.deepEqual(await consents.find(consent.accountId, consent.clientUid), consent)
    await housekeeping.ping()
  })
})
