/**
 * Group commit: units that arrive in one turn of the event loop share one transaction and one sync of the disk,
 * and are answered after it. A unit that is lost or fails is undone without its neighbours.
 */

import type { DatabaseSync } from 'node:sqlite'
import type { CommitOutcome } from '../../core/unit-of-work.ts'
import { COMMITTED, lostTo } from '../engine.ts'
import type { SqlWrite, Step } from '../write.ts'

export interface GroupCommit {
  commit(unit: readonly SqlWrite[]): Promise<CommitOutcome>
  /** Commits what waits, now. */
  flush(): void
}

interface PendingUnit {
  readonly writes: readonly SqlWrite[]
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: unknown) => void
}

/** How one unit went; `dirty`: something of it was written before it was lost or failed, and has to be undone. */
type UnitResult =
  | { readonly outcome: CommitOutcome; readonly dirty: boolean }
  | { readonly error: unknown; readonly dirty: boolean }

const WRITTEN: UnitResult = { outcome: COMMITTED, dirty: false }

/** `execute` runs one step and says how many rows it changed. */
export function createGroupCommit(database: DatabaseSync, execute: (step: Step) => number): GroupCommit {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const savepoint = database.prepare('savepoint unit')
  const undo = database.prepare('rollback to unit')
  const release = database.prepare('release unit')
  let waiting: PendingUnit[] = []

  function runUnit(writes: readonly SqlWrite[]): UnitResult {
    let dirty = false
    for (const write of writes) {
      for (const step of write.steps) {
        try {
          const changed = execute(step)
          if (changed === 0 && step.conditional) return { outcome: lostTo(write), dirty }
          dirty = true
        } catch (error) {
          // A full or failing disk ends the transaction of all: no unit of the group may be answered.
          if (!database.isTransaction) throw error
          return step.conditional && isUniqueViolation(error) ? { outcome: lostTo(write), dirty } : { error, dirty }
        }
      }
    }
    return WRITTEN
  }

  function runUnitUnderSavepoint(writes: readonly SqlWrite[]): UnitResult {
    savepoint.run()
    const result = runUnit(writes)
    if (result.dirty) undo.run()
    release.run()
    return result
  }

  /** Nothing when a unit has to be undone among others. */
  function runAll(units: readonly PendingUnit[], run: typeof runUnit): readonly UnitResult[] | undefined {
    begin.run()
    try {
      const results: UnitResult[] = []
      for (const unit of units) {
        const result = run(unit.writes)
        results.push(result)
        if (!result.dirty || run === runUnitUnderSavepoint) continue
        rollback.run()
        return units.length === 1 ? results : undefined
      }
      commit.run()
      return results
    } catch (error) {
      if (database.isTransaction) rollback.run()
      throw error
    }
  }

  function flush(): void {
    const units = waiting
    waiting = []
    if (units.length === 0) return
    try {
      // Savepoints cost more than the writes between them, and nearly every unit that loses loses with its first write,
      // which leaves nothing to undo. So the group runs without; the rare one that needs them runs again, with.
      const results = runAll(units, runUnit) ?? runAll(units, runUnitUnderSavepoint) ?? []
      for (const [index, result] of results.entries()) {
        if ('error' in result) units[index]?.reject(result.error)
        else units[index]?.resolve(result.outcome)
      }
    } catch (error) {
      for (const unit of units) unit.reject(error)
    }
  }

  return {
    flush,
    commit: writes =>
      new Promise((resolve, reject) => {
        if (waiting.push({ writes, resolve, reject }) === 1) setImmediate(flush)
      }),
  }
}

/** SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE. */
function isUniqueViolation(error: unknown): boolean {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return errcode === 1555 || errcode === 2067
}
