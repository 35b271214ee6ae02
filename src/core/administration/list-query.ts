/** What part of a list is asked for, and the answer: pages with a cursor, the same for every resource. */

import type { Field } from './field.ts'
import { invalid, type Problem } from './problem.ts'

export const STANDARD_LIMIT = 50
export const MAX_LIMIT = 200
const MAX_WORDS = 20

export interface ListQuery {
  /** Words that all have to be found in the searched fields, without regard to case. */
  readonly search: readonly string[]
  /** Field → the value it has to have; of a list: one of its values. */
  readonly filters: Readonly<Record<string, string>>
  readonly sort: { readonly field: string; readonly descending: boolean }
  readonly limit: number
  /** Where the page before ended. */
  readonly after?: Cursor
}

/** The value by which it was ordered, and the key, which tells apart what is equal. */
export interface Cursor {
  readonly value: string | number | null
  readonly key: string
}

export interface Page<Thing> {
  readonly items: readonly Thing[]
  /** Sent back as `cursor`; absent: this is the last page. */
  readonly next?: string
  /** About all of them: sentences for people. */
  readonly warnings?: readonly string[]
}

/** The query parameters of every list: `q`, `sort`, `limit`, `cursor`, and a field each that it can be narrowed by. */
export function listParameters(fields: readonly Field[]): readonly Field[] {
  const sortable = fields.filter(({ finds }) => finds?.includes('sort')).map(({ name }) => name)
  const filters = fields.filter(({ finds }) => finds?.includes('filter'))
  return [
    { name: 'q', kind: 'text', access: 'written', about: 'Words that all have to be found, without regard to case.' },
    ...filters.map(
      ({ name, about, choices, kind }): Field => ({
        name,
        kind: kind === 'boolean' ? 'boolean' : 'text',
        access: 'written',
        about: `Only with this value. ${about}`,
        ...(choices === undefined ? {} : { choices }),
      }),
    ),
    ...(sortable.length === 0 ? [] : [sortParameter(sortable)]),
    {
      name: 'limit',
      kind: 'integer',
      access: 'written',
      about: `How many at most, 1 to ${MAX_LIMIT}.`,
      standard: `${STANDARD_LIMIT}`,
    },
    { name: 'cursor', kind: 'text', access: 'written', about: 'The `next` of the page before.' },
  ]
}

function sortParameter(sortable: readonly string[]): Field {
  return {
    name: 'sort',
    kind: 'text',
    access: 'written',
    about: 'Ordered by this field; with - before it the other way round.',
    choices: sortable.flatMap(name => [name, `-${name}`]),
  }
}

/** `standardSort`: the field when nothing is said, with `-` before it for the other way round. */
export function parseListQuery(
  query: Readonly<Record<string, string>>,
  fields: readonly Field[],
  standardSort: string,
): ListQuery | Problem {
  const known = listParameters(fields)
  const mistakes = Object.keys(query)
    .filter(name => !known.some(field => field.name === name))
    .map(name => ({
      member: name,
      rule: 'query parameter',
      message: `is no parameter of this list; known: ${known.map(field => field.name).join(', ')}`,
    }))
  const sort = query.sort ?? standardSort
  const sorts = known.find(({ name }) => name === 'sort')?.choices ?? []
  if (query.sort !== undefined && !sorts.includes(sort)) {
    mistakes.push({ member: 'sort', rule: 'sortable field', message: `must be one of ${sorts.join(', ')}` })
  }
  const limit = query.limit === undefined ? STANDARD_LIMIT : Number(query.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    mistakes.push({ member: 'limit', rule: 'page size', message: `must be a whole number, 1 to ${MAX_LIMIT}` })
  }
  const after = query.cursor === undefined ? undefined : openCursor(query.cursor)
  if (query.cursor !== undefined && after === undefined) {
    mistakes.push({ member: 'cursor', rule: 'cursor', message: 'is not the `next` of a page of this list' })
  }
  const search = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  // Each word is one more look at every row.
  if (search.length > MAX_WORDS) {
    mistakes.push({ member: 'q', rule: 'number of words', message: `must have at most ${MAX_WORDS} words` })
  }
  if (mistakes.length > 0) return invalid(mistakes)
  const filters = fields.filter(({ name, finds }) => finds?.includes('filter') && query[name] !== undefined)
  return {
    search,
    filters: Object.fromEntries(filters.map(({ name }) => [name, query[name] ?? ''])),
    sort: { field: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
    limit,
    ...(after === undefined ? {} : { after }),
  }
}

export function sealCursor({ value, key }: Cursor): string {
  return Buffer.from(JSON.stringify([value, key])).toString('base64url')
}

export function openCursor(text: string): Cursor | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!Array.isArray(parsed) || parsed.length !== 2) return undefined
    const [value, key] = parsed as readonly unknown[]
    const isValue = value === null || typeof value === 'string' || typeof value === 'number'
    return isValue && typeof key === 'string' ? { value, key } : undefined
  } catch {
    return undefined
  }
}
