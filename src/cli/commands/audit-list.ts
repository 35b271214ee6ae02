/** `sallyport audit list`: who did what, newest first. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { auditRow } from '../audit-view.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The newest come first, 100 of them unless --limit says otherwise. sallyport audit export writes all of them to a file.

Examples:
  $ sallyport audit list
  $ sallyport audit list --type client. --since 2026-01-31
  $ sallyport audit list --account ada --refused yes --limit 20 --json`

const STANDARD_LIMIT = 100

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'audit'))
    .description('List audit events: who did what, from where, with which result.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'audit')
        const most = Number.isFinite(limit) ? limit : STANDARD_LIMIT
        await printList(terminal, options, firstOf(admin.all('audit.list', query), most), {
          head: ['at', 'type', 'about', 'account', 'client', 'by', 'address', 'code'],
          row: auditRow,
          none: 'There are no such events.',
        })
      }),
    )
}
