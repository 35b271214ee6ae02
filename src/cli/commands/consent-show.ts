/** `sallyport consent show`: what a person allowed an app. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { getConsent } from '../find-consent.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show what a person has allowed an app.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<client>', 'the client id')
    .addHelpText('after', '\nExample:\n  $ sallyport consent show ada wiki')
    .action((account: string, client: string, options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) =>
        printDocument(terminal, options, await getConsent(admin, account, client)),
      ),
    )
}
