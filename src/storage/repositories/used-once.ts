/** Used once, in SQL: the first insert wins, on all nodes. */

import { hash } from 'node:crypto'
import type { UsedOnceRepository } from '../../core/single-use/used-once.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import { conditional, write } from '../write.ts'

export function createUsedOnce(db: QueryBuilder): UsedOnceRepository {
  const use = statement('usedOnce.use', (p: { keyHash: Uint8Array; expiresAt: number }) =>
    db
      .insertInto('used_once')
      .values({ key_hash: p.keyHash, expires_at: p.expiresAt })
      .onConflict(conflict => conflict.doNothing()),
  )
  return {
    // Hashed: what a client chose as its `jti` can be of any length.
    use: (key, expiresAt) =>
      write(use.name, conditional(use, { keyHash: hash('sha256', key, 'buffer'), expiresAt: expiresAt.getTime() })),
  }
}
