/** `sallyport attribute edit`: changes what an attribute is like; its name stays. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type AttributeOptions, attributeBody, withAttributeOptions } from '../attribute-options.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
What is not said stays; --choice and --scope replace all that there were, and an empty text takes away. A change of its type that values of
accounts do not fit is refused, and so is one that takes a scope away that apps have.

Examples:
  $ sallyport attribute edit department --title "Where they work"
  $ sallyport attribute edit department --scope work --scope profile
  $ sallyport attribute edit shirt --choice ""`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(withAttributeOptions(command)))
    .description('Change an attribute.')
    .option('--no-list', 'it has one value')
    .argument('<name>', 'what it is called')
    .addHelpText('after', HELP)
    .action((name: string, options: AttributeOptions & JsonOption) => {
      const body = attributeBody(options)
      if (Object.keys(body).length === 0)
        throw new CommandFailure(EXIT.usage, 'say what to change: sallyport attribute edit --help')
      return atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document, warnings } = await admin.call('attributes.patch', { path: { name }, body })
          warnAll(terminal, warnings)
          printDocument(terminal, options, document, `Changed the attribute ${name}.`)
        },
        { headline: 'the attribute was not changed' },
      )
    })
}
