/** `sallyport registration-token renew`: a new registration access token (RFC 7592) for an app, and the end of the old one. */

import type { Command } from 'commander'
import { generationOf, sealRegistrationToken } from '../../core/registration/registration-handles.ts'
import { getClient } from '../client-lookup.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { formatFields, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
With its registration access token an app reads, replaces and deletes its own registration. The old token ends at once.

Example:
  $ sallyport registration-token renew wiki-k3m9qxt27a`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Give an app that registered itself a new token to manage its registration with; the old one ends.')
    .argument('<client-id>', 'the client_id')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((clientId: string, { json }: JsonOption) =>
      inHouse(command, terminal, async house => {
        const before = await getClient(house.repositories, clientId)
        if (before.origin !== 'registration')
          throw new CommandFailure(EXIT.usage, `${clientId} did not register itself, so it has no such token`)
        const client = {
          ...before,
          registrationGeneration: generationOf(before) + 1,
          updatedAt: house.clock.now(),
        }
        await commitChange(
          house,
          [house.repositories.clients.replace(client, before)],
          [{ type: 'client.registration-token-renewed', clientUid: client.uid, detail: { client_id: clientId } }],
          `somebody else changed the client ${clientId} at the same time; the token was not renewed`,
        )
        const token = sealRegistrationToken((await house.openKeys()).handles, client)
        const shown = { client_id: clientId, registration_access_token: token }
        terminal.print(
          json === true ? jsonText(shown) : `${formatFields(shown)}\n\nKeep the token now: it is not shown again.`,
        )
      }),
    )
}
