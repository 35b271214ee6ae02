/** Conformance: sessions, flows, consents and throttling. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Flow } from '../../src/core/flow/flow.ts'
import { newId } from '../../src/lib/id.ts'
import { aConsent, anAccount, aSession, NOON, random } from '../support/builders.ts'
import { aFlow } from './a-flow.ts'
import { committed, onEachDatabase } from './databases.ts'

const at = (ms: number): Date => new Date(NOON.getTime() + ms)

onEachDatabase('sessions', database => {
  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { sessions } = database.store.repositories
    const full = aSession({ userAgent: 'Größe 🏰 "x"', address: '2001:db8::1', endedAt: at(1), amr: ['pwd', 'otp'] })
    const throughUpstream = aSession({ authTime: at(-60_000), provenAt: at(3) })
    for (const session of [full, throughUpstream, aSession()]) {
      await committed(database.store, sessions.insert(session))
      assert.deepEqual(await sessions.find(session.id), session)
    }
    assert.equal(await sessions.find(aSession().id), undefined)
  })

  it('come with the account they are signed in as, without its password hash', async () => {
    const { accounts, sessions } = database.store.repositories
    const account = anAccount({
      passwordHash: '$argon2id$x',
      createdAt: at(-5),
      disabledAt: at(2),
      role: 'administrator',
    })
    const session = aSession({ accountId: account.id })
    const { passwordHash: _, ...withoutHash } = account
    await committed(database.store, accounts.insert(account), sessions.insert(session))
    assert.deepEqual(await sessions.findWithAccount(session.id), { session, account: withoutHash })
    await committed(database.store, accounts.delete(account.id))
    assert.equal(await sessions.findWithAccount(session.id), undefined)
  })

  it('are renewed from the generation before, and never after their end', async () => {
    const { commit, sessions } = database.store.repositories
    const session = aSession()
    const renewed = aSession({ ...session, generation: 2, authTime: at(5), amr: ['pwd', 'mfa'], expiresAt: at(99) })
    const lost = { committed: false, lost: 'sessions.renew' }
    assert.deepEqual(await commit([sessions.renew(renewed)]), lost, 'it is not there')
    await committed(database.store, sessions.insert(session))
    assert.deepEqual(await commit([sessions.renew({ ...renewed, generation: 3 })]), lost)
    await committed(database.store, sessions.renew(renewed))
    assert.deepEqual(await sessions.find(session.id), renewed)
    assert.deepEqual(await commit([sessions.renew(renewed)]), lost)
    await committed(database.store, sessions.end(session.id, at(6)))
    assert.deepEqual(await commit([sessions.renew({ ...renewed, generation: 3 })]), lost)
    assert.deepEqual(await sessions.find(session.id), { ...renewed, endedAt: at(6) })
  })

  it('keep from a renewal when it was proven to us, or that this is no other time than at the upstream', async () => {
    const { sessions } = database.store.repositories
    const session = aSession()
    const through = aSession({ ...session, generation: 2, authTime: at(-9), provenAt: at(5) })
    await committed(database.store, sessions.insert(session), sessions.renew(through))
    assert.deepEqual(await sessions.find(session.id), through)
    const { provenAt: _, ...byPassword } = { ...through, generation: 3 }
    await committed(database.store, sessions.renew(byPassword))
    assert.deepEqual(await sessions.find(session.id), byPassword)
  })

  it('end once', async () => {
    const { commit, sessions } = database.store.repositories
    const session = aSession()
    const lost = { committed: false, lost: 'sessions.end' }
    assert.deepEqual(await commit([sessions.end(session.id, at(1))]), lost)
    await committed(database.store, sessions.insert(session))
    await committed(database.store, sessions.end(session.id, at(1)))
    assert.deepEqual(await commit([sessions.end(session.id, at(2))]), lost)
    assert.deepEqual((await sessions.find(session.id))?.endedAt, at(1))
  })
})

onEachDatabase('flows', database => {
  it('come back exactly as they went in, whatever they are for', async () => {
    const { flows } = database.store.repositories
    const attemptId = newId<'upstream-attempt'>(NOON, random)
    const accountId = newId<'account'>(NOON, random)
    const all = [
      aFlow(),
      aFlow({ purpose: { kind: 'own-pages' }, state: { at: 'refused', error: 'access_denied', description: '"no"' } }),
      aFlow({ purpose: { kind: 'sign-out', redirectUri: 'https://app.example.org/', state: '' }, version: 9 }),
      aFlow({
        trace: [{ at: NOON.toISOString(), step: 'authorize', outcome: 'passed', rule: '§', facts: { a: null, b: [] } }],
        state: {
          at: 'authenticated',
          sessionId: newId(NOON, random),
          accountId: newId(NOON, random),
          authTime: NOON.toISOString(),
        },
      }),
      aFlow({ upstream: { at: 'failed', attemptId, error: 'login_required', description: 'größe' } }),
      aFlow({
        purpose: { kind: 'link-identity', accountId, upstreamUid: newId(NOON, random) },
        upstream: { at: 'answered', attemptId, entered: { username: 'ada', email: 'a@b.c', name: 'Ä\u0000' } },
        pendingLink: { attemptId, accountId, entered: {}, mailedAt: NOON.toISOString() },
      }),
    ]
    for (const flow of all) {
      await committed(database.store, flows.insert(flow))
      assert.deepEqual(await flows.find(flow.id), flow)
      assert.deepEqual(await flows.findByTraceCode(flow.traceCode), flow)
    }
    assert.equal(await flows.find(aFlow().id), undefined)
    assert.equal(await flows.findByTraceCode('ZZZZZZZZ' as TraceCode), undefined)
  })

  it('are found by their trace code: the newest, should a code come twice', async () => {
    const { flows } = database.store.repositories
    const older = aFlow({ id: newId(at(-1), random) })
    const newer = aFlow({ traceCode: older.traceCode })
    await committed(database.store, flows.insert(newer), flows.insert(older))
    assert.equal((await flows.findByTraceCode(older.traceCode))?.id, newer.id)
  })

  it('take one step from each version', async () => {
    const { commit, flows } = database.store.repositories
    const flow = aFlow()
    const next: Flow = { ...flow, version: 2, state: { at: 'completed' }, expiresAt: at(7) }
    const lost = { committed: false, lost: 'flows.advance' }
    assert.deepEqual(await commit([flows.advance(next)]), lost, 'it is not there')
    await committed(database.store, flows.insert(flow))
    await committed(database.store, flows.advance(next))
    assert.deepEqual(await flows.find(flow.id), next)
    assert.deepEqual(await commit([flows.advance({ ...next, state: { at: 'started' } })]), lost)
    assert.deepEqual(await flows.find(flow.id), next)
  })
})

onEachDatabase('consents', database => {
  it('come back exactly as they went in, and are replaced by the next', async () => {
    const { consents } = database.store.repositories
    const first = aConsent({ expiresAt: at(1) })
    await committed(database.store, consents.put(first))
    assert.deepEqual(await consents.find(first.accountId, first.clientUid), first)
    const { expiresAt: _, ...second } = { ...first, scopes: ['email', 'größe', 'openid'], grantedAt: at(2) }
    await committed(database.store, consents.put(second))
    assert.deepEqual(await consents.find(first.accountId, first.clientUid), second)
    assert.equal(await consents.find(first.accountId, aConsent().clientUid), undefined)
  })
})

onEachDatabase('throttling', database => {
  it('fills by one with each failure and leaks in between, never below nothing', async () => {
    const { throttle } = database.store.repositories
    const levels: number[] = []
    for (const ms of [0, 0, 5_000, 65_000, 65_500]) {
      await committed(database.store, throttle.add('account:a', at(ms), 0.1))
      const [bucket] = await throttle.find(['account:a'])
      levels.push(Number(bucket?.level.toFixed(6)))
      assert.deepEqual(bucket?.at, at(ms))
    }
    assert.deepEqual(levels, [1, 2, 2.5, 1, 1.95])
  })

  it('gains nothing when a clock goes back, and does not leak without a rate', async () => {
    const { throttle } = database.store.repositories
    await committed(database.store, throttle.add('account:b', at(1000), 10), throttle.add('account:b', at(0), 10))
    assert.deepEqual(await throttle.find(['account:b']), [{ key: 'account:b', level: 2, at: at(1000) }])
    await committed(database.store, throttle.add('account:c', at(0), 0), throttle.add('account:c', at(0), 0))
    assert.deepEqual(await throttle.find(['account:c']), [{ key: 'account:c', level: 2, at: at(0) }])
  })

  it('loses throttle.addWithin when a bucket is full, and takes again what has leaked', async () => {
    const { throttle, commit } = database.store.repositories
    const add = (ms: number) => commit([throttle.addWithin('mail:a', at(ms), { capacity: 2, leakPerSecond: 1 })])
    const lost = { committed: false, lost: 'throttle.addWithin' }
    assert.deepEqual([await add(0), await add(0)], [{ committed: true }, { committed: true }])
    assert.deepEqual([await add(0), await add(500)], [lost, lost])
    assert.deepEqual(await throttle.find(['mail:a']), [{ key: 'mail:a', level: 2, at: at(0) }])
    assert.deepEqual([await add(1000), await add(1000)], [{ committed: true }, lost])
  })

  it('finds many buckets at once, and clears one', async () => {
    const { throttle } = database.store.repositories
    await committed(database.store, throttle.add('x', NOON, 1), throttle.add('y', NOON, 1))
    assert.deepEqual((await throttle.find(['x', 'unknown', 'y'])).map(bucket => bucket.key).sort(), ['x', 'y'])
    await committed(database.store, throttle.clear('x'), throttle.clear('unknown'))
    assert.deepEqual(
      (await throttle.find(['x', 'y'])).map(bucket => bucket.key),
      ['y'],
    )
    assert.deepEqual(await throttle.find([]), [])
  })
})
