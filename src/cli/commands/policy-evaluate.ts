/** `sallyport policy evaluate`: a dry run: what a policy asks of a person at an app, and which rule says so. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Nothing happens, and nobody is signed in. Without --policy the policy of the app is asked. Without --address the strictest counts of what
a network could make of it, as for an app that comes with somebody's word about a person.

Examples:
  $ sallyport policy evaluate ada --client payroll
  $ sallyport policy evaluate ada --policy office --address 192.0.2.17
  $ sallyport policy evaluate ada --client payroll --policy office --json | jq -r .outcome`

interface EvaluateOptions extends JsonOption {
  readonly client?: string
  readonly policy?: string
  readonly address?: string
}

export function define(command: Command, terminal: Terminal): void {
  withJson(withPlace(command))
    .description('Try a policy: what it asks of somebody, and why.')
    .argument('<account>', 'user name, e-mail address or sub')
    .option('--client <id>', 'at this app')
    .option('--policy <name>', 'ask this policy instead of that of the app')
    .option('--address <address>', 'from this address')
    .addHelpText('after', HELP)
    .action((username: string, { client, policy, address, ...options }: EvaluateOptions) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('policies.evaluate', {
          body: {
            username,
            ...(client === undefined ? {} : { client_id: client }),
            ...(policy === undefined ? {} : { policy }),
            ...(address === undefined ? {} : { address }),
          },
        })
        printDocument(terminal, options, document)
      }),
    )
}
