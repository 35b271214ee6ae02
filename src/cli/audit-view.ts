/** Audit events as rows of a table and as lines of a file. */

import type { ItemOf } from '../admin-client/admin-client.ts'
import { safeJson } from '../lib/terminal-text.ts'
import { timeText } from './print-document.ts'

export type ShownEvent = ItemOf<'audit.list'>

export function auditRow(event: ShownEvent): readonly (string | undefined)[] {
  const { at, type, account, client, by, address, trace_code } = event
  return [timeText(at), type, aboutOf(event), account, client, by, address, trace_code]
}

/** Names in the detail of an event, the more telling first. */
const NAMES = ['group', 'policy', 'attribute', 'alias', 'setting', 'kid', 'key', 'client_id', 'username', 'label', 'id']

/** What was made, changed or deleted, by its name: an account or app that is gone has no column of its own any more. */
function aboutOf({ account, client, detail }: ShownEvent): string | undefined {
  const name = NAMES.map(member => detail[member]).find(value => typeof value === 'string')
  return name === account || name === client ? undefined : (name as string | undefined)
}

const COLUMNS = [
  'at',
  'type',
  'by',
  'account',
  'client',
  'address',
  'request_id',
  'trace_code',
  'detail',
  'id',
] as const

export const CSV_HEAD = COLUMNS.join(',')

/** RFC 4180 §2. A value that a spreadsheet would take for a formula gets an apostrophe. */
export function csvLine(event: ShownEvent): string {
  return COLUMNS.map(column => cell(column === 'detail' ? JSON.stringify(event.detail) : event[column])).join(',')
}

/** One JSON object in one line. */
export function jsonLine(event: ShownEvent): string {
  return safeJson(JSON.stringify(event))
}

function cell(text = ''): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
