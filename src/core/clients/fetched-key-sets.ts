/** Key sets that clients publish under their `jwks_uri`, fetched and kept for a minute. */

import { BoundedCache } from '../../lib/bounded-cache.ts'
import type { Clock } from '../../lib/clock.ts'
import type { GuardedFetch } from '../../lib/guarded-fetch.ts'
import type { JsonObject } from './client.ts'

export type FetchedKeySet =
  | { readonly keys: readonly JsonObject[] }
  /** What stood in the way, for operators. */
  | { readonly problem: string }

export interface FetchedKeySets {
  /** As it was within the last minute; older only while the client's server does not answer. */
  read(uri: string): Promise<FetchedKeySet>
  /** For a key that is not in it. Nothing when it was fetched a moment ago: made-up key ids must not drive us against somebody's server. */
  readAgain(uri: string): Promise<FetchedKeySet | undefined>
}

/** A new key counts within a minute even where the old one still verifies. */
const FRESH_MS = 60_000
const COOL_DOWN_MS = 3_000
/** How long an outage of the client's server goes unnoticed; a key that was withdrawn counts no longer than that. */
const STALE_MS = 3_600_000
const MAX_KEY_SETS = 500
const MAX_KEYS = 100

interface Kept {
  readonly triedAt: number
  readonly fetchedAt: number
  readonly keySet: FetchedKeySet
}

export function createFetchedKeySets(fetch: GuardedFetch, clock: Clock): FetchedKeySets {
  const kept = new BoundedCache<string, Kept>(MAX_KEY_SETS)
  const underWay = new Map<string, Promise<FetchedKeySet>>()

  async function fetchNow(uri: string): Promise<FetchedKeySet> {
    const now = clock.now().getTime()
    const before = kept.get(uri)
    const fetched = await fetchKeySet(uri, fetch)
    const isUsable = before !== undefined && 'keys' in before.keySet && now - before.fetchedAt < STALE_MS
    const next: Kept =
      'problem' in fetched && isUsable ? { ...before, triedAt: now } : { triedAt: now, fetchedAt: now, keySet: fetched }
    kept.set(uri, next)
    return next.keySet
  }

  function fetchOnce(uri: string): Promise<FetchedKeySet> {
    const running = underWay.get(uri)
    if (running !== undefined) return running
    const started = fetchNow(uri).finally(() => underWay.delete(uri))
    underWay.set(uri, started)
    return started
  }

  function isCoolingDown({ triedAt }: Kept): boolean {
    const age = clock.now().getTime() - triedAt
    return age >= 0 && age < COOL_DOWN_MS
  }

  return {
    async read(uri) {
      const found = kept.get(uri)
      if (found === undefined) return fetchOnce(uri)
      const age = clock.now().getTime() - found.fetchedAt
      const isFresh = age >= 0 && age < FRESH_MS && 'keys' in found.keySet
      return isFresh || isCoolingDown(found) ? found.keySet : fetchOnce(uri)
    },
    async readAgain(uri) {
      const found = kept.get(uri)
      return found !== undefined && isCoolingDown(found) ? underWay.get(uri) : fetchOnce(uri)
    },
  }
}

async function fetchKeySet(uri: string, fetch: GuardedFetch): Promise<FetchedKeySet> {
  const answer = await fetch({ url: uri, headers: { accept: 'application/jwk-set+json, application/json' } })
  if (answer.kind === 'refused') return { problem: `${answer.reason}: ${answer.detail}` }
  if (answer.status !== 200) return { problem: `the jwks_uri answered with status ${answer.status}` }
  try {
    const { keys } = JSON.parse(answer.body.toString('utf8')) as { readonly keys?: unknown }
    // RFC 7517 §5: keys that are not understood are ignored; what is no object is no key.
    if (Array.isArray(keys)) return { keys: keys.filter(isObject).slice(0, MAX_KEYS) }
  } catch {
    return { problem: 'the jwks_uri answered with something that is no JSON object' }
  }
  return { problem: 'the jwks_uri answered with something that is no key set (RFC 7517 §5)' }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
