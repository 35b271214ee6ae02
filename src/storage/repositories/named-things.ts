/** Things of the house that go by their name and are kept in memory: policies, kinds of attributes. Every change advances the revision. */

import type { Write } from '../../core/unit-of-work.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { NamedRow } from '../tables.ts'
import { conditional, configurationWrite } from '../write.ts'
import { createAdvanceRevision } from './revision.ts'
import { canonicalJson, parseJson } from './values.ts'

interface NamedThing {
  readonly name: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NamedThings<Thing> {
  /** By name, the same order on every database. */
  list(): Promise<readonly Thing[]>
  insert(thing: Thing): Write
  replace(thing: Thing, seen: Thing): Write
  delete(name: string): Write
}

/** `called`: what the repository is called in the names of its writes. */
export function createNamedThings<Thing extends NamedThing>(
  table: 'policy' | 'attribute_definition',
  called: string,
  engine: Engine,
  db: QueryBuilder,
): NamedThings<Thing> {
  const advance = createAdvanceRevision(db)
  const list = statement(`${called}.list`, () => db.selectFrom(table).selectAll())
  const insert = statement(`${called}.insert`, (p: NamedRow) =>
    db
      .insertInto(table)
      .values({ name: p.name, created_at: p.created_at, settings: p.settings })
      .onConflict(conflict => conflict.doNothing()),
  )
  const replace = statement(`${called}.replace`, (p: NamedRow & { seen_settings: string }) =>
    db
      .updateTable(table)
      .set({ settings: p.settings })
      .where('name', '=', p.name)
      .where('settings', '=', p.seen_settings),
  )
  const remove = statement(`${called}.delete`, (p: { name: string }) => db.deleteFrom(table).where('name', '=', p.name))
  return {
    async list() {
      const things = (await engine.all(list, {})).map(row => fromRow<Thing>(row))
      return things.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    insert: thing => configurationWrite(insert.name, advance, conditional(insert, toRow(thing))),
    replace: (thing, seen) =>
      configurationWrite(
        replace.name,
        advance,
        conditional(replace, { ...toRow(thing), seen_settings: toRow(seen).settings }),
      ),
    delete: name => configurationWrite(remove.name, advance, conditional(remove, { name })),
  }
}

function toRow<Thing extends NamedThing>({ name, createdAt, updatedAt, ...rest }: Thing): NamedRow {
  return {
    name,
    created_at: createdAt.getTime(),
    settings: canonicalJson({ ...rest, updatedAt: updatedAt.getTime() }),
  }
}

function fromRow<Thing extends NamedThing>({ name, created_at, settings }: NamedRow): Thing {
  const { updatedAt, ...rest } = parseJson<{ readonly updatedAt: number }>(settings)
  return { ...rest, name, createdAt: new Date(created_at), updatedAt: new Date(updatedAt) } as unknown as Thing
}
