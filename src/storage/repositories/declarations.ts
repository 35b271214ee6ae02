/** What files declare, in SQL. */

import type { JsonObject } from '../../core/clients/client.ts'
import type { Declaration, DeclarationRepository } from '../../core/declarations/declaration.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { DeclarationRow } from '../tables.ts'
import { conditional, write } from '../write.ts'
import { canonicalJson, parseJson } from './values.ts'

export function createDeclarations(engine: Engine, db: QueryBuilder): DeclarationRepository {
  const { find, list, insert, replace, remove, asSeen: isAsSeen, isAbsent } = createStatements(db)
  return {
    async find(kind, key) {
      if (key.includes('\0')) return undefined
      const row = await engine.first(find, { kind, key })
      return row && fromRow(row)
    },
    async list() {
      const all = (await engine.all(list, {})).map(fromRow)
      return all.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    },
    insert: declaration => write(insert.name, conditional(insert, toRow(declaration))),
    replace: (declaration, seen) =>
      write(replace.name, conditional(replace, { ...toRow(declaration), ...asSeen(seen) })),
    asSeen: (kind, key, seen) =>
      seen === undefined
        ? write(isAsSeen.name, conditional(isAbsent, { kind, key }))
        : write(isAsSeen.name, conditional(isAsSeen, { kind, key, ...asSeen(seen) })),
    delete: seen => write(remove.name, conditional(remove, { kind: seen.kind, key: seen.key, ...asSeen(seen) })),
  }
}

interface Seen {
  seen_document: string
  seen_at: number
}

function createStatements(db: QueryBuilder) {
  type Place = { kind: string; key: string }
  return {
    find: statement('declarations.find', (p: Place) =>
      db.selectFrom('declaration').selectAll().where('kind', '=', p.kind).where('key', '=', p.key),
    ),
    list: statement('declarations.list', () => db.selectFrom('declaration').selectAll()),
    insert: statement('declarations.insert', (p: DeclarationRow) =>
      db
        .insertInto('declaration')
        .values({ kind: p.kind, key: p.key, source: p.source, document: p.document, applied_at: p.applied_at })
        .onConflict(conflict => conflict.doNothing()),
    ),
    replace: statement('declarations.replace', (p: DeclarationRow & Seen) =>
      db
        .updateTable('declaration')
        .set({ source: p.source, document: p.document, applied_at: p.applied_at })
        .where('kind', '=', p.kind)
        .where('key', '=', p.key)
        .where('document', '=', p.seen_document)
        .where('applied_at', '=', p.seen_at),
    ),
    asSeen: statement('declarations.asSeen', (p: Place & Seen) =>
      db
        .updateTable('declaration')
        .set(eb => ({ applied_at: eb.ref('applied_at') }))
        .where('kind', '=', p.kind)
        .where('key', '=', p.key)
        .where('document', '=', p.seen_document)
        .where('applied_at', '=', p.seen_at),
    ),
    // A row that is always there is touched, as there is none of its own to be touched.
    isAbsent: statement('declarations.asSeen.absent', (p: Place) =>
      db
        .updateTable('revision')
        .set(eb => ({ number: eb.ref('number') }))
        .where('id', '=', 1)
        .where(({ not, exists }) =>
          not(exists(db.selectFrom('declaration').select('key').where('kind', '=', p.kind).where('key', '=', p.key))),
        ),
    ),
    remove: statement('declarations.delete', (p: Place & Seen) =>
      db
        .deleteFrom('declaration')
        .where('kind', '=', p.kind)
        .where('key', '=', p.key)
        .where('document', '=', p.seen_document)
        .where('applied_at', '=', p.seen_at),
    ),
  }
}

function toRow({ kind, key, source, document, appliedAt }: Declaration): DeclarationRow {
  return { kind, key, source, document: canonicalJson(document), applied_at: appliedAt.getTime() }
}

function fromRow({ kind, key, source, document, applied_at }: DeclarationRow): Declaration {
  return { kind, key, source, document: parseJson<JsonObject>(document), appliedAt: new Date(applied_at) }
}

function asSeen({ document, appliedAt }: Declaration): Seen {
  return { seen_document: canonicalJson(document), seen_at: appliedAt.getTime() }
}

function placeOf({ kind, key }: Declaration): string {
  return `${kind}\0${key}`
}
