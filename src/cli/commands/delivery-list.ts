/** `sallyport delivery list`: what was sent, what waits, and what did not arrive. */

import { type Command, Option } from 'commander'
import { DELIVERY_KINDS, type Delivery, type DeliveryKind } from '../../core/deliveries/delivery.ts'
import { aboutText, deliveryJson } from '../delivery-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
What was delivered or given up stays on the list for a week. Why something was given up: sallyport why CODE, with the code of delivery show.

Examples:
  $ sallyport delivery list
  $ sallyport delivery list --kind mail --state given-up
  $ sallyport delivery list --state waiting --json | jq -r ".[].last_result"`

const STATES: readonly Delivery['state'][] = ['waiting', 'delivered', 'given-up']
const MAX_LISTED = 1000

interface Options extends JsonOption {
  readonly kind?: DeliveryKind
  readonly state?: Delivery['state']
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List mail, and what upstreams are told of sign-outs, newest first, at most 1000.')
    .addOption(new Option('--kind <kind>', 'only these').choices(DELIVERY_KINDS))
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json, ...query }: Options) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const deliveries = await repositories.deliveries.list({ ...query, limit: MAX_LISTED })
        if (json === true) return terminal.print(jsonText(deliveries.map(deliveryJson)))
        if (deliveries.length === 0) return terminal.warn('There are none.')
        const rows = deliveries.map(delivery => [
          delivery.id,
          delivery.kind,
          aboutText(delivery),
          delivery.state,
          String(delivery.attempts),
          delivery.createdAt.toISOString(),
          delivery.lastResult ?? '',
        ])
        const head = ['id', 'kind', 'about', 'state', 'attempts', 'created', 'last result']
        terminal.print(formatTable(head, rows))
      }),
    )
}
