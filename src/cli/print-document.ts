/** Documents as commands print them: one JSON value for programs, fields and tables for people, warnings beside it. */

import { formatFields, formatTable, type JsonOption, jsonText, printable } from './output.ts'
import type { Terminal } from './terminal.ts'

/** One document: all of it as JSON, or a line for each field, in its order. `headline` stands over the lines only. */
export function printDocument(terminal: Terminal, { json }: JsonOption, document: object, headline?: string): void {
  const text = formatFields(linesOf(document))
  if (json === true) terminal.print(jsonText(document))
  else terminal.print(headline === undefined ? text : `${printable(headline)}\n${text}`)
}

/** Times without their milliseconds; objects in objects by the path to them. */
function linesOf(document: object, within = ''): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]): ReadonlyArray<readonly [string, unknown]> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return [[within + name, shortTime(value)]]
      return Object.entries(linesOf(value, `${within}${name}.`))
    }),
  )
}

function shortTime(value: unknown): unknown {
  return typeof value === 'string' ? timeText(value) : value
}

/** `2026-01-31T12:00:00Z`; other text stays as it is. */
export function timeText(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{3}Z$/, '$1Z')
}

/** `2026-01-31`; nothing for what is not known. */
export function dayOf(time: string | undefined): string {
  return time === undefined || time.startsWith('1970-01-01T00:00:00') ? '' : time.slice(0, 10)
}

export interface TableView<Item> {
  readonly head: readonly string[]
  readonly row: (item: Item) => readonly (string | undefined)[]
  /** Said on standard error when there is nothing: how one makes the first. */
  readonly none: string
}

/** All of them as one JSON list, or a table. */
export async function printList<Item>(
  terminal: Terminal,
  { json }: JsonOption,
  items: AsyncIterable<Item> | Iterable<Item>,
  { head, row, none }: TableView<Item>,
): Promise<void> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  if (json === true) return terminal.print(jsonText(all))
  if (all.length === 0) return terminal.warn(none)
  terminal.print(
    formatTable(
      head,
      all.map(item => row(item).map(cell => cell ?? '')),
    ),
  )
}

/** To standard error, so that what reads the answer is not disturbed. */
export function warnAll(terminal: Terminal, warnings: readonly string[]): void {
  for (const warning of warnings) terminal.warn(`warning: ${printable(warning)}`)
}
