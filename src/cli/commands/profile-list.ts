/** `sallyport profile list`: the profiles that a client may be held to. */

import type { Command } from 'commander'
import { PROFILES } from '../../core/clients/profiles.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List the profiles that a client may be held to, from the mildest to the strictest.')
    .addHelpText('after', '\nExample:\n  $ sallyport profile list')
    .action(({ json }: JsonOption) => {
      const rows = PROFILES.map(({ name, title, about }) => ({ name, title, about }))
      if (json === true) return terminal.print(jsonText(rows))
      terminal.print(
        formatTable(
          ['name', 'about'],
          rows.map(({ name, about }) => [name, about]),
        ),
      )
    })
}
