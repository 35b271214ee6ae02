/** Settings that were changed while the server ran. */

import type { SettingRepository, StoredSetting } from '../../core/settings/stored-setting.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { SettingRow } from '../tables.ts'
import { conditional, configurationWrite } from '../write.ts'
import { createAdvanceRevision } from './revision.ts'
import { canonicalJson, parseJson } from './values.ts'

interface Seen {
  seen_value: string
  seen_updated_at: number
}

export function createSettings(engine: Engine, db: QueryBuilder): SettingRepository {
  const advance = createAdvanceRevision(db)
  const { list, insert, replace, remove } = createStatements(db)
  return {
    async list() {
      const settings = (await engine.all(list, {})).map(fromRow)
      return settings.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    put: (setting, seen) =>
      seen === undefined
        ? configurationWrite(insert.name, advance, conditional(insert, toRow(setting)))
        : configurationWrite(replace.name, advance, conditional(replace, { ...toRow(setting), ...seenIn(seen) })),
    delete: seen => configurationWrite(remove.name, advance, conditional(remove, { name: seen.name, ...seenIn(seen) })),
  }
}

function createStatements(db: QueryBuilder) {
  return {
    list: statement('settings.list', () => db.selectFrom('setting').selectAll()),
    insert: statement('settings.insert', (p: SettingRow) =>
      db
        .insertInto('setting')
        .values({ name: p.name, value: p.value, updated_at: p.updated_at, updated_by: p.updated_by })
        .onConflict(conflict => conflict.doNothing()),
    ),
    replace: statement('settings.replace', (p: SettingRow & Seen) =>
      db
        .updateTable('setting')
        .set({ value: p.value, updated_at: p.updated_at, updated_by: p.updated_by })
        .where('name', '=', p.name)
        .where('value', '=', p.seen_value)
        .where('updated_at', '=', p.seen_updated_at),
    ),
    remove: statement('settings.delete', (p: { name: string } & Seen) =>
      db
        .deleteFrom('setting')
        .where('name', '=', p.name)
        .where('value', '=', p.seen_value)
        .where('updated_at', '=', p.seen_updated_at),
    ),
  }
}

function seenIn(setting: StoredSetting): Seen {
  const { value, updated_at } = toRow(setting)
  return { seen_value: value, seen_updated_at: updated_at }
}

function toRow({ name, value, updatedAt, updatedBy }: StoredSetting): SettingRow {
  return { name, value: canonicalJson(value), updated_at: updatedAt.getTime(), updated_by: updatedBy }
}

function fromRow({ name, value, updated_at, updated_by }: SettingRow): StoredSetting {
  return { name, value: parseJson<unknown>(value), updatedAt: new Date(updated_at), updatedBy: updated_by }
}
