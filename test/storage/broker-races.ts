/** Races for what is single use when people come from upstreams, and for deliveries. */

import type { Identity } from '../../src/core/upstreams/identity.ts'
import { newId } from '../../src/lib/id.ts'
import type { Store } from '../../src/storage/store.ts'
import {
  aDelivery,
  anAccount,
  anAttempt,
  anIdentity,
  anUpstream,
  anUpstreamSession,
  NOON,
  random,
} from '../support/builders.ts'
import { committed } from './databases.ts'
import type { Race } from './race.ts'

/** An identity whose account and upstream are there. */
async function linkable(store: Store): Promise<Identity> {
  const identity = anIdentity()
  const { accounts, upstreams } = store.repositories
  const account = anAccount({ id: identity.accountId })
  await committed(store, accounts.insert(account), upstreams.insert(anUpstream({ uid: identity.upstreamUid })))
  return identity
}

const later = new Date(NOON.getTime() + 1000)

export const BROKER_RACES: readonly Race[] = [
  {
    name: 'upstreams.insert',
    async prepare() {
      const { alias } = anUpstream()
      return ({ repositories }) => [repositories.upstreams.insert(anUpstream({ alias }))]
    },
  },
  {
    name: 'upstreams.replace',
    async prepare(store) {
      const seen = anUpstream()
      await committed(store, store.repositories.upstreams.insert(seen))
      return ({ repositories }, runner) => [repositories.upstreams.replace({ ...seen, order: runner + 1 }, seen)]
    },
  },
  {
    name: 'upstreams.delete',
    async prepare(store) {
      const upstream = anUpstream()
      await committed(store, store.repositories.upstreams.insert(upstream))
      return ({ repositories }) => [repositories.upstreams.delete(upstream.uid)]
    },
  },
  {
    // One person at the upstream, many accounts that want them.
    name: 'identities.link',
    async prepare(store) {
      const { upstreamUid, subject } = await linkable(store)
      return ({ repositories }) => {
        const account = anAccount()
        const identity = anIdentity({ upstreamUid, subject, accountId: account.id })
        return [repositories.accounts.insert(account), repositories.identities.link(identity)]
      }
    },
  },
  {
    // One account, many people of one upstream who want it.
    name: 'identities.link',
    async prepare(store) {
      const { upstreamUid, accountId } = await linkable(store)
      return ({ repositories }) => [repositories.identities.link(anIdentity({ upstreamUid, accountId }))]
    },
  },
  {
    name: 'identities.unlink',
    async prepare(store) {
      const identity = await linkable(store)
      await committed(store, store.repositories.identities.link(identity))
      return ({ repositories }) => [repositories.identities.unlink(identity.id)]
    },
  },
  {
    name: 'identities.replaceTokens',
    async prepare(store) {
      const seen = random.bytes(40)
      const identity = { ...(await linkable(store)), sealedTokens: seen }
      await committed(store, store.repositories.identities.link(identity))
      return ({ repositories }) => [repositories.identities.replaceTokens(identity.id, random.bytes(40), seen)]
    },
  },
  {
    name: 'attempts.advance',
    async prepare(store) {
      const attempt = anAttempt()
      await committed(store, store.repositories.attempts.insert(attempt))
      return ({ repositories }) => [repositories.attempts.advance({ ...attempt, state: 'claimed' }, 'started')]
    },
  },
  {
    name: 'upstreamSessions.delete',
    async prepare(store) {
      const session = anUpstreamSession()
      await committed(store, store.repositories.upstreamSessions.put(session))
      return ({ repositories }) => [repositories.upstreamSessions.delete(session.sessionId, session.upstreamUid)]
    },
  },
  {
    name: 'deliveries.advance',
    async prepare(store) {
      const seen = aDelivery()
      await committed(store, store.repositories.deliveries.insert(seen))
      return ({ repositories }) => [repositories.deliveries.advance({ ...seen, attempts: 1, nextAt: later }, seen)]
    },
  },
  {
    name: 'groups.delete',
    async prepare(store) {
      const name = newId(NOON, random)
      await committed(store, store.repositories.groups.ensure({ name, createdAt: NOON }))
      return ({ repositories }) => [repositories.groups.delete(name)]
    },
  },
]
