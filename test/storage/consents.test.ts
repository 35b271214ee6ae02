/** Conformance: consents, and the end of what they brought. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { addSeconds } from '../../src/lib/clock.ts'
import { aConsent, aGrant, anAccount, NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('consents', database => {
  it('are found by person and by app, page by page', async () => {
    const { accounts, consents } = database.store.repositories
    const [ada, bob] = [anAccount(), anAccount()]
    await committed(database.store, accounts.insert(ada), accounts.insert(bob))
    const expiring = aConsent({ accountId: ada.id, expiresAt: addSeconds(NOON, 60) })
    const others = [
      aConsent({ accountId: ada.id, scopes: ['claim birthdate', 'openid'] }),
      aConsent({ accountId: bob.id, clientUid: expiring.clientUid }),
    ]
    await committed(database.store, ...[expiring, ...others].map(consents.put))
    const ofAda = await consents.search({ accountId: ada.id, limit: 10 })
    assert.deepEqual(ofAda.map(({ scopes }) => scopes.length).toSorted(), [2, 2])
    assert.ok(ofAda.every(({ username }) => username === ada.username))
    const ofApp = await consents.search({ clientUid: expiring.clientUid, limit: 10 })
    assert.deepEqual(ofApp.map(({ username }) => username).toSorted(), [ada.username, bob.username].toSorted())
    const both = await consents.search({ accountId: ada.id, clientUid: expiring.clientUid, limit: 10 })
    assert.deepEqual(both, [{ ...expiring, username: ada.username }])
    const [first] = await consents.search({ limit: 1 })
    assert.ok(first)
    const rest = await consents.search({ after: first, limit: 10 })
    assert.deepEqual([first, ...rest], await consents.search({ limit: 10 }))
    assert.equal(rest.length, 2)
  })

  it('lose consents.delete when they are gone', async () => {
    const { consents, commit } = database.store.repositories
    const consent = aConsent()
    await committed(database.store, consents.put(consent))
    await committed(database.store, consents.delete(consent))
    assert.equal(await consents.find(consent.accountId, consent.clientUid), undefined)
    assert.deepEqual(await commit([consents.delete(consent)]), { committed: false, lost: 'consents.delete' })
  })

  it('take with them what the app was given for the person, and nothing else', async () => {
    const { accounts, grants } = database.store.repositories
    const [ada, bob] = [anAccount(), anAccount()]
    const given = aGrant({ accountId: ada.id })
    const other = aGrant({ accountId: ada.id })
    const ofBob = aGrant({ accountId: bob.id, clientUid: given.clientUid })
    await committed(database.store, accounts.insert(ada), accounts.insert(bob))
    await committed(database.store, ...[given, other, ofBob].map(grants.insert))
    await committed(database.store, grants.revokeAllOf(ada.id, given.clientUid, NOON))
    const revoked = async ({ id }: typeof given) => (await grants.find(id))?.grant.revokedAt
    assert.deepEqual(await Promise.all([given, other, ofBob].map(revoked)), [NOON, undefined, undefined])
  })
})
