/** `sallyport session list`: who is signed in, from where. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList, timeText } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The latest come first. Sessions that ended are listed until they would have expired; --active yes leaves them out.

Examples:
  $ sallyport session list --active yes
  $ sallyport session list --account ada
  $ sallyport session list --client wiki --limit 20 --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'sessions'))
    .description('List sessions: who is signed in, from where, since when.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'sessions')
        await printList(terminal, options, firstOf(admin.all('sessions.list', query), limit), {
          head: ['id', 'account', 'active', 'signed in', 'expires', 'address', 'browser'],
          row: ({ id, account, active, signed_in_at, expires_at, address, user_agent }) => [
            id,
            account,
            active ? 'yes' : 'no',
            timeText(signed_in_at),
            timeText(expires_at),
            address,
            user_agent.slice(0, 60),
          ],
          none: 'There are no such sessions.',
        })
      }),
    )
}
