/** `sallyport delivery retry`: deliveries that wait or were given up are tried again, now. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { deliveryJson } from '../delivery-view.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The running server tries them within seconds, and goes on for an hour at least. A link in a mail may have expired in the meantime: then
whoever got it asks for a new one.

Examples:
  $ sallyport delivery retry 0199d3a1c2b4f5e6a7b8c9d0e1f2a3b4
  $ sallyport delivery list --state given-up --json | jq -r ".[].id" | xargs sallyport delivery retry`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description(
      'Have deliveries that wait or were given up tried again, now. All of them, or none when one cannot be.',
    )
    .argument('<id...>', 'the ids, as delivery list shows them')
    .addHelpText('after', HELP)
    .action((ids: readonly string[], { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { deliveries: again = [] } = (await admin.call('deliveries.retry', { body: { ids } })).document
        if (json === true) return terminal.print(jsonText(again.map(deliveryJson)))
        terminal.print(
          again.map(({ id }) => `${id} is tried again within seconds, or as soon as the server runs.`).join('\n'),
        )
      }),
    )
}
