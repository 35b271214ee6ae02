/** What both commands about the members of a group do. */

import type { Command } from 'commander'
import { atDesk, withPlace } from './at-desk.ts'
import { type JsonOption, jsonText, printable, withJson } from './output.ts'
import { warnAll } from './print-document.ts'
import type { Terminal } from './terminal.ts'

interface MemberChange {
  readonly operation: 'groups.add_members' | 'groups.remove_members'
  readonly description: string
  /** What the accounts are called in the JSON answer. */
  readonly member: 'added' | 'removed'
  readonly sentence: (accounts: string, group: string) => string
  readonly help: string
}

export function define(
  command: Command,
  terminal: Terminal,
  { operation, description, member, sentence, help }: MemberChange,
): void {
  withPlace(withJson(command))
    .description(description)
    .argument('<name>', 'the group; the case counts')
    .argument('<account...>', 'who')
    .addHelpText('after', help)
    .action((name: string, accounts: readonly string[], { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { warnings } = await admin.call(operation, { path: { name }, body: { accounts } })
        warnAll(terminal, warnings)
        const said = json === true ? jsonText({ group: name, [member]: accounts }) : undefined
        terminal.print(said ?? printable(sentence(accounts.join(', '), name)))
      }),
    )
}
