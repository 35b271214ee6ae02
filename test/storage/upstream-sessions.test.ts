/** Conformance: what sessions of ours know of sessions at upstreams. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { UpstreamSession } from '../../src/core/upstreams/upstream-session.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { anAccount, anUpstreamSession, aSession, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('sessions at upstreams', database => {
  const lost = { committed: false, lost: 'upstreamSessions.delete' }
  const full = (changes: Partial<UpstreamSession> = {}): UpstreamSession =>
    anUpstreamSession({
      subject: 'mapped Größe 🏰',
      sub: 'sub-Größe',
      sid: 'sid "🏰"',
      sealedTokens: random.bytes(3000),
      ...changes,
    })

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { upstreamSessions } = database.store.repositories
    for (const session of [full(), anUpstreamSession()]) {
      await committed(database.store, upstreamSessions.put(session))
      assert.deepEqual(await upstreamSessions.listOfSession(session.sessionId), [session])
    }
    assert.deepEqual(await upstreamSessions.listOfSession(newId(NOON, random)), [])
  })

  it('are found by sid, by sub and by subject, each at its own upstream (Back-Channel Logout §2.6)', async () => {
    const { upstreamSessions } = database.store.repositories
    const session = full()
    const { upstreamUid } = session
    const bare = anUpstreamSession({ upstreamUid })
    const elsewhere = full()
    for (const each of [session, bare, elsewhere]) await committed(database.store, upstreamSessions.put(each))
    assert.deepEqual(await upstreamSessions.listBySid(upstreamUid, 'sid "🏰"'), [session])
    assert.deepEqual(await upstreamSessions.listBySub(upstreamUid, 'sub-Größe'), [session])
    assert.deepEqual(await upstreamSessions.listBySubject(upstreamUid, session.subject), [session])
    assert.deepEqual(await upstreamSessions.listBySubject(upstreamUid, bare.subject), [bare])
  })

  it('are not found by what nobody is called', async () => {
    const { upstreamSessions } = database.store.repositories
    const session = full()
    const { upstreamUid } = session
    await committed(database.store, upstreamSessions.put(session))
    for (const text of ['', 'SID "🏰"', 'sid%', '\0', 'sub-Größe\0', 'null']) {
      assert.deepEqual(await upstreamSessions.listBySid(upstreamUid, text), [], JSON.stringify(text))
      assert.deepEqual(await upstreamSessions.listBySub(upstreamUid, text), [], JSON.stringify(text))
      assert.deepEqual(await upstreamSessions.listBySubject(upstreamUid, text), [], JSON.stringify(text))
    }
  })

  it('of one person are all of them', async () => {
    const { upstreamSessions } = database.store.repositories
    const upstreamUid = newId<'upstream'>(NOON, random)
    const all = [1, 2, 3].map(number => full({ upstreamUid, sid: `sid-${number}` }))
    for (const session of all) await committed(database.store, upstreamSessions.put(session))
    const found = await upstreamSessions.listBySub(upstreamUid, 'sub-Größe')
    assert.deepEqual(new Set(found.map(({ sid }) => sid)), new Set(['sid-1', 'sid-2', 'sid-3']))
  })

  it('are replaced by a later sign-in through the same upstream, and stand beside those of others', async () => {
    const { upstreamSessions } = database.store.repositories
    const first = full()
    const { sessionId, upstreamUid } = first
    const later = addSeconds(NOON, 60)
    const second = anUpstreamSession({ sessionId, upstreamUid, subject: 'else', createdAt: later, expiresAt: later })
    const other = full({ sessionId })
    for (const session of [first, second, other]) await committed(database.store, upstreamSessions.put(session))
    const found = await upstreamSessions.listOfSession(sessionId)
    assert.deepEqual(
      found.toSorted((a, b) => (a.upstreamUid === upstreamUid ? -1 : 1) - (b.upstreamUid === upstreamUid ? -1 : 1)),
      [second, other],
    )
    assert.deepEqual(await upstreamSessions.listBySid(upstreamUid, 'sid "🏰"'), [])
  })

  it('live as long as their session, whatever they know', async () => {
    const { upstreamSessions } = database.store.repositories
    const [one, elsewhere] = [full(), full()]
    const other = full({ sessionId: one.sessionId })
    for (const session of [one, other, elsewhere]) await committed(database.store, upstreamSessions.put(session))
    const expiresAt = addSeconds(NOON, 90_000)
    await committed(database.store, upstreamSessions.prolong(one.sessionId, expiresAt))
    const found = await upstreamSessions.listOfSession(one.sessionId)
    assert.deepEqual(
      found.toSorted(
        (a, b) => (a.upstreamUid === one.upstreamUid ? -1 : 1) - (b.upstreamUid === one.upstreamUid ? -1 : 1),
      ),
      [one, other].map(session => ({ ...session, expiresAt })),
    )
    assert.deepEqual(await upstreamSessions.listOfSession(elsewhere.sessionId), [elsewhere])
    await committed(database.store, upstreamSessions.prolong(newId(NOON, random), expiresAt))
  })

  it('lose upstreamSessions.delete when they are gone already, so that nobody tells the upstream twice', async () => {
    const { upstreamSessions, commit } = database.store.repositories
    const session = full()
    const other = full({ sessionId: session.sessionId })
    for (const each of [session, other]) await committed(database.store, upstreamSessions.put(each))
    const remove = () => upstreamSessions.delete(session.sessionId, session.upstreamUid)
    await committed(database.store, remove())
    assert.deepEqual(await upstreamSessions.listOfSession(session.sessionId), [other])
    assert.deepEqual(await commit([remove()]), lost)
  })

  it('go with their account, and only with theirs', async () => {
    const { upstreamSessions, sessions, accounts } = database.store.repositories
    const account = anAccount()
    const [mine, theirs] = [aSession({ accountId: account.id }), aSession()]
    const [gone, stays] = [full({ sessionId: mine.id }), full({ sessionId: theirs.id })]
    await committed(database.store, accounts.insert(account), sessions.insert(mine), sessions.insert(theirs))
    await committed(database.store, upstreamSessions.put(gone), upstreamSessions.put(stays))
    await committed(database.store, accounts.delete(account.id))
    assert.deepEqual(await upstreamSessions.listOfSession(mine.id), [])
    assert.deepEqual(await upstreamSessions.listOfSession(theirs.id), [stays])
  })
})
