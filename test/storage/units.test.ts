/** Units of work: all or nothing, and nobody pays for a neighbour who is lost or fails. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Write } from '../../src/core/unit-of-work.ts'
import { openStore } from '../../src/storage/store.ts'
import { aClient, aClock, aConsent, aGrant, anAccount, aSession, NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('units of work', database => {
  it('of nothing are committed', async () => {
    assert.deepEqual(await database.store.repositories.commit([]), { committed: true })
  })

  it('are undone whole when a later write is lost', async () => {
    const { accounts, commit, grants, sessions } = database.store.repositories
    const [account, session, grant] = [anAccount(), aSession(), aGrant()]
    const outcome = await commit([
      accounts.insert(account),
      sessions.insert(session),
      grants.redeem(grant.id, NOON),
      grants.insert(grant),
    ])
    assert.deepEqual(outcome, { committed: false, lost: 'grants.redeem' })
    assert.equal(await accounts.find(account.id), undefined)
    assert.equal(await sessions.find(session.id), undefined)
    assert.equal(await grants.find(grant.id), undefined)
  })

  it('see their own writes', async () => {
    const { commit, grants } = database.store.repositories
    const grant = aGrant()
    assert.deepEqual(await commit([grants.insert(grant), grants.redeem(grant.id, NOON)]), { committed: true })
    assert.equal((await grants.find(grant.id))?.grant.generation, 1)
  })

  it('that arrive together neither disturb each other when one is lost nor when one fails', async () => {
    const { commit, grants, sessions } = database.store.repositories
    const taken = aSession()
    await committed(database.store, sessions.insert(taken))
    const good = Array.from({ length: 6 }, () => aGrant())
    const undone = [aGrant(), aGrant()]
    const units: readonly (readonly Write[])[] = good.flatMap((grant, index) => [
      [grants.insert(grant), grants.redeem(grant.id, NOON)],
      // Lost with the first write, lost with the second, failed with the first, failed with the second.
      [
        [grants.redeem(aGrant().id, NOON)],
        [grants.insert(undone[0] ?? grant), grants.redeem(grant.id, NOON)],
        [sessions.insert(taken)],
        [grants.insert(undone[1] ?? grant), sessions.insert(taken)],
      ][index % 4] ?? [],
    ])
    const results = await Promise.allSettled(units.map(commit))
    assert.deepEqual(
      results.filter((_, index) => index % 2 === 0).map(result => result.status === 'fulfilled' && result.value),
      good.map(() => ({ committed: true })),
    )
    assert.deepEqual(
      results
        .filter((_, index) => index % 2 === 1)
        .map(result => (result.status === 'rejected' ? 'failed' : result.value.committed ? 'committed' : 'lost'))
        .slice(0, 4),
      ['lost', 'lost', 'failed', 'failed'],
    )
    for (const { id } of good) assert.equal((await grants.find(id))?.grant.generation, 1)
    for (const { id } of undone) assert.equal(await grants.find(id), undefined)
  })

  it('with a write that was not made by this store are refused', async () => {
    const stranger: Write = { name: 'accounts.insert' }
    await assert.rejects(
      database.store.repositories.commit([stranger]),
      /accounts\.insert was not made by a repository/,
    )
  })

  it('are on disk when they are answered: another store reads them', async () => {
    const other = await database.open()
    const { grants } = database.store.repositories
    const grant = aGrant()
    await committed(database.store, grants.insert(grant))
    assert.deepEqual((await other.repositories.grants.find(grant.id))?.grant, grant)
  })

  it('that wait are committed before the store closes', async () => {
    const closing = await openStore({ url: database.url, clock: aClock() })
    const consents = Array.from({ length: 20 }, () => aConsent())
    const { repositories } = closing
    const answers = Promise.all(consents.map(consent => repositories.commit([repositories.consents.put(consent)])))
    await closing.close()
    await answers
    for (const { accountId, clientUid } of consents) {
      assert.notEqual(await database.store.repositories.consents.find(accountId, clientUid), undefined)
    }
    await assert.rejects(repositories.commit([repositories.consents.put(aConsent())]))
  })
})

onEachDatabase('clients kept in memory', database => {
  it('are the newest for whoever changed them, at once', async () => {
    const { clients } = database.store.repositories
    const client = aClient()
    await committed(database.store, clients.insert(client))
    assert.deepEqual(await clients.find(client.uid), client)
    const changed = { ...client, name: 'Changed' }
    await committed(database.store, clients.replace(changed, client))
    assert.deepEqual(await clients.find(client.uid), changed)
    await committed(database.store, clients.delete(client.uid))
    assert.equal(await clients.find(client.uid), undefined)
    assert.equal(await clients.findByClientId(client.clientId), undefined)
  })

  it('are the newest for another process within half a second', async () => {
    const clock = aClock()
    const other = await database.open(clock)
    const { clients } = database.store.repositories
    const client = aClient()
    assert.equal(await other.repositories.clients.findByClientId(client.clientId), undefined)
    await committed(database.store, clients.insert(client))
    assert.deepEqual(await other.repositories.clients.findByClientId(client.clientId), client, 'absence is not kept')
    const changed = { ...client, name: 'Changed' }
    await committed(database.store, clients.replace(changed, client))
    assert.deepEqual(await other.repositories.clients.findByClientId(client.clientId), client, 'still trusted')
    clock.advance(0.5)
    assert.deepEqual(await other.repositories.clients.findByClientId(client.clientId), changed)
    assert.deepEqual(await other.repositories.clients.find(client.uid), changed)
    await committed(database.store, clients.delete(client.uid))
    clock.advance(0.5)
    assert.equal(await other.repositories.clients.find(client.uid), undefined)
  })
})
