/** Clients kept in memory: nearly every request asks for one, and they change once a week. */

import type { Client } from '../core/clients/client.ts'
import type { ClientRepository } from '../core/clients/client-repository.ts'
import { BoundedCache } from '../lib/bounded-cache.ts'
import type { Clock } from '../lib/clock.ts'

export interface CachingClients {
  readonly repository: ClientRepository
  /** This process changed a client: what is kept, or being read right now, counts no more. */
  forget(): void
}

export interface CachingPorts {
  readonly stored: ClientRepository
  /** Grows with every change of any client, on any node. */
  readonly revision: () => Promise<number>
  readonly clock: Clock
  /** How long kept clients are trusted without a look at the revision. */
  readonly trustMs: number
  readonly capacity?: number
}

export function createCachingClients({
  stored,
  revision,
  clock,
  trustMs,
  capacity = 1000,
}: CachingPorts): CachingClients {
  const byClientId = new BoundedCache<string, Client>(capacity)
  const byUid = new BoundedCache<string, Client>(capacity)
  let known: number | undefined
  let checkedAt = Number.NEGATIVE_INFINITY
  let checking: Promise<void> | undefined
  // Grows whenever the cache is emptied: a read that began before must not fill it again.
  let epoch = 0

  function empty(): void {
    epoch += 1
    byClientId.clear()
    byUid.clear()
  }

  async function check(): Promise<void> {
    const lookedAt = clock.now().getTime()
    const lookedIn = epoch
    const current = await revision()
    // Emptied in the meantime: this answer may be from before, the next one looks again.
    if (lookedIn !== epoch) return
    if (current !== known) empty()
    known = current
    checkedAt = lookedAt
  }

  function isTrusted(): boolean {
    const age = clock.now().getTime() - checkedAt
    return age >= 0 && age < trustMs
  }

  async function find<K extends string>(
    cache: BoundedCache<string, Client>,
    key: K,
    load: (key: K) => Promise<Client | undefined>,
  ): Promise<Client | undefined> {
    if (!isTrusted()) {
      checking ??= check().finally(() => {
        checking = undefined
      })
      await checking
    }
    const kept = cache.get(key)
    if (kept !== undefined) return kept
    const loadedIn = epoch
    const client = await load(key)
    // Absence is never kept: a client that is created is found at once.
    if (client !== undefined && loadedIn === epoch) {
      byClientId.set(client.clientId, client)
      byUid.set(client.uid, client)
    }
    return client
  }

  return {
    repository: {
      ...stored,
      findByClientId: clientId => find(byClientId, clientId, stored.findByClientId),
      find: uid => find(byUid, uid, stored.find),
    },
    forget() {
      empty()
      checkedAt = Number.NEGATIVE_INFINITY
    },
  }
}
