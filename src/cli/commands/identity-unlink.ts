/** `sallyport identity unlink`: an upstream signs nobody in to this account any more. */

import type { Command } from 'commander'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getPair } from '../identity-lookup.ts'
import { unlinkAtTerminal } from '../link-identity.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Sessions that came of it end, and tokens of the upstream that were kept are deleted. identity undo links it again.

Examples:
  $ sallyport identity unlink ada corp
  $ sallyport identity unlink ada corp --yes    # also when nobody can sign in to the account then`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Take the identity of an upstream off an account.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .option('--yes', 'also when it is the last way to sign in to the account')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((login: string, alias: string, { json, yes }: JsonOption & { yes?: boolean }) =>
      inHouse(command, terminal, async house => {
        const pair = await getPair(house.repositories, login, alias)
        const { account, identity } = pair
        if (identity === undefined)
          throw new CommandFailure(EXIT.notFound, `${account.username} is not linked at ${alias}`)
        await unlinkAtTerminal(house, pair, identity, yes === true)
        const { subject } = identity
        terminal.print(
          json === true
            ? jsonText({ account: account.username, upstream: alias, subject, outcome: 'unlinked' })
            : `${account.username} is no longer linked at ${alias} (it was ${printable(subject)}).`,
        )
      }),
    )
}
