/** `sallyport delivery show`: everything about one delivery but its content. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { deliveryJson, deliveryText, getDelivery } from '../delivery-view.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one delivery: to whom, how often it was tried, and what came of it.')
    .argument('<id>', 'the id, as delivery list shows it')
    .addHelpText('after', '\nExample:\n  $ sallyport delivery show 0199d3a1c2b4f5e6a7b8c9d0e1f2a3b4')
    .action((id: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const delivery = await getDelivery(admin, id)
        terminal.print(json === true ? jsonText(deliveryJson(delivery)) : deliveryText(delivery))
      }),
    )
}
