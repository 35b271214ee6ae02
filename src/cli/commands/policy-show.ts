/** `sallyport policy show`: a policy with its rules, and the apps that name it. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printPolicy } from '../policy-view.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport policy show staff-only
  $ sallyport policy show staff-only --json`

export function define(command: Command, terminal: Terminal): void {
  withJson(withPlace(command))
    .description('Show one policy.')
    .argument('<name>', 'its name')
    .addHelpText('after', HELP)
    .action((name: string, options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('policies.read', { path: { name } })
        printPolicy(terminal, options, document)
      }),
    )
}
