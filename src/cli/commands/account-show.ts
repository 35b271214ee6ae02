/** `sallyport account show`: everything about one account but its password. */

import type { Command } from 'commander'
import { getAccount } from '../account-lookup.ts'
import { accountJson, accountText } from '../account-view.ts'
import { identityJson, identityText } from '../identity-lookup.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show one account.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport account show ada@example.com')
    .action((login: string, { json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories: { accounts, identities, upstreams } }) => {
        const account = await getAccount(accounts, login)
        const aliases = new Map((await upstreams.list()).map(({ uid, alias }) => [uid, alias]))
        const linked = (await identities.listOfAccount(account.id)).map(identity => ({
          identity,
          alias: aliases.get(identity.upstreamUid) ?? '',
        }))
        terminal.print(
          json === true
            ? jsonText({
                ...accountJson(account),
                identities: linked.map(({ identity, alias }) => identityJson(identity, alias)),
              })
            : accountText(
                account,
                linked.map(({ identity, alias }) => identityText(identity, alias)),
              ),
        )
      }),
    )
}
