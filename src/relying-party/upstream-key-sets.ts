/** The key sets of upstreams (RFC 7517), fetched and kept apart for each; a clearing makes them be fetched anew. */

import { createFetchedKeySets, type FetchedKeySet, type FetchedKeySets } from '../core/clients/fetched-key-sets.ts'
import type { Upstream, UpstreamUid } from '../core/upstreams/upstream.ts'
import { BoundedCache } from '../lib/bounded-cache.ts'
import type { Clock } from '../lib/clock.ts'
import type { GuardedFetch } from '../lib/guarded-fetch.ts'

export interface UpstreamKeySet {
  read(uri: string): Promise<FetchedKeySet>
  /** For a key that is not in it: fetched at once, however young it is; the same again when that was done a moment ago. */
  readAgain(uri: string): Promise<FetchedKeySet>
}

export interface UpstreamKeySets {
  of(upstream: Pick<Upstream, 'uid' | 'keysClearedAt'>): UpstreamKeySet
}

const MAX_UPSTREAMS = 500
/** Keys are rotated within one sign-in, so nobody waits for the first look; made-up key ids must not drive us against the upstream. */
const COOL_DOWN_MS = 3_000

export function createUpstreamKeySets(fetch: GuardedFetch, clock: Clock): UpstreamKeySets {
  const kept = new BoundedCache<UpstreamUid, { readonly clearedAt: number; readonly keySet: UpstreamKeySet }>(
    MAX_UPSTREAMS,
  )
  return {
    of({ uid, keysClearedAt }) {
      const clearedAt = keysClearedAt?.getTime() ?? 0
      const known = kept.get(uid)
      if (known !== undefined && known.clearedAt === clearedAt) return known.keySet
      const keySet = createUpstreamKeySet(fetch, clock)
      kept.set(uid, { clearedAt, keySet })
      return keySet
    },
  }
}

function createUpstreamKeySet(fetch: GuardedFetch, clock: Clock): UpstreamKeySet {
  let sets: FetchedKeySets = createFetchedKeySets(fetch, clock)
  let forcedAt: number | undefined
  let underWay: Promise<FetchedKeySet> | undefined

  async function force(uri: string): Promise<FetchedKeySet> {
    // Without what is kept, as that was read a moment ago; it stays in use where nothing newer can be had.
    const fresh = createFetchedKeySets(fetch, clock)
    const keySet = await fresh.read(uri)
    if ('problem' in keySet) return sets.read(uri)
    sets = fresh
    return keySet
  }

  return {
    read: uri => sets.read(uri),
    readAgain(uri) {
      if (underWay !== undefined) return underWay
      const now = clock.now().getTime()
      const age = forcedAt === undefined ? COOL_DOWN_MS : now - forcedAt
      if (age >= 0 && age < COOL_DOWN_MS) return sets.read(uri)
      forcedAt = now
      underWay = force(uri).finally(() => {
        underWay = undefined
      })
      return underWay
    },
  }
}
