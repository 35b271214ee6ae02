/** `sallyport attribute create`: something that accounts of this house have besides the standard claims. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type AttributeOptions, attributeBody, withAttributeOptions } from '../attribute-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Accounts get values by account edit --attribute NAME=VALUE, or from upstreams by a mapping to the name. Apps read it as a claim when they
have one of its scopes: a new name of a scope is one that apps can be registered for from now on. Without --scope, no app reads it.

Examples:
  $ sallyport attribute create department --title Department --scope work
  $ sallyport attribute create shirt --type text --choice s --choice m --choice l --scope profile
  $ sallyport attribute create languages --list --claim https://example.com/languages --scope profile
  $ sallyport attribute create badge --type number`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(withAttributeOptions(command)))
    .description('Define an attribute.')
    .argument('<name>', 'lower-case letters, digits and _; none of the standard claims')
    .addHelpText('after', HELP)
    .action((name: string, options: AttributeOptions & JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const body = { name, ...attributeBody(options) }
          const { document, warnings } = await admin.call('attributes.create', { body })
          warnAll(terminal, warnings)
          printDocument(terminal, options, document, `Created the attribute ${name}.`)
        },
        { database: 'made', headline: 'the attribute was not created' },
      ),
    )
}
