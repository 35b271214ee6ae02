/** Conformance: logos that were uploaded, and when secrets were used last. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ClientSecret } from '../../src/core/clients/client.ts'
import type { ClientLogo } from '../../src/core/clients/client-logo.ts'
import { newId } from '../../src/lib/id.ts'
import { aClient, NOON, random } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('logos and uses of secrets', database => {
  const aLogo = (changes: Partial<ClientLogo> = {}): ClientLogo => ({
    clientUid: newId(NOON, random),
    mediaType: 'image/png',
    digest: 'a'.repeat(43),
    content: Buffer.from([0, 1, 255, 0]),
    createdAt: NOON,
    ...changes,
  })

  it('a logo comes back byte by byte, and the next one takes its place', async () => {
    const { clientLogos } = database.store.repositories
    const first = aLogo({ content: random.bytes(256 * 1024) })
    await committed(database.store, clientLogos.put(first))
    const found = await clientLogos.find(first.clientUid)
    assert.deepEqual(Buffer.from(found?.content ?? []), first.content)
    const second = { ...first, mediaType: 'image/webp', digest: 'b'.repeat(43), content: Buffer.of(7) }
    await committed(database.store, clientLogos.put(second))
    const after = await clientLogos.find(first.clientUid)
    assert.deepEqual([after?.mediaType, after?.digest, after?.content.length], ['image/webp', second.digest, 1])
    assert.equal(await clientLogos.find(newId(NOON, random)), undefined)
  })

  it('taking a logo away twice loses the second unit (clientLogos.delete)', async () => {
    const { clientLogos, commit } = database.store.repositories
    const logo = aLogo()
    await committed(database.store, clientLogos.put(logo))
    assert.deepEqual(await commit([clientLogos.delete(logo.clientUid)]), { committed: true })
    assert.deepEqual(await commit([clientLogos.delete(logo.clientUid)]), {
      committed: false,
      lost: 'clientLogos.delete',
    })
  })

  it('the last use of a secret only moves forward, whichever node is late', async () => {
    const { secretUses } = database.store.repositories
    const [clientUid, secretId] = [newId<'client'>(NOON, random), newId<'client-secret'>(NOON, random)]
    const at = (minutes: number) => ({ clientUid, secretId, lastUsedAt: new Date(NOON.getTime() + minutes * 60_000) })
    for (const minutes of [5, 1, 9, 7]) await committed(database.store, secretUses.touch(at(minutes)))
    assert.deepEqual(await secretUses.listOfClient(clientUid), [at(9)])
  })

  it('a secret that is gone is forgotten, and no other', async () => {
    const { secretUses } = database.store.repositories
    const clientUid = newId<'client'>(NOON, random)
    const [gone, kept] = [newId<'client-secret'>(NOON, random), newId<'client-secret'>(NOON, random)]
    for (const secretId of [gone, kept])
      await committed(database.store, secretUses.touch({ clientUid, secretId, lastUsedAt: NOON }))
    await committed(database.store, secretUses.forget({ clientUid, secretId: gone }))
    await committed(database.store, secretUses.forget({ clientUid, secretId: gone }))
    assert.deepEqual(
      (await secretUses.listOfClient(clientUid)).map(({ secretId }) => secretId),
      [kept],
    )
  })

  it('what was said in the same moment on several nodes is one row', async () => {
    const other = await database.open()
    const [clientUid, secretId] = [newId<'client'>(NOON, random), newId<'client-secret'>(NOON, random)]
    const stores = [database.store, other, database.store, other]
    const use = { clientUid, secretId, lastUsedAt: NOON }
    const outcomes = await Promise.all(
      stores.map(({ repositories: { commit, secretUses } }) => commit([secretUses.touch(use)])),
    )
    assert.ok(outcomes.every(({ committed: isCommitted }) => isCommitted))
    assert.equal((await database.store.repositories.secretUses.listOfClient(clientUid)).length, 1)
  })

  it('both go with their client, and those of others stay', async () => {
    const { clients, clientLogos, secretUses } = database.store.repositories
    const [gone, kept] = [aClient(), aClient()]
    const secretId: ClientSecret['id'] = newId(NOON, random)
    for (const client of [gone, kept]) {
      await committed(
        database.store,
        clients.insert(client),
        clientLogos.put(aLogo({ clientUid: client.uid })),
        secretUses.touch({ clientUid: client.uid, secretId, lastUsedAt: NOON }),
      )
    }
    await committed(database.store, clients.delete(gone.uid))
    assert.deepEqual([await clientLogos.find(gone.uid), await secretUses.listOfClient(gone.uid)], [undefined, []])
    assert.equal((await clientLogos.find(kept.uid))?.clientUid, kept.uid)
    assert.equal((await secretUses.listOfClient(kept.uid)).length, 1)
  })
})
