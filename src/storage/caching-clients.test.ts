/** Tests of the client cache: when it looks, what it forgets, and that a slow read never brings back the past. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, aClock } from '../../test/support/builders.ts'
import type { Client } from '../core/clients/client.ts'
import type { ClientRepository } from '../core/clients/client-repository.ts'
import { createCachingClients } from './caching-clients.ts'

/** Clients in a plain list, which counts the reads and can hold one up. */
function aSetting(capacity = 1000) {
  const clock = aClock()
  const state = { clients: [] as Client[], revision: 0, reads: 0, looks: 0, gate: Promise.resolve() }
  const read = async (match: (client: Client) => boolean): Promise<Client | undefined> => {
    state.reads += 1
    const found = state.clients.find(match)
    await state.gate
    return found
  }
  const never = (): never => {
    throw new Error('the cache only reads')
  }
  const stored: ClientRepository = {
    findByClientId: clientId => read(client => client.clientId === clientId),
    find: uid => read(client => client.uid === uid),
    list: async () => state.clients,
    insert: never,
    replace: never,
    delete: never,
  }
  const revision = async (): Promise<number> => {
    state.looks += 1
    return state.revision
  }
  const cache = createCachingClients({ stored, revision, clock, trustMs: 100, capacity })
  return { cache, clients: cache.repository, clock, state }
}

describe('clients kept in memory', () => {
  it('are read once, by whichever key', async () => {
    const { clients, state } = aSetting()
    const client = aClient()
    state.clients = [client]
    assert.equal(await clients.findByClientId(client.clientId), client)
    assert.equal(await clients.findByClientId(client.clientId), client)
    assert.equal(await clients.find(client.uid), client)
    assert.deepEqual([state.reads, state.looks], [1, 1])
  })

  it('are trusted for a moment, then as long as the revision stands still', async () => {
    const { clients, clock, state } = aSetting()
    const client = aClient()
    state.clients = [client]
    await clients.find(client.uid)
    clock.advance(0.099)
    await clients.find(client.uid)
    assert.deepEqual([state.reads, state.looks], [1, 1])
    clock.advance(0.001)
    await clients.find(client.uid)
    assert.deepEqual([state.reads, state.looks], [1, 2])
    state.clients = []
    state.revision += 1
    clock.advance(0.1)
    assert.equal(await clients.find(client.uid), undefined)
  })

  it('share one look at the revision among many who ask at once', async () => {
    const { clients, state } = aSetting()
    const client = aClient()
    state.clients = [client]
    await Promise.all(Array.from({ length: 10 }, () => clients.find(client.uid)))
    assert.equal(state.looks, 1)
  })

  it('are never absent from memory: what is created is found at once', async () => {
    const { clients, state } = aSetting()
    const client = aClient()
    assert.equal(await clients.find(client.uid), undefined)
    state.clients = [client]
    assert.equal(await clients.find(client.uid), client)
  })

  it('do not come back through a read that began before they were forgotten', async () => {
    const { cache, clients, state } = aSetting()
    const client = aClient()
    state.clients = [client]
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    state.gate = gate
    const slow = clients.find(client.uid)
    // The read has seen the old client and is on its way back.
    while (state.reads === 0) await Promise.resolve()
    state.clients = [{ ...client, name: 'Changed' }]
    cache.forget()
    open()
    assert.equal((await slow)?.name, client.name)
    assert.equal((await clients.find(client.uid))?.name, 'Changed')
  })

  it('do not grow without end: what was not used for longest is read again', async () => {
    const { clients, state } = aSetting(2)
    const [a, b, c] = [aClient(), aClient(), aClient()]
    state.clients = [a, b, c]
    for (const { uid } of [a, b, a, c, a]) await clients.find(uid)
    assert.equal(state.reads, 3)
    await clients.find(b.uid)
    assert.equal(state.reads, 4)
  })

  it('are looked at again when the clock went back', async () => {
    const { clients, clock, state } = aSetting()
    await clients.find(aClient().uid)
    clock.advance(-3600)
    await clients.find(aClient().uid)
    assert.equal(state.looks, 2)
  })
})
