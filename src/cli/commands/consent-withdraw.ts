/** `sallyport consent withdraw`: an app has to ask the person again, and loses what it was given. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { getConsent } from '../find-consent.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The tokens that the app has for the person end at once; an API that believes a JWT without asking back believes it until it expires.

Example:
  $ sallyport consent withdraw ada wiki`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Take back what a person has allowed an app.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<client>', 'the client id')
    .addHelpText('after', HELP)
    .action((login: string, clientId: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { id, account, client } = await getConsent(admin, login, clientId)
        await admin.call('consents.delete', { path: { id } })
        terminal.print(
          json === true
            ? jsonText({ account, client, outcome: 'withdrawn' })
            : `${printable(client)} has to ask ${printable(account)} again; its tokens have ended.`,
        )
      }),
    )
}
