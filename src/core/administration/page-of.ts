/** Pages of lists: of what is in memory, for resources of which there are few, and of what a repository found. */

import type { Field } from './field.ts'
import { type Cursor, type ListQuery, type Page, sealCursor } from './list-query.ts'
import type { Document } from './ports.ts'

/** A page of what a repository found: it was asked for one more than `limit`, to know whether more comes. */
export function pageFound<Thing>(
  found: readonly Thing[],
  limit: number,
  cursorOf: (last: Thing) => Cursor,
): Page<Thing> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, ...(found.length > limit && last !== undefined ? { next: sealCursor(cursorOf(last)) } : {}) }
}

interface Row<Thing> {
  readonly thing: Thing
  readonly document: Document
  readonly at: Cursor
}

/** Of a list in memory. `key`: the field that tells apart what is equal. */
export function pageOf<Thing>(
  things: ReadonlyArray<{ readonly thing: Thing; readonly document: Document }>,
  { search, filters, sort, limit, after }: ListQuery,
  { key, fields }: { readonly key: string; readonly fields: readonly Field[] },
): Page<Thing> {
  const searched = fields.filter(({ finds }) => finds?.includes('search')).map(({ name }) => name)
  const rows = things
    .filter(({ document }) => holdsAll(document, searched, search) && hasAll(document, filters))
    .map(
      (row): Row<Thing> => ({
        ...row,
        at: { value: sortValue(row.document[sort.field]), key: `${row.document[key]}` },
      }),
    )
    .sort((a, b) => compare(a.at, b.at) * (sort.descending ? -1 : 1))
  const rest = after === undefined ? rows : rows.filter(({ at }) => compare(at, after) * (sort.descending ? -1 : 1) > 0)
  const page = pageFound(rest, limit, ({ at }) => at)
  return { ...page, items: page.items.map(({ thing }) => thing) }
}

function holdsAll(document: Document, searched: readonly string[], words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = searched
    .map(name => textOf(document[name]))
    .join('\n')
    .toLowerCase()
  return words.every(word => text.includes(word))
}

function hasAll(document: Document, filters: Readonly<Record<string, string>>): boolean {
  return Object.entries(filters).every(([name, wanted]) => {
    const value = document[name]
    return Array.isArray(value) ? value.some(item => textOf(item) === wanted) : textOf(value) === wanted
  })
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function sortValue(value: unknown): Cursor['value'] {
  if (typeof value === 'number') return value
  return value === undefined || value === null ? null : textOf(value)
}

/** Nothing comes first; text by its code units, the same everywhere. */
function compare(a: Cursor, b: Cursor): number {
  if (a.value !== b.value) {
    if (a.value === null) return -1
    if (b.value === null) return 1
    return a.value < b.value ? -1 : 1
  }
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1
}
