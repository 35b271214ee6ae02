/** `sallyport delivery list`: what was sent, what waits, and what did not arrive. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { aboutText, type DeliveryDocument, deliveryJson } from '../delivery-view.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
What was delivered or given up stays on the list for a week. Why something was given up: sallyport why CODE, with the code of delivery show.

Examples:
  $ sallyport delivery list
  $ sallyport delivery list --kind mail --state given-up
  $ sallyport delivery list --state waiting --json | jq -r ".[].last_result"`

const MAX_LISTED = 1000

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'deliveries'))
    .description('List mail, and what upstreams are told of sign-outs, newest first, at most 1000.')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) => {
      const { query, limit } = readListOptions(command, 'deliveries')
      return atDesk(command, terminal, async ({ admin }) => {
        const most = Math.min(limit, MAX_LISTED)
        const found = await Array.fromAsync(firstOf(admin.all('deliveries.list', query), most))
        if (json === true) return terminal.print(jsonText(found.map(deliveryJson)))
        return printList(terminal, {}, found, { head: HEAD, row: rowOf, none: 'There are none.' })
      })
    })
}

const HEAD = ['id', 'kind', 'about', 'state', 'attempts', 'created', 'last result']

function rowOf(delivery: DeliveryDocument) {
  const { id, kind, state, attempts, created_at, last_result } = delivery
  return [id, kind, aboutText(delivery), state, `${attempts}`, created_at, last_result]
}
