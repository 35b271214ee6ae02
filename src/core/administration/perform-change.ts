/** A decided change is made true: ownership, version, one commit with its audit events, one answer. */

import type { Outcome } from './operation.ts'
import { checkNotOwned, declarationOf } from './ownership.ts'
import type { Acting, Document } from './ports.ts'
import { isProblem, Problem } from './problem.ts'
import type { Change, Resource } from './resource.ts'
import { beforeAndAfter, versionOf } from './versions.ts'

/** What the change is about, as it is now; absent where it is made. */
export interface ChangedThing {
  readonly resource: Pick<Resource, 'name' | 'singular'>
  readonly key: string
  readonly before?: Document
  /** RFC 9110 §13.1.1: what the caller saw. */
  readonly ifMatch?: string | undefined
  /** For actions about what no file can declare (ending sessions, a new password). */
  readonly ignoresOwnership?: true
}

/** RFC 9110 §13.1.1: it is still what the caller saw. `*`: whatever it is. */
export function checkVersion(before: Document, ifMatch: string | undefined): Problem | undefined {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === versionOf(before)) return undefined
  return new Problem('precondition-failed', 'it was changed since it was read; read it again')
}

export async function performChange(
  { resource, key, before, ifMatch, ignoresOwnership }: ChangedThing,
  decide: () => Promise<Change | Problem>,
  acting: Acting,
): Promise<Outcome | Problem> {
  if (before !== undefined) {
    const stale = checkVersion(before, ifMatch)
    if (stale !== undefined) return stale
  }
  const change = await decide()
  if (isProblem(change)) return change
  if (before !== undefined && ignoresOwnership !== true) {
    const owned = checkNotOwned(await declarationOf(resource.name, key, acting), before, change.after, acting)
    if (owned !== undefined) return owned
  }
  const lost = await commitChange(change, before, acting)
  if (lost !== undefined) return lost === '' ? meanwhile(resource.singular, key) : lost
  return outcomeOf(change, before === undefined)
}

/** Nothing when it was committed; the empty text when somebody else was first. */
export async function commitChange(
  change: Change,
  before: Document | undefined,
  { journal, actor }: Acting,
): Promise<'' | undefined> {
  const { address, requestId, accountId, clientUid, name } = actor
  const events = change.events.map(({ type, detail, ...about }, index) =>
    journal.record(type, {
      ...(accountId === undefined ? {} : { accountId }),
      ...(clientUid === undefined ? {} : { clientUid }),
      ...about,
      address,
      ...(requestId === undefined ? {} : { requestId }),
      detail: { ...detail, by: name, ...(index === 0 ? beforeAndAfter(before, change.after) : {}) },
    }),
  )
  const outcome = await journal.commit([...change.writes, ...events])
  return outcome.committed ? undefined : ''
}

export function meanwhile(singular: string, key: string): Problem {
  return new Problem(
    'changed-meanwhile',
    `somebody else changed the ${singular} ${key} at the same time; nothing was changed`,
  )
}

function outcomeOf({ after, once, warnings = [] }: Change, isNew: boolean): Outcome {
  if (after === undefined) return { status: 204, warnings }
  return {
    status: isNew ? 201 : 200,
    document: { ...after, ...once },
    version: versionOf(after),
    warnings,
  }
}
