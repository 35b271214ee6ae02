/** Races for everything that is single use: many at once in one process, and from two stores on one database. Exactly one wins. */

import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import type { Commit, CommitOutcome, Write } from '../../src/core/unit-of-work.ts'
import { newId } from '../../src/lib/id.ts'
import type { Store } from '../../src/storage/store.ts'
import { aClient, aDeferredGrant, aGrant, anAccount, aSession, NOON, random } from '../support/builders.ts'
import { aFlow } from './a-flow.ts'
import { BROKER_RACES } from './broker-races.ts'
import { committed, type Database, onEachDatabase } from './databases.ts'
import type { Race } from './race.ts'

const RUNNERS = 24
const later = new Date(NOON.getTime() + 1000)

/** A second write of the unit, so that losers have something to undo. */
function witness({ repositories }: Store, race: string, runner: number): Write {
  return repositories.audit.record({
    id: newId(NOON, random),
    at: NOON,
    type: 'race.won',
    address: 'test',
    detail: { race, runner },
  })
}

const RACES: readonly Race[] = [
  {
    name: 'grants.redeem',
    async prepare(store) {
      const grant = aGrant()
      await committed(store, store.repositories.grants.insert(grant))
      return ({ repositories }) => [repositories.grants.redeem(grant.id, later)]
    },
  },
  {
    name: 'grants.rotate',
    async prepare(store) {
      const grant = aGrant({ generation: 4 })
      await committed(store, store.repositories.grants.insert(grant))
      return ({ repositories }) => [repositories.grants.rotate(grant.id, 4, later, later)]
    },
  },
  {
    name: 'sessions.renew',
    async prepare(store) {
      const session = aSession()
      await committed(store, store.repositories.sessions.insert(session))
      return ({ repositories }) => [repositories.sessions.renew({ ...session, generation: 2 })]
    },
  },
  {
    name: 'sessions.end',
    async prepare(store) {
      const session = aSession()
      await committed(store, store.repositories.sessions.insert(session))
      return ({ repositories }) => [repositories.sessions.end(session.id, later)]
    },
  },
  {
    name: 'flows.advance',
    async prepare(store) {
      const flow = aFlow()
      await committed(store, store.repositories.flows.insert(flow))
      return ({ repositories }) => [repositories.flows.advance({ ...flow, version: 2 })]
    },
  },
  {
    name: 'deferredGrants.approve',
    async prepare(store) {
      const deferred = aDeferredGrant()
      await committed(store, store.repositories.deferredGrants.insert(deferred))
      return ({ repositories }) => {
        const grant = aGrant()
        return [
          repositories.deferredGrants.approve(deferred.id, grant.accountId, grant.id),
          repositories.grants.insert(grant),
        ]
      }
    },
  },
  {
    name: 'deferredGrants.deny',
    async prepare(store) {
      const deferred = aDeferredGrant()
      await committed(store, store.repositories.deferredGrants.insert(deferred))
      return ({ repositories }) => [repositories.deferredGrants.deny(deferred.id)]
    },
  },
  {
    name: 'deferredGrants.poll',
    async prepare(store) {
      const deferred = aDeferredGrant()
      await committed(store, store.repositories.deferredGrants.insert(deferred))
      return ({ repositories }) => [repositories.deferredGrants.poll(deferred, later, 5)]
    },
  },
  {
    name: 'deferredGrants.claimNotification',
    async prepare(store) {
      const deferred = aDeferredGrant({ state: 'denied', notifyAt: NOON })
      await committed(store, store.repositories.deferredGrants.insert(deferred))
      return ({ repositories }) => [repositories.deferredGrants.claimNotification(deferred, later)]
    },
  },
  {
    name: 'deferredGrants.insert',
    async prepare() {
      const userCode = random.bytes(4).toString('hex')
      return ({ repositories }) => [repositories.deferredGrants.insert(aDeferredGrant({ userCode }))]
    },
  },
  {
    name: 'accounts.claimFirstAdministrator',
    async prepare() {
      return ({ repositories }) => [repositories.accounts.claimFirstAdministrator(later)]
    },
  },
  {
    name: 'accounts.insert',
    async prepare() {
      const { username } = anAccount()
      return ({ repositories }) => [repositories.accounts.insert(anAccount({ username }))]
    },
  },
  {
    name: 'accounts.replace',
    async prepare(store) {
      const seen = anAccount()
      await committed(store, store.repositories.accounts.insert(seen))
      return ({ repositories }, runner) => [repositories.accounts.replace({ ...seen, groups: [String(runner)] }, seen)]
    },
  },
  {
    name: 'accounts.delete',
    async prepare(store) {
      const account = anAccount()
      await committed(store, store.repositories.accounts.insert(account))
      return ({ repositories }) => [repositories.accounts.delete(account.id)]
    },
  },
  {
    name: 'clients.insert',
    async prepare() {
      const { clientId } = aClient()
      return ({ repositories }) => [repositories.clients.insert(aClient({ clientId }))]
    },
  },
  {
    name: 'clients.replace',
    async prepare(store) {
      const seen = aClient()
      await committed(store, store.repositories.clients.insert(seen))
      return ({ repositories }, runner) => [repositories.clients.replace({ ...seen, name: String(runner) }, seen)]
    },
  },
  {
    name: 'clients.delete',
    async prepare(store) {
      const client = aClient()
      await committed(store, store.repositories.clients.insert(client))
      return ({ repositories }) => [repositories.clients.delete(client.uid)]
    },
  },
  {
    name: 'keys.insertFirst',
    async prepare() {
      return ({ repositories }, runner) => [
        repositories.keys.insertFirst({
          kid: `kid-${runner}`,
          alg: 'EdDSA',
          publicJwk: '{}',
          sealedPrivateKey: random.bytes(32),
          masterKeyId: 'master',
          createdAt: NOON,
        }),
      ]
    },
  },
  ...BROKER_RACES,
]

