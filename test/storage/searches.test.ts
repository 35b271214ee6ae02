/** Conformance: what is looked for among sessions, audit events and members of groups, a part at a time. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AuditEvent, AuditSearch, TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Session, SessionSearch } from '../../src/core/sessions/session.ts'
import { newId } from '../../src/lib/id.ts'
import { aGrant, anAccount, aSession, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

const at = (ms: number): Date => new Date(NOON.getTime() + ms)

onEachDatabase('a search of sessions', database => {
  const ada = anAccount({ username: 'Ada' })
  const bob = anAccount({ username: 'bob', disabledAt: NOON })
  const of = (ms: number, changes: Partial<Session>): Session =>
    aSession({ id: newId(at(ms), random), createdAt: at(ms), accountId: ada.id, ...changes })
  const first = of(1, { userAgent: 'Firefox/140 (Ubuntu)' })
  const ended = of(2, { endedAt: at(3), address: '192.0.2.7' })
  const expired = of(4, { expiresAt: at(5) })
  const stale = of(5, { authTime: at(-10) })
  const ofBob = of(6, { accountId: bob.id })
  const orphan = of(7, { accountId: newId(NOON, random) })

  async function found(search: Partial<SessionSearch>): Promise<readonly string[]> {
    const rows = await database.store.repositories.sessions.search({ limit: 10, now: at(10), ...search })
    return rows.map(({ session }) => session.id)
  }

  it('finds them by account, words and what still counts, in the order in which they began', async () => {
    const { accounts, sessions } = database.store.repositories
    const all = [first, ended, expired, stale, ofBob, orphan]
    await committed(database.store, accounts.insert(ada), accounts.insert(bob), ...all.map(row => sessions.insert(row)))
    assert.deepEqual(
      await found({}),
      [first, ended, expired, stale, ofBob].map(({ id }) => id),
    )
    assert.deepEqual(await found({ isActive: true }), [first.id])
    assert.deepEqual(
      await found({ isActive: false }),
      [ended, expired, stale, ofBob].map(({ id }) => id),
    )
    assert.deepEqual(await found({ accountId: bob.id }), [ofBob.id])
    assert.deepEqual(await found({ words: ['firefox', 'ada'] }), [first.id])
    assert.deepEqual(await found({ words: ['192.0.2'] }), [ended.id])
    assert.deepEqual(await found({ words: ['\0'] }), [])
  })

  it('goes on behind one, in both directions', async () => {
    assert.deepEqual(await found({ descending: true, limit: 2 }), [ofBob.id, stale.id])
    assert.deepEqual(await found({ descending: true, after: stale.id, limit: 2 }), [expired.id, ended.id])
    assert.deepEqual(await found({ after: expired.id }), [stale.id, ofBob.id])
  })

  it('finds those in which an app got something, whatever else is written in its grants', async () => {
    const { grants } = database.store.repositories
    const clientUid = newId<'client'>(NOON, random)
    const inFirst = aGrant({ sessionId: first.id, clientUid })
    const other = aGrant({ sessionId: stale.id, nonce: `"clientUid":"${clientUid}"` })
    await committed(database.store, grants.insert(inFirst), grants.insert(other))
    assert.deepEqual(await found({ clientUid }), [first.id])
  })

  it('comes with the account, and without its password hash', async () => {
    const [row] = await database.store.repositories.sessions.search({ limit: 1, now: NOON, accountId: ada.id })
    assert.deepEqual([row?.session, row?.account.username], [first, 'Ada'])
  })

  it('is not needed to end all that an account has', async () => {
    const { sessions } = database.store.repositories
    await committed(database.store, sessions.endAllOf(ada.id, at(20)), sessions.endAllOf(ada.id, at(21)))
    const ends = await Promise.all(
      [first, ended, ofBob].map(async ({ id }) => (await sessions.find(id))?.endedAt?.getTime()),
    )
    assert.deepEqual(ends, [at(20).getTime(), at(3).getTime(), undefined])
  })
})

onEachDatabase('a search of the audit', database => {
  const accountId = newId<'account'>(NOON, random)
  const clientUid = newId<'client'>(NOON, random)
  const anEvent = (ms: number, type: AuditEvent['type'], changes: Partial<AuditEvent> = {}): AuditEvent => ({
    id: newId(at(ms), random),
    at: at(ms),
    type,
    address: '127.0.0.1',
    detail: {},
    ...changes,
  })
  const made = anEvent(1, 'client.created', { clientUid, address: 'cli', detail: { name: 'Größe 100%' } })
  const refused = anEvent(2, 'sign-in.refused', { accountId, traceCode: '7K3M9QXT' as TraceCode, requestId: 'Req-1' })
  const changed = anEvent(3, 'client.changed', { accountId, clientUid })
  const near = anEvent(4, 'clients.counted')
  const all = [made, refused, changed, near]

  async function found(search: Partial<AuditSearch>): Promise<readonly AuditEvent[]> {
    return (await database.store.repositories.audit.search({ descending: false, limit: 10, ...search })).events
  }

  it('narrows by type and its beginning, by refusals, account, app, code, address and time', async () => {
    const { audit } = database.store.repositories
    await committed(database.store, ...all.map(event => audit.record(event)))
    assert.deepEqual(await found({}), all)
    assert.deepEqual(await found({ type: 'client.created' }), [made])
    assert.deepEqual(await found({ type: 'client.' }), [made, changed])
    assert.deepEqual(await found({ type: 'client*' }), [made, changed, near])
    assert.deepEqual(await found({ type: 'client' }), [])
    assert.deepEqual(await found({ isRefusal: true }), [refused])
    assert.deepEqual(await found({ isRefusal: false, accountId }), [changed])
    assert.deepEqual(await found({ clientUid, descending: true }), [changed, made])
    assert.deepEqual(await found({ traceCode: '7K3M9QXT' as TraceCode }), [refused])
    assert.deepEqual(await found({ address: 'cli' }), [made])
    assert.deepEqual(await found({ since: at(2), until: at(4) }), [refused, changed])
    assert.deepEqual(await audit.find(refused.id), refused)
    assert.equal(await audit.find(newId(NOON, random)), undefined)
  })

  it('finds words wherever they stand, and takes no character of them for a pattern', async () => {
    assert.deepEqual(await found({ words: ['100%'] }), [made])
    assert.deepEqual(await found({ words: ['req-1', 'sign-in'] }), [refused])
    assert.deepEqual(await found({ words: ['_'] }), [])
    assert.deepEqual(await found({ words: ['\0'] }), [])
  })

  it('looks through so many at a time, and says where it stopped though it found nothing', async () => {
    const { audit } = database.store.repositories
    const rare = { descending: false, limit: 10, lookThrough: 2, address: 'nowhere' }
    const none = await audit.search(rare)
    assert.deepEqual(none, { events: [], next: refused.id })
    assert.deepEqual(await audit.search({ ...rare, after: changed.id }), { events: [] })
    const some = await audit.search({ ...rare, address: 'cli', descending: true, after: changed.id })
    assert.deepEqual(some, { events: [made], next: made.id })
  })
})

onEachDatabase('the members of groups', database => {
  it('are counted by group, each account once in each', async () => {
    const { accounts, groups } = database.store.repositories
    const people = [['staff', 'a "b"'], ['staff'], []].map(names => anAccount({ groups: names }))
    await committed(database.store, ...people.map(person => accounts.insert(person)))
    assert.deepEqual([...(await groups.countMembers())].toSorted(), [
      ['a "b"', 1],
      ['staff', 2],
    ])
  })
})
