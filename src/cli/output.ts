/** What commands print: one JSON value for programs, tables and short lists for people. */

import type { Command } from 'commander'
import { safeJson, spelledOut } from '../lib/terminal-text.ts'

export interface JsonOption {
  readonly json?: boolean
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON value and nothing else on standard output')
}

/** For people; columns as wide as their widest cell. */
export function formatTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const all = [head.map(title => title.toUpperCase()), ...rows.map(row => row.map(printable))]
  const widths = head.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)))
  return all
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `name: value` lines; absent values and empty lists are left out. */
export function formatFields(fields: Readonly<Record<string, unknown>>): string {
  const present = Object.entries(fields).filter(([, value]) => !isNothing(value))
  const width = Math.max(...present.map(([name]) => name.length)) + 2
  const lines = present.flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value]
    return values.map((item, index) => `${(index === 0 ? name : '').padEnd(width)}${printable(textOf(item))}`)
  })
  return lines.join('\n')
}

/** Names and attributes come from outside: a terminal must not obey what is written in them. */
export function printable(text: string): string {
  return spelledOut(text)
}

/** One JSON value, as `--json` prints it; it may end on a terminal just as well. */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(value))
}

function textOf(value: unknown): string {
  if (value === true) return 'yes'
  if (value === false) return 'no'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}
