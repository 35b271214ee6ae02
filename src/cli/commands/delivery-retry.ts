/** `sallyport delivery retry`: deliveries that wait or were given up are tried again, now. */

import type { Command } from 'commander'
import type { Delivery } from '../../core/deliveries/delivery.ts'
import { retryDelivery } from '../../core/deliveries/retry-delivery.ts'
import type { House } from '../../house.ts'
import { commitChange } from '../commit-change.ts'
import { deliveryJson, getDelivery } from '../delivery-view.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The running server tries them within seconds, and goes on for an hour at least. A link in a mail may have expired in the meantime: then
whoever got it asks for a new one.

Examples:
  $ sallyport delivery retry 0199d3a1c2b4f5e6a7b8c9d0e1f2a3b4
  $ sallyport delivery list --state given-up --json | jq -r ".[].id" | xargs sallyport delivery retry`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description(
      'Have deliveries that wait or were given up tried again, now. All of them, or none when one cannot be.',
    )
    .argument('<id...>', 'the ids, as delivery list shows them')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((ids: readonly string[], options: JsonOption) =>
      inHouse(command, terminal, house => retry(house, terminal, [...new Set(ids)], options)),
    )
}

async function retry(house: House, terminal: Terminal, ids: readonly string[], { json }: JsonOption): Promise<void> {
  const { deliveries } = house.repositories
  const seen = await Promise.all(ids.map(id => getDelivery(deliveries, id)))
  const again = seen.map(delivery => retried(delivery, house.clock.now()))
  await commitChange(
    house,
    again.map((delivery, index) => deliveries.advance(delivery, seen[index] ?? delivery)),
    again.map(({ id, kind, about, traceCode }) => ({
      type: 'delivery.retried',
      ...(traceCode === undefined ? {} : { traceCode }),
      detail: { ...about, kind, delivery: id },
    })),
    'the server tried one of them at the same time; see sallyport delivery list',
  )
  if (json === true) return terminal.print(jsonText(again.map(deliveryJson)))
  terminal.print(
    again.map(({ id }) => `${id} is tried again within seconds, or as soon as the server runs.`).join('\n'),
  )
}

function retried(delivery: Delivery, now: Date): Delivery {
  const outcome = retryDelivery(delivery, now)
  if (outcome.kind === 'again') return outcome.delivery
  const reason = outcome.kind === 'delivered-already' ? 'has arrived' : 'has no content any more'
  throw new CommandFailure(EXIT.conflict, `${delivery.id} ${reason}; nothing was changed`)
}
