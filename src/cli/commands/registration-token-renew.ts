/** `sallyport registration-token renew`: a new registration access token (RFC 7592) for an app, and the end of the old one. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { formatFields, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
With its registration access token an app reads, replaces and deletes its own registration. The old token ends at once.

Example:
  $ sallyport registration-token renew wiki-k3m9qxt27a`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Give an app that registered itself a new token to manage its registration with; the old one ends.')
    .argument('<client-id>', 'the client_id')
    .addHelpText('after', HELP)
    .action((clientId: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('registration-tokens.renew', { body: { client_id: clientId } })
        terminal.print(
          json === true
            ? jsonText(document)
            : `${formatFields({ ...document })}\n\nKeep the token now: it is not shown again.`,
        )
      }),
    )
}
