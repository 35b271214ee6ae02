/** The revision: a number that grows with every change of what nodes keep in memory, in the same transaction. */

import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import { type Step, unconditional } from '../write.ts'

/** The step that makes a write a `configurationWrite`. */
export function createAdvanceRevision(db: QueryBuilder): Step {
  const advance = statement('revision.advance', () =>
    db.updateTable('revision').set(eb => ({ number: eb('number', '+', 1) })),
  )
  return unconditional(advance, {})
}

/** One read by key: about 5 µs on SQLite. */
export function createReadRevision(engine: Engine, db: QueryBuilder): () => Promise<number> {
  const read = statement('revision.read', () => db.selectFrom('revision').select('number').where('id', '=', 1))
  return async () => (await engine.first(read, {}))?.number ?? 0
}
