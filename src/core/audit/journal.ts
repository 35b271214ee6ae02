/** The journal: one call makes the audit event; once it is committed, the log and the metrics hear of the same event. */

import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { Refusal } from '../../spec/refusal.ts'
import type { Commit, Write } from '../unit-of-work.ts'
import type { AuditEvent, AuditEventType, AuditRepository, TraceCode } from './audit-event.ts'
import { newTraceCode } from './trace-code.ts'

export type NewAuditEvent = Omit<AuditEvent, 'id' | 'at' | 'type' | 'detail'> &
  Partial<Pick<AuditEvent, 'at' | 'detail'>>

export interface Journal {
  /** A write for the same transaction as what it tells. */
  record(type: AuditEventType, event: NewAuditEvent): Write
  /** A refusal writes nothing else, so nobody waits for it. Returns the code that finds it: the sign-in's, or one of its own. */
  recordRefusal(type: AuditEventType, refusal: Refusal, event: NewAuditEvent): TraceCode
  /**
   * For what may be lost in a crash because nothing else of it is stored (a client's own token): committed together with others within
   * 10 ms, and nobody waits for it.
   */
  recordSoon(type: AuditEventType, event: NewAuditEvent): void
  /** Commits what waits; before the database is closed. */
  flush(): Promise<void>
  /** `commit`, and afterwards tells the listener of every event in it. */
  readonly commit: Commit
}

/** Far below what an administrator notices, and hundreds of tokens share a sync of the disk. */
const SOON_MS = 10
const MAX_WAITING = 200

export interface JournalPorts {
  readonly audit: AuditRepository
  readonly commit: Commit
  readonly clock: Clock
  readonly random: Random
  readonly onEvent: (event: AuditEvent) => void
  /** A refusal could not be written: the database is away. */
  readonly onFailure: (error: unknown) => void
}

export function createJournal({ audit, commit, clock, random, onEvent, onFailure }: JournalPorts): Journal {
  const events = new WeakMap<Write, AuditEvent>()

  const record: Journal['record'] = (type, fields) => {
    const at = fields.at ?? clock.now()
    const event: AuditEvent = { ...fields, id: newId(at, random), at, type, detail: fields.detail ?? {} }
    const write = audit.record(event)
    events.set(write, event)
    return write
  }

  const commitAndTell: Commit = async writes => {
    const outcome = await commit(writes)
    if (outcome.committed) {
      for (const write of writes) {
        const event = events.get(write)
        if (event !== undefined) onEvent(event)
      }
    }
    return outcome
  }

  let soon: Write[] = []
  async function flush(): Promise<void> {
    const writes = soon
    soon = []
    if (writes.length > 0) await commitAndTell(writes)
  }

  return {
    record,
    flush,
    recordSoon(type, event) {
      soon.push(record(type, event))
      if (soon.length === 1) clock.sleep(SOON_MS).then(flush).catch(onFailure)
      else if (soon.length >= MAX_WAITING) flush().catch(onFailure)
    },
    recordRefusal(type, refusal, event) {
      const traceCode = event.traceCode ?? newTraceCode(random)
      const detail = { ...event.detail, ...detailOf(refusal) }
      commitAndTell([record(type, { ...event, traceCode, detail })]).catch(onFailure)
      return traceCode
    },
    commit: commitAndTell,
  }
}

function detailOf({ error, description, rule, facts }: Refusal): AuditEvent['detail'] {
  return { ...facts, error, description, rule }
}
