/** `sallyport account delete`: deletes accounts, with their consents, sessions and tokens. */

import type { Command } from 'commander'
import type { House } from '../../house.ts'
import { getAccount } from '../account-lookup.ts'
import { commitChange } from '../commit-change.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Consents, sessions and tokens go with the account; its sub is never given to anybody else. When one of several does not exist, none is
deleted. To lock somebody out for a while, use account disable.

Example:
  $ sallyport account delete ada`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Delete accounts.')
    .argument('<name...>', 'the user name or e-mail address of each')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((logins: readonly string[], options: JsonOption) =>
      inHouse(command, terminal, house => deleteAccounts(house, terminal, logins, options)),
    )
}

async function deleteAccounts(
  house: House,
  terminal: Terminal,
  logins: readonly string[],
  { json }: JsonOption,
): Promise<void> {
  const { accounts } = house.repositories
  const found = await Promise.all(logins.map(login => getAccount(accounts, login)))
  const distinct = [...new Map(found.map(account => [account.id, account])).values()]
  const events = distinct.map(({ id, username }) => ({
    type: 'account.deleted' as const,
    accountId: id,
    detail: { username },
  }))
  const writes = distinct.map(({ id }) => accounts.delete(id))
  const lost = 'somebody else deleted one of these accounts at the same time; nothing was deleted'
  await commitChange(house, writes, events, lost)
  const names = distinct.map(({ username }) => username)
  terminal.print(json === true ? jsonText({ deleted: names }) : `Deleted ${names.join(', ')}.`)
  if (distinct.some(({ role }) => role === 'administrator') && !(await accounts.hasAdministrator())) {
    terminal.warn('warning: that was the last administrator; sallyport setup-link makes another')
  }
}
