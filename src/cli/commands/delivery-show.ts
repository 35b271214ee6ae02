/** `sallyport delivery show`: everything about one delivery but its content. */

import type { Command } from 'commander'
import { deliveryJson, deliveryText, getDelivery } from '../delivery-view.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show one delivery: to whom, how often it was tried, and what came of it.')
    .argument('<id>', 'the id, as delivery list shows it')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport delivery show 0199d3a1c2b4f5e6a7b8c9d0e1f2a3b4')
    .action((id: string, { json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const delivery = await getDelivery(repositories.deliveries, id)
        terminal.print(json === true ? jsonText(deliveryJson(delivery)) : deliveryText(delivery))
      }),
    )
}
