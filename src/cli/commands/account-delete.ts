/** `sallyport account delete`: deletes accounts, with their consents, sessions and tokens. */

import type { Command } from 'commander'
import type { AdminClient } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Consents, sessions and tokens go with the account; its sub is never given to anybody else. When one of several does not exist, none is
deleted. The last administrator stays. To lock somebody out for a while, use account disable.

Example:
  $ sallyport account delete ada`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Delete accounts.')
    .argument('<name...>', 'the user name or e-mail address of each')
    .addHelpText('after', HELP)
    .action((logins: readonly string[], options: JsonOption) =>
      atDesk(command, terminal, ({ admin }) => deleteAccounts(admin, terminal, logins, options)),
    )
}

async function deleteAccounts(
  admin: AdminClient,
  terminal: Terminal,
  logins: readonly string[],
  { json }: JsonOption,
): Promise<void> {
  const names = new Set<string>()
  for (const login of logins) {
    const { document } = await admin.call('accounts.read', { path: { username: login } })
    names.add(document.username ?? login)
  }
  const deleted: string[] = []
  try {
    for (const username of names) {
      await admin.call('accounts.delete', { path: { username } })
      deleted.push(username)
    }
  } catch (error) {
    if (deleted.length > 0) terminal.warn(`Deleted ${printable(deleted.join(', '))} before this:`)
    throw error
  }
  terminal.print(json === true ? jsonText({ deleted }) : `Deleted ${printable(deleted.join(', '))}.`)
}
