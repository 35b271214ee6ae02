/**
 * Notes when a secret was used last: in memory first, written behind the answer, at most once per secret and hour on each node. What a
 * crash takes with it was used in the last moment and will be used again.
 */

import type { Clock } from '../../lib/clock.ts'
import type { Commit } from '../unit-of-work.ts'
import type { ClientSecret, ClientUid } from './client.ts'
import type { SecretUse, SecretUseRepository } from './secret-use.ts'

export interface SecretUses {
  /** Costs a look into a map when it was noted in the last hour. */
  note(uid: ClientUid, secretId: ClientSecret['id'], now: Date): void
  /** Writes what waits; before the database is closed. */
  flush(): Promise<void>
}

export interface SecretUsesPorts {
  readonly secretUses: Pick<SecretUseRepository, 'touch'>
  readonly commit: Commit
  readonly clock: Clock
  /** It could not be written: the database is away. */
  readonly onFailure: (error: unknown) => void
}

const EVERY_MS = 3_600_000
const SOON_MS = 10
/** More clients than this write again before the hour is over. */
const REMEMBERED = 10_000

export function createSecretUses({ secretUses, commit, clock, onFailure }: SecretUsesPorts): SecretUses {
  const noted = new Map<ClientSecret['id'], number>()
  let waiting: SecretUse[] = []

  async function flush(): Promise<void> {
    // In one order on every node: two that write the same rows the other way round would wait for each other.
    const writes = waiting.toSorted(bySecret).map(use => secretUses.touch(use))
    waiting = []
    if (writes.length > 0) await commit(writes)
  }

  return {
    flush,
    note(clientUid, secretId, now) {
      const before = noted.get(secretId)
      if (before !== undefined && now.getTime() - before < EVERY_MS) return
      if (noted.size >= REMEMBERED) noted.clear()
      noted.set(secretId, now.getTime())
      waiting.push({ clientUid, secretId, lastUsedAt: now })
      if (waiting.length === 1) clock.sleep(SOON_MS).then(flush).catch(onFailure)
    },
  }
}

function bySecret(a: SecretUse, b: SecretUse): number {
  return a.secretId === b.secretId ? 0 : a.secretId < b.secretId ? -1 : 1
}

/** Where nobody asks for it. */
export const NOT_NOTED: SecretUses = { note: () => {}, flush: async () => {} }
