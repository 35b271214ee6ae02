/** Upstreams kept in memory: there are few, every sign-in page lists them, and they change once a month. */

import type { UpstreamRepository } from '../core/upstreams/upstream-repository.ts'
import { type CachingListPorts, createCachingList } from './caching-list.ts'
import type { StoredUpstreams } from './repositories/upstreams.ts'

export interface CachingUpstreams {
  readonly repository: UpstreamRepository
  /** This process changed one: what is kept, or being read right now, counts no more. */
  forget(): void
}

export interface CachingUpstreamsPorts extends Pick<CachingListPorts<never>, 'revision' | 'clock' | 'trustMs'> {
  readonly stored: StoredUpstreams
}

/** The first upstream is found at once. */
export function createCachingUpstreams({ stored, ...ports }: CachingUpstreamsPorts): CachingUpstreams {
  const { list, find, forget } = createCachingList({ read: () => stored.list(), ...ports })
  return {
    repository: {
      ...stored,
      list,
      find: uid => find(upstream => upstream.uid === uid),
      findByAlias: alias => find(upstream => upstream.alias === alias),
    },
    forget,
  }
}
