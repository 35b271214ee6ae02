/** `sallyport session end`: signs somebody out, in one browser or in all of them. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The person has to sign in again. What apps got in the session ends with it, except where they have offline access. Whoever is signed in
at an upstream stays so there. account disable keeps somebody out.

Examples:
  $ sallyport session end 019c1b2e5f0a7c31d2e4f6a8b0c2d4e6
  $ sallyport session end --account ada`

interface EndOptions extends JsonOption {
  readonly account?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('End sessions: some of them, or all of an account.')
    .argument('[id...]', 'as session list has them')
    .option('--account <account>', 'all sessions of this account: user name, e-mail address or sub')
    .addHelpText('after', HELP)
    .action((ids: readonly string[], options: EndOptions) => {
      if (ids.length > 0 === (options.account !== undefined)) {
        throw new CommandFailure(
          EXIT.usage,
          'say which sessions end: their ids, or --account with whose all of them are',
        )
      }
      return options.account === undefined
        ? endSome(command, terminal, ids, options)
        : endAll(command, terminal, options.account, options)
    })
}

async function endSome(
  command: Command,
  terminal: Terminal,
  ids: readonly string[],
  { json }: JsonOption,
): Promise<void> {
  await atDesk(command, terminal, async ({ admin }) => {
    // Before the first ends: is each of them there?
    for (const id of ids) await admin.call('sessions.read', { path: { id } })
    for (const id of ids) await admin.call('sessions.end', { path: { id } })
    terminal.print(json === true ? jsonText({ ended: ids }) : `Ended ${ids.map(printable).join(', ')}.`)
  })
}

async function endAll(command: Command, terminal: Terminal, account: string, { json }: JsonOption): Promise<void> {
  await atDesk(command, terminal, async ({ admin }) => {
    await admin.call('sessions.end_all', { body: { account } })
    terminal.print(json === true ? jsonText({ account }) : `Ended all sessions of ${printable(account)}.`)
  })
}
