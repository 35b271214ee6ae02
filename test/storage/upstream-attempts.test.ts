/** Conformance: attempts, ways out to an upstream and back. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Attempt, AttemptState } from '../../src/core/upstreams/attempt.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { anAttempt, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('attempts', database => {
  const lost = { committed: false, lost: 'attempts.advance' }

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { attempts } = database.store.repositories
    const full = anAttempt({
      state: 'answered',
      traceCode: 'ABCDEFGH' as TraceCode,
      terms: {
        redirectUri: 'https://id.example.org/größe?x="y"&z=\\',
        scopes: ['openid', 'größe'],
        silent: true,
        maxAgeSeconds: 0,
        registration: true,
      },
      sealedAnswer: random.bytes(5000),
    })
    for (const attempt of [full, anAttempt()]) {
      await committed(database.store, attempts.insert(attempt))
      assert.deepEqual(await attempts.find(attempt.id), attempt)
    }
    assert.equal(await attempts.find(newId(NOON, random)), undefined)
  })

  it('are found by their trace code once there is an answer, the newest first', async () => {
    const { attempts } = database.store.repositories
    const traceCode = 'TRACE123' as TraceCode
    const at = (seconds: number, changes: Partial<Attempt> = {}) =>
      anAttempt({ id: newId(addSeconds(NOON, seconds), random), traceCode, ...changes })
    await committed(database.store, attempts.insert(at(4)))
    assert.equal(await attempts.findByTraceCode(traceCode), undefined)
    const newest = at(3, { state: 'failed', sealedAnswer: random.bytes(9) })
    const older = at(2, { state: 'settled', sealedAnswer: random.bytes(9) })
    await committed(database.store, attempts.insert(newest), attempts.insert(older))
    assert.deepEqual(await attempts.findByTraceCode(traceCode), newest)
    assert.equal(await attempts.findByTraceCode('NOBODY00' as TraceCode), undefined)
  })

  it('are listed for their upstream while their answer waits, the oldest first', async () => {
    const { attempts } = database.store.repositories
    const upstreamUid = newId<'upstream'>(NOON, random)
    const at = (seconds: number, changes: Partial<Attempt>) =>
      anAttempt({
        id: newId(addSeconds(NOON, seconds), random),
        upstreamUid,
        sealedAnswer: random.bytes(9),
        ...changes,
      })
    const [second, first] = [at(2, { state: 'answered' }), at(1, { state: 'answered' })]
    const others = (['started', 'claimed', 'settled', 'failed'] as const).map(state => at(3, { state }))
    const elsewhere = anAttempt({ state: 'answered', sealedAnswer: random.bytes(9) })
    for (const attempt of [second, first, ...others, elsewhere])
      await committed(database.store, attempts.insert(attempt))
    assert.deepEqual(await attempts.listAnswered(upstreamUid), [first, second])
  })

  it('go on with state, answer and expiry, and with nothing else', async () => {
    const { attempts } = database.store.repositories
    const started = anAttempt()
    const answered: Attempt = {
      ...started,
      state: 'answered',
      sealedAnswer: random.bytes(90),
      expiresAt: addSeconds(started.expiresAt, 60),
    }
    await committed(database.store, attempts.insert(started))
    const otherwise = { ...answered, traceCode: 'OTHER123' as TraceCode, createdAt: addSeconds(NOON, 1) }
    await committed(database.store, attempts.advance(otherwise, 'started'))
    assert.deepEqual(await attempts.find(started.id), answered)
    const { sealedAnswer: _, ...settled } = { ...answered, state: 'settled' as const }
    await committed(database.store, attempts.advance(settled, 'answered'))
    assert.deepEqual(await attempts.find(started.id), settled)
  })

  it('lose attempts.advance from any other state than the stored one, and when they are gone (RFC 6749 §10.12)', async () => {
    const { attempts, commit } = database.store.repositories
    const stored = anAttempt({ state: 'claimed' })
    await committed(database.store, attempts.insert(stored))
    const others: readonly AttemptState[] = ['started', 'answered', 'settled', 'failed']
    for (const from of others) {
      const advance = attempts.advance({ ...stored, state: 'answered', sealedAnswer: random.bytes(3) }, from)
      assert.deepEqual(await commit([advance]), lost, from)
    }
    assert.deepEqual(await attempts.find(stored.id), stored)
    assert.deepEqual(await commit([attempts.advance(anAttempt(), 'started')]), lost)
  })
})
