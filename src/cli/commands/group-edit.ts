/** `sallyport group edit`: changes what is said about a group; its name stays. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type DocumentOptions, readDocument, withDocument } from '../document-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport group edit staff --set description="Everybody who works here"
  $ sallyport group edit staff --unset description`

const HEADLINE = 'the group was not changed'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withDocument(withJson(command), 'changing'))
    .description('Change a group.')
    .argument('<name>', 'what it is called; the case counts')
    .addHelpText('after', HELP)
    .action(async (name: string, options: JsonOption & DocumentOptions) => {
      const body = await readDocument('groups', options, terminal, { when: 'changing', headline: HEADLINE })
      const edit = async ({ admin }: Parameters<Parameters<typeof atDesk>[2]>[0]): Promise<void> => {
        const { document, warnings } = await admin.call('groups.patch', { path: { name }, body })
        warnAll(terminal, warnings)
        printDocument(terminal, options, document)
      }
      await atDesk(command, terminal, edit, { headline: HEADLINE })
    })
}
