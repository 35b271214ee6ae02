/** `sallyport policy edit`: changes a policy, from now on, for everybody. */

import type { Command } from 'commander'
import type { InputOf } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, withJson } from '../output.ts'
import { type PolicyOptions, RULE_HELP, readPolicy, withPolicyOptions } from '../policy-options.ts'
import { printPolicy } from '../policy-view.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${RULE_HELP}

What is not said stays. --rule replaces all rules; --unset rules takes them away. Whoever is kept out by the change is refused with the
next page, token refresh or question about a token.

Examples:
  $ sallyport policy edit staff-only --default two_factor
  $ sallyport policy edit staff-only --rule 'one_factor group:staff' --rule 'two_factor group:partners'`

export function define(command: Command, terminal: Terminal): void {
  withPolicyOptions(withJson(withPlace(command)), 'changing')
    .description('Change a policy.')
    .argument('<name>', 'its name')
    .addHelpText('after', HELP)
    .action(async (name: string, options: PolicyOptions & JsonOption) => {
      const body = (await readPolicy(options, terminal, 'changing')) as InputOf<'policies.patch'>['body']
      if (Object.keys(body ?? {}).length === 0)
        throw new CommandFailure(EXIT.usage, 'say what to change: sallyport policy edit --help')
      return atDesk(command, terminal, async ({ admin }) => {
        const { document, warnings } = await admin.call('policies.patch', { path: { name }, body })
        warnAll(terminal, warnings)
        printPolicy(terminal, options, document, `Changed the policy ${name}.`)
      })
    })
}
