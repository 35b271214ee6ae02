/** `sallyport account set-password`: a new password, which ends every session and token from before it. */

import type { Command } from 'commander'
import { withPassword } from '../../core/accounts/change-account.ts'
import type { House } from '../../house.ts'
import { getAccount } from '../account-lookup.ts'
import { changeAccount } from '../change-account.ts'
import { secretPorts } from '../house-ports.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, withJson } from '../output.ts'
import { type PasswordOptions, passwordIsMissing, readPassword } from '../read-password.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Everybody who is signed in to the account has to sign in again. The password comes from standard input (--password-stdin), from
SALLYPORT_ACCOUNT_PASSWORD or the file that SALLYPORT_ACCOUNT_PASSWORD_FILE names, or is asked for twice.

Examples:
  $ sallyport account set-password ada
  $ sallyport account set-password ada --password-stdin < password.txt`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Give an account a new password.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--password-stdin', 'read the password from standard input')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((login: string, options: JsonOption & PasswordOptions) =>
      inHouse(command, terminal, (house, { passwords }) =>
        setPassword(house, terminal, login, passwords.minLength, options),
      ),
    )
}

async function setPassword(
  house: House,
  terminal: Terminal,
  login: string,
  minLength: number,
  options: JsonOption & PasswordOptions,
): Promise<void> {
  // Nobody types a password twice to learn that the name was wrong.
  await getAccount(house.repositories.accounts, login)
  const password = await readPassword(terminal, options, minLength)
  if (password === undefined) throw passwordIsMissing()
  const hash = await secretPorts(house).hasher.hash(password)
  const change = {
    change: (account: Parameters<typeof withPassword>[0], now: Date) => withPassword(account, hash, now),
    event: 'account.password-set',
    done: 'has a new password; its sessions have ended',
  } as const
  await changeAccount(house, terminal, login, change, options)
}
