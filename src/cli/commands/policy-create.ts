/** `sallyport policy create`: what people have to prove to get to the apps that name it. */

import type { Command } from 'commander'
import type { InputOf } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { type PolicyOptions, RULE_HELP, readPolicy, withPolicyOptions } from '../policy-options.ts'
import { printPolicy } from '../policy-view.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `${RULE_HELP}

Nothing happens until an app names it: sallyport client edit APP --set authorization_policy=NAME. Try it before: sallyport policy evaluate.

Examples:
  $ sallyport policy create staff-only --default deny --rule 'one_factor group:staff'
  $ sallyport policy create office --default two_factor --rule 'one_factor 192.0.2.0/24 2001:db8::/32'
  $ sallyport policy create payroll --file payroll.json`

export function define(command: Command, terminal: Terminal): void {
  withPolicyOptions(withJson(withPlace(command)), 'making')
    .description('Make a policy.')
    .argument('<name>', 'what apps name')
    .addHelpText('after', HELP)
    .action(async (name: string, options: PolicyOptions & JsonOption) => {
      const body = { ...(await readPolicy(options, terminal, 'making')), name } as InputOf<'policies.create'>['body']
      return atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document, warnings } = await admin.call('policies.create', { body })
          warnAll(terminal, warnings)
          printPolicy(terminal, options, document, `Created the policy ${name}.`)
        },
        { database: 'made' },
      )
    })
}
