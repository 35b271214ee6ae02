/** `sallyport account set-password`: a new password, which ends every session and token from before it. */

import type { Command } from 'commander'
import { accountJson } from '../account-view.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import { type PasswordOptions, passwordIsMissing, readPassword } from '../read-password.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Everybody who is signed in to the account has to sign in again. The password comes from standard input (--password-stdin), from
SALLYPORT_ACCOUNT_PASSWORD or the file that SALLYPORT_ACCOUNT_PASSWORD_FILE names, or is asked for twice.

Examples:
  $ sallyport account set-password ada
  $ sallyport account set-password ada --password-stdin < password.txt`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Give an account a new password.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', HELP)
    .action((login: string, options: JsonOption & PasswordOptions) =>
      atDesk(command, terminal, async ({ admin }) => {
        // Nobody types a password twice to learn that the name was wrong.
        const path = { username: login }
        await admin.call('accounts.read', { path })
        const password = await readPassword(terminal, options)
        if (password === undefined) throw passwordIsMissing()
        const { document } = await admin.call('accounts.set_password', { path, body: { password } })
        const name = printable(document.username ?? login)
        terminal.print(
          options.json === true
            ? jsonText(accountJson(document))
            : `The account ${name} has a new password; its sessions have ended.`,
        )
      }),
    )
}
