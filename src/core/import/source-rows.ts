/** Settings of another system, row by row: what is known of each, and what becomes of it. The guide is made of the same rows. */

import type { JsonObject } from '../clients/client.ts'
import type { ImportMistake, ImportOutcome, ImportTarget, ReportLine } from './import-report.ts'

/** What one setting comes to. What is left out is as its row says. */
export interface Taken {
  readonly fields?: JsonObject
  readonly outcome?: ImportOutcome
  readonly why?: string
  readonly mistake?: string
}

export interface SourceRow {
  /** Its name there. */
  readonly setting: string
  /** Names that it had before. */
  readonly older?: readonly string[]
  /** At best. */
  readonly outcome: ImportOutcome
  /** Of the thing that is made here. */
  readonly field?: string
  /** What differs, or what to do. */
  readonly why?: string
  /** Without an equivalent even where it is off: what is off there is on here. */
  readonly countsWhenOff?: true
  /** Absent: the value itself becomes the field. */
  readonly take?: (value: unknown, whole: JsonObject) => Taken
}

export interface ReadSettings {
  readonly fields: JsonObject
  readonly report: readonly ReportLine[]
  readonly mistakes: readonly ImportMistake[]
}

const UNKNOWN = 'is not known: nothing was made of it'

/** Every member is named in the report, known or not; `null` is none. */
export function readSettings(
  whole: JsonObject,
  rows: readonly SourceRow[],
  path: string,
  target?: ImportTarget,
): ReadSettings {
  const read = Object.entries(whole)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => {
      const where = joined(path, name)
      const row = rowOf(rows, name)
      if (row === undefined)
        return { fields: {}, line: { path: where, outcome: 'no-equivalent' as const, why: UNKNOWN } }
      const taken = take(row, value, whole)
      return { fields: taken.fields ?? {}, line: lineOf(where, row, taken, target), mistake: taken.mistake, where }
    })
  return {
    fields: withoutPrototype(read.map(({ fields }) => fields)),
    report: read.map(({ line }) => line),
    mistakes: read.flatMap(({ mistake, where = '' }) =>
      mistake === undefined ? [] : [{ path: where, message: mistake }],
    ),
  }
}

export function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function rowOf(rows: readonly SourceRow[], name: string): SourceRow | undefined {
  return rows.find(({ setting, older = [] }) => setting === name || older.includes(name))
}

function take(row: SourceRow, value: unknown, whole: JsonObject): Taken {
  if (row.take !== undefined) return row.take(value, whole)
  if (row.outcome === 'no-equivalent' && row.countsWhenOff !== true && isOff(value)) return OFF
  return row.field === undefined ? {} : { fields: { [row.field]: value } }
}

const OFF: Taken = { outcome: 'ignored', why: 'off, or empty' }

function isOff(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return ['', 'false', '0', '{}', '[]'].includes(`${value}`)
}

function lineOf(path: string, row: SourceRow, taken: Taken, target: ImportTarget | undefined): ReportLine {
  const outcome = taken.outcome ?? row.outcome
  const why = taken.why ?? row.why
  const [made] = Object.keys(taken.fields ?? {})
  const field = row.field ?? made
  const isMade = outcome === 'mapped' || outcome === 'approximated'
  return {
    path,
    outcome,
    ...(target === undefined || !isMade ? {} : { target: { ...target, ...(field === undefined ? {} : { field }) } }),
    ...(why === undefined ? {} : { why }),
  }
}

/** Later ones win; a member named `__proto__` is a member like any other. */
function withoutPrototype(objects: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(objects.flatMap(object => Object.entries(object)))
}
