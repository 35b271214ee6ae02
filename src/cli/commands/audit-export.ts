/** `sallyport audit export`: all events, as they are read, for other programs. */

import { type Command, Option } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { CSV_HEAD, csvLine, jsonLine } from '../audit-view.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { counted, startProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
One JSON object in each line, or with --format csv one event in each row (RFC 4180), in the order in which they happened. Standard output
has nothing else in it; events are written as they are read, so however many there are, little of them is in memory.

Examples:
  $ sallyport audit export > audit.jsonl
  $ sallyport audit export --since 2026-01-01 --until 2026-02-01 --format csv > january.csv`

interface ExportOptions {
  readonly format: 'jsonl' | 'csv'
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(command, 'audit', ['sort']))
    .addOption(new Option('--format <format>', 'how each event is written').choices(['jsonl', 'csv']).default('jsonl'))
    .description('Write all audit events to standard output, oldest first.')
    .addHelpText('after', HELP)
    .action(({ format }: ExportOptions) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'audit')
        const events = firstOf(admin.all('audit.list', { ...query, sort: 'at' }), limit)
        const progress = startProgress(terminal)
        if (format === 'csv') terminal.print(CSV_HEAD)
        for await (const event of counted(events, progress, count => `${count} events`)) {
          terminal.print(format === 'csv' ? csvLine(event) : jsonLine(event))
        }
      }),
    )
}