onEachDatabase('races', database => {
  let stores: readonly Store[] = []
  before(async () => {
    stores = [database.store, await database.open()]
  })
  const storeOf = (runner: number): Store => stores[runner % 2] ?? database.store

  for (const [number, race] of RACES.entries()) {
    const mark = `${number} ${race.name}`
    it(`${race.name} has exactly one winner, and no loser leaves a trace`, async () => {
      const attempt = await race.prepare(database.store)
      const runners = Array.from({ length: RUNNERS }, (_, runner) => {
        const store = storeOf(runner)
        const writes = attempt(store, runner)
        // Some lose with their first write, some with their second.
        const unit =
          runner % 4 < 2 ? [...writes, witness(store, mark, runner)] : [witness(store, mark, runner), ...writes]
        return { runner, run: (): ReturnType<Commit> => store.repositories.commit(unit) }
      })
      const outcomes = await Promise.all(runners.map(({ run }) => run()))
      const winners = runners.filter((_, index) => outcomes[index]?.committed).map(({ runner }) => runner)
      assert.equal(winners.length, 1)
      const losers = outcomes.filter((outcome: CommitOutcome) => !outcome.committed)
      assert.deepEqual(
        losers,
        losers.map(() => ({ committed: false, lost: race.name })),
      )
      assert.deepEqual(await witnesses(database, mark), winners)
    })
  }

  it('a lease has exactly one holder', async () => {
    const taken = await Promise.all(
      Array.from({ length: RUNNERS }, (_, runner) =>
        storeOf(runner).repositories.housekeeping.takeLease('job', `node-${runner}`, NOON, 60),
      ),
    )
    assert.equal(taken.filter(Boolean).length, 1)
  })

  it('every failure counts in a throttling bucket', async () => {
    await Promise.all(
      Array.from({ length: RUNNERS }, (_, runner) => {
        const { commit, throttle } = storeOf(runner).repositories
        return commit([throttle.add('address:x', NOON, 0.001)])
      }),
    )
    const [bucket] = await database.store.repositories.throttle.find(['address:x'])
    assert.equal(bucket?.level, RUNNERS)
  })

  it('a bucket that must not overflow takes as many as fit', async () => {
    const rule = { capacity: 3, leakPerSecond: 0.001 }
    const outcomes = await Promise.all(
      Array.from({ length: RUNNERS }, (_, runner) => {
        const { commit, throttle } = storeOf(runner).repositories
        return commit([throttle.addWithin('mail:x', NOON, rule)])
      }),
    )
    assert.equal(outcomes.filter(({ committed }) => committed).length, Math.min(3, RUNNERS))
  })
})

async function witnesses({ store }: Database, race: string): Promise<readonly unknown[]> {
  const events = await store.repositories.audit.list({ type: 'race.won', limit: 1000 })
  return events.filter(event => event.detail.race === race).map(event => event.detail.runner)
}
