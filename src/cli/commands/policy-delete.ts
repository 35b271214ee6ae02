/** `sallyport policy delete`: deletes a policy that no app names. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A policy that apps name is not deleted: they would be closed to everybody. Exit code 3 says so, and the message which they are.

Examples:
  $ sallyport policy delete old`

export function define(command: Command, terminal: Terminal): void {
  withJson(withPlace(command))
    .description('Delete a policy.')
    .argument('<name>', 'its name')
    .addHelpText('after', HELP)
    .action((name: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        await admin.call('policies.delete', { path: { name } })
        terminal.print(json === true ? jsonText({ deleted: [name] }) : `Deleted the policy ${name}.`)
      }),
    )
}
