/** `sallyport attribute delete`: an attribute that is not there any more; values that accounts have of it stay, and nobody reads them. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Values of accounts stay, and count again when an attribute of the same name is made that they fit. One whose scope apps have, and no other
attribute gives, is not deleted: exit code 3, and the message says which they are.

Example:
  $ sallyport attribute delete department`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Delete an attribute.')
    .argument('<name>', 'what it is called')
    .addHelpText('after', HELP)
    .action((name: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { warnings } = await admin.call('attributes.delete', { path: { name } })
        warnAll(terminal, warnings)
        terminal.print(json === true ? jsonText({ deleted: [name] }) : `Deleted the attribute ${name}.`)
      }),
    )
}
