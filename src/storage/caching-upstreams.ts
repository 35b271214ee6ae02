/** Upstreams kept in memory, all of them at once: there are few, every sign-in page lists them, and they change once a month. */

import type { Upstream } from '../core/upstreams/upstream.ts'
import type { UpstreamRepository } from '../core/upstreams/upstream-repository.ts'
import type { Clock } from '../lib/clock.ts'
import type { StoredUpstreams } from './repositories/upstreams.ts'

export interface CachingUpstreams {
  readonly repository: UpstreamRepository
  /** This process changed one: what is kept, or being read right now, counts no more. */
  forget(): void
}

export interface CachingUpstreamsPorts {
  readonly stored: StoredUpstreams
  /** Grows with every change of any upstream, on any node. */
  readonly revision: () => Promise<number>
  readonly clock: Clock
  /** How long kept upstreams are trusted without a look at the revision. */
  readonly trustMs: number
}

interface Kept {
  readonly revision: number
  readonly upstreams: readonly Upstream[]
  readonly checkedAt: number
}

export function createCachingUpstreams({ stored, revision, clock, trustMs }: CachingUpstreamsPorts): CachingUpstreams {
  let kept: Kept | undefined
  let looking: Promise<readonly Upstream[]> | undefined
  // Grows with every change of this process: a look that began before must not be kept.
  let epoch = 0

  async function look(): Promise<readonly Upstream[]> {
    const lookedIn = epoch
    const checkedAt = clock.now().getTime()
    const current = await revision()
    // The number is read first: a change in between is found at the next look.
    const upstreams = kept?.revision === current ? kept.upstreams : await stored.list()
    if (lookedIn === epoch) kept = { revision: current, upstreams, checkedAt }
    return upstreams
  }

  function list(): Promise<readonly Upstream[]> {
    // Absence is never trusted: the first upstream is found at once.
    if (kept === undefined || kept.upstreams.length === 0) return listNow()
    const age = clock.now().getTime() - kept.checkedAt
    return age >= 0 && age < trustMs ? Promise.resolve(kept.upstreams) : listNow()
  }

  function listNow(): Promise<readonly Upstream[]> {
    if (looking !== undefined) return looking
    const mine = look().finally(() => {
      // Forgotten in the meantime: the look of now is another one.
      if (looking === mine) looking = undefined
    })
    looking = mine
    return mine
  }

  /** Nor is it here: an upstream that is created is found at once. */
  async function find(isMeant: (upstream: Upstream) => boolean): Promise<Upstream | undefined> {
    return (await list()).find(isMeant) ?? (await listNow()).find(isMeant)
  }

  return {
    repository: {
      ...stored,
      list,
      find: uid => find(upstream => upstream.uid === uid),
      findByAlias: alias => find(upstream => upstream.alias === alias),
    },
    forget() {
      epoch += 1
      kept = undefined
      looking = undefined
    },
  }
}
