/** Conformance: clients, and the revision that tells of their changes. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Client } from '../../src/core/clients/client.ts'
import { newId } from '../../src/lib/id.ts'
import { aClient, aConsent, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('clients', database => {
  const full = (): Client =>
    aClient({
      name: 'Größtes "Dashboard" 🏰',
      description: 'Zeile 1\nZeile 2',
      secrets: [
        { id: newId(NOON, random), hash: 'sha256:abc', createdAt: new Date(1), expiresAt: new Date(1_900_000_000_001) },
        { id: newId(NOON, random), hash: '$argon2id$…', createdAt: new Date(2) },
      ],
      consentTtlSeconds: 0,
      defaultMaxAgeSeconds: 3600,
      websiteUrl: 'https://app.example.org',
      termsUrl: 'https://app.example.org/terms',
      policyUrl: 'https://app.example.org/policy',
      logoUrl: 'https://app.example.org/logo.svg',
      contactEmail: 'ops@example.org',
      owner: 'platform',
      updatedAt: new Date(NOON.getTime() + 7),
      disabledAt: new Date(NOON.getTime() + 8),
    })

  it('come back exactly as they went in, and what is absent stays absent', async () => {
    const { clients } = database.store.repositories
    for (const client of [full(), aClient()]) {
      await committed(database.store, clients.insert(client))
      assert.deepEqual(await clients.find(client.uid), client)
      assert.deepEqual(await clients.findByClientId(client.clientId), client)
    }
  })

  it('that do not exist are not found', async () => {
    const { clients } = database.store.repositories
    assert.equal(await clients.find(aClient().uid), undefined)
    assert.equal(await clients.findByClientId('unknown'), undefined)
    assert.equal(await clients.findByClientId('un\0known'), undefined)
  })

  it('are told apart by the case of their client_id (RFC 6749 §2.2: an opaque string)', async () => {
    const { clients } = database.store.repositories
    const [lower, upper] = [aClient({ clientId: 'case' }), aClient({ clientId: 'CASE' })]
    await committed(database.store, clients.insert(lower), clients.insert(upper))
    assert.equal((await clients.findByClientId('CASE'))?.uid, upper.uid)
  })

  it('are listed in the order of their creation', async () => {
    const { clients } = database.store.repositories
    const second = aClient({ createdAt: new Date('2027-01-01T00:00:00.001Z') })
    const first = aClient({ createdAt: new Date('2027-01-01T00:00:00.000Z') })
    await committed(database.store, clients.insert(second), clients.insert(first))
    assert.deepEqual((await clients.list()).slice(-2), [first, second])
  })

  it('lose clients.insert when the client_id is taken', async () => {
    const { clients, commit } = database.store.repositories
    const client = aClient()
    await committed(database.store, clients.insert(client))
    assert.deepEqual(await commit([clients.insert(aClient({ clientId: client.clientId }))]), {
      committed: false,
      lost: 'clients.insert',
    })
  })

  it('are replaced only as they were seen, whatever the order of their members', async () => {
    const { clients, commit } = database.store.repositories
    const stored = full()
    await committed(database.store, clients.insert(stored))
    const seen = Object.fromEntries(Object.entries(stored).reverse()) as unknown as Client
    const { description: _, ...changed } = { ...seen, name: 'Renamed', clientId: `${seen.clientId}-renamed` }
    await committed(database.store, clients.replace(changed, seen))
    assert.deepEqual(await clients.find(stored.uid), changed)
    const lost = { committed: false, lost: 'clients.replace' }
    assert.deepEqual(await commit([clients.replace({ ...seen, name: 'Stale' }, seen)]), lost)
    assert.deepEqual(await commit([clients.replace(aClient(), aClient())]), lost)
  })

  it('lose clients.replace when the new client_id is taken', async () => {
    const { clients, commit } = database.store.repositories
    const [first, second] = [aClient(), aClient()]
    await committed(database.store, clients.insert(first), clients.insert(second))
    assert.deepEqual(await commit([clients.replace({ ...second, clientId: first.clientId }, second)]), {
      committed: false,
      lost: 'clients.replace',
    })
  })

  it('take their consents with them', async () => {
    const { clients, commit, consents } = database.store.repositories
    const [client, other] = [aClient(), aClient()]
    const [gone, stays] = [aConsent({ clientUid: client.uid }), aConsent({ clientUid: other.uid })]
    await committed(database.store, clients.insert(client), consents.put(gone), consents.put(stays))
    await committed(database.store, clients.delete(client.uid))
    assert.equal(await clients.find(client.uid), undefined)
    assert.equal(await consents.find(gone.accountId, gone.clientUid), undefined)
    assert.deepEqual(await consents.find(stays.accountId, stays.clientUid), stays)
    assert.deepEqual(await commit([clients.delete(client.uid)]), { committed: false, lost: 'clients.delete' })
  })
})

onEachDatabase('the revision', database => {
  it('grows with every change of a client or a key, and only when it was made', async () => {
    const { clients, commit, consents, keys } = database.store.repositories
    const client = aClient()
    const key = {
      kid: 'k',
      alg: 'ES256',
      publicJwk: '{}',
      sealedPrivateKey: Buffer.of(1),
      masterKeyId: 'm',
      createdAt: NOON,
    } as const
    const seen = [await database.store.revision()]
    const step = async (...writes: Parameters<typeof commit>[0]) => {
      await commit(writes)
      seen.push(await database.store.revision())
    }
    await step(clients.insert(client))
    await step(clients.insert(client))
    await step(clients.replace({ ...client, name: 'Renamed' }, client))
    await step(keys.insertFirst(key))
    await step(keys.insertFirst({ ...key, kid: 'other' }))
    await step(consents.put(aConsent()))
    await step(clients.delete(client.uid))
    const [start = 0] = seen
    assert.deepEqual(
      seen.map(revision => revision - start),
      [0, 1, 1, 2, 3, 3, 3, 4],
    )
  })
})
