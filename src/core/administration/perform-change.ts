/** A decided change is made true: ownership, version, one commit with its audit events, one answer. */

import type { Write } from '../unit-of-work.ts'
import type { Outcome } from './operation.ts'
import { checkMayMake, checkNotOwned, checkSecretsNotOwned, declarationOf } from './ownership.ts'
import type { Acting, Document } from './ports.ts'
import { isProblem, Problem } from './problem.ts'
import type { Change, ChangeEvent, Resource } from './resource.ts'
import { beforeAndAfter, versionOf } from './versions.ts'

/** What the change is about, as it is now; absent where it is made. */
export interface ChangedThing {
  readonly resource: Pick<Resource, 'name' | 'singular'> & Partial<Pick<Resource, 'fields' | 'key' | 'isDeclarable'>>
  readonly key: string
  readonly before?: Document
  /** What was sent: the secrets in it are in no document, and may belong to a file all the same. */
  readonly sent?: Document
  /** RFC 9110 §13.1.1: what the caller saw, as in `Call`. */
  readonly ifMatch?: string | undefined
  /** For actions about what no file can declare (ending sessions, a new password). */
  readonly ignoresOwnership?: true
}

/** RFC 9110 §13.1.1: it is still what the caller saw. `*`: whatever it is. */
function checkVersion(before: Document, ifMatch: string | undefined): Problem | undefined {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').includes(versionOf(before))) return undefined
  return new Problem('precondition-failed', 'it was changed since it was read; read it again')
}

export async function performChange(
  { resource, key, before, sent, ifMatch, ignoresOwnership }: ChangedThing,
  decide: () => Promise<Change | Problem>,
  acting: Acting,
): Promise<Outcome | Problem> {
  if (before !== undefined) {
    const stale = checkVersion(before, ifMatch)
    if (stale !== undefined) return stale
  }
  // Read before anything is decided: whoever decides may ask again, and must not see more than is held to in the end.
  const declaration = resource.isDeclarable === true ? await declarationOf(resource.name, key, acting) : undefined
  const change = await decide()
  if (isProblem(change)) return change
  if (before === undefined) {
    const declared = checkMayMake(declaration, acting)
    if (declared !== undefined) return declared
  } else if (ignoresOwnership !== true) {
    const owned =
      checkNotOwned(declaration, before, change.after, acting, resource) ??
      checkSecretsNotOwned(declaration, before, sent, acting, resource)
    if (owned !== undefined) return owned
  }
  const isGuarded = resource.isDeclarable === true && change.writes.length > 0
  const guards = isGuarded ? [acting.repositories.declarations.asSeen(resource.name, key, declaration)] : []
  const isCommitted = await commitChange({ ...change, writes: [...change.writes, ...guards] }, before, acting)
  if (!isCommitted) return meanwhile(resource.singular, key)
  return outcomeOf(await withAfterwards(change), before === undefined)
}

async function withAfterwards(change: Change): Promise<Change> {
  if (change.afterwards === undefined) return change
  const { after, warnings } = await change.afterwards()
  return { ...change, after, warnings: [...(change.warnings ?? []), ...warnings] }
}

/** False when somebody else was first: then nothing was changed. */
export async function commitChange(change: Change, before: Document | undefined, acting: Acting): Promise<boolean> {
  const [first, ...others] = change.events
  const told =
    first === undefined
      ? []
      : [{ ...first, detail: { ...first.detail, ...beforeAndAfter(before, change.after) } }, ...others]
  const outcome = await acting.journal.commit([...change.writes, ...recordEvents(told, acting)])
  return outcome.committed
}

/** With who did it, and from where. */
export function recordEvents(events: readonly ChangeEvent[], { journal, actor }: Acting): readonly Write[] {
  const { address, requestId, accountId, clientUid, name } = actor
  return events.map(({ type, detail, ...about }) =>
    journal.record(type, {
      ...(accountId === undefined ? {} : { accountId }),
      ...(clientUid === undefined ? {} : { clientUid }),
      ...about,
      address,
      ...(requestId === undefined ? {} : { requestId }),
      detail: { ...detail, by: name },
    }),
  )
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
