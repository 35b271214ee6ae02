/** Refused access in the audit: enough of it to see what is going on, and never so much that somebody drowns the rest in it. */

import type { TraceCode } from '../../../core/audit/audit-event.ts'
import type { Journal, NewAuditEvent } from '../../../core/audit/journal.ts'
import { throttlePrefix } from '../../../lib/addresses.ts'
import { BoundedCache } from '../../../lib/bounded-cache.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Refusal } from '../../../spec/refusal.ts'

/** Nothing where it was one too many: then there is no event to find. */
export type RecordRefusal = (refusal: Refusal, event: NewAuditEvent) => TraceCode | undefined

/** In one window. */
const MAX_PER_ADDRESS = 20
const MAX_IN_ALL = 200
const WINDOW_MS = 60_000
const MAX_ADDRESSES = 10_000
const EVERYBODY = '*'

interface Window {
  readonly endsAt: number
  recorded: number
  dropped: number
}

export function createRefusalRecorder({ journal, clock }: { journal: Journal; clock: Clock }): RecordRefusal {
  const windows = new BoundedCache<string, Window>(MAX_ADDRESSES)

  /** And how many the one before has dropped. */
  function windowOf(whose: string): { readonly window: Window; readonly dropped: number } {
    const now = clock.now().getTime()
    const known = windows.get(whose)
    if (known !== undefined && now < known.endsAt) return { window: known, dropped: 0 }
    const window = { endsAt: now + WINDOW_MS, recorded: 0, dropped: 0 }
    windows.set(whose, window)
    return { window, dropped: known?.dropped ?? 0 }
  }

  return (refusal, event) => {
    const own = windowOf(throttlePrefix(event.address))
    const all = windowOf(EVERYBODY)
    if (own.window.recorded >= MAX_PER_ADDRESS || all.window.recorded >= MAX_IN_ALL) {
      own.window.dropped += 1
      return undefined
    }
    own.window.recorded += 1
    all.window.recorded += 1
    const detail = { ...event.detail, ...(own.dropped === 0 ? {} : { not_recorded_before: own.dropped }) }
    return journal.recordRefusal('administration.refused', refusal, { ...event, detail })
  }
}
