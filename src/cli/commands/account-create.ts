/** `sallyport account create`: adds an account, or replaces what one says. */

import type { Command } from 'commander'
import type { AdminClient } from '../../admin-client/admin-client.ts'
import { ACCOUNT_OPTIONS, checkGiven, type GivenSettings, readAccountOptions } from '../account-options.ts'
import { type AccountDocument, accountJson, accountText } from '../account-view.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { findByUsername } from '../find-account.ts'
import { addOptions } from '../option-table.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { passwordIsMissing, readPassword } from '../read-password.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The password comes from standard input (--password-stdin), from SALLYPORT_ACCOUNT_PASSWORD or the file that
SALLYPORT_ACCOUNT_PASSWORD_FILE names, or is asked for twice when a person is there to answer.

Attributes are the standard claims of OpenID Connect: given_name, family_name, nickname, picture, birthdate, zoneinfo, locale,
phone_number, … The address is an object: address.locality=Berlin, or address={"locality":"Berlin","country":"DE"}.
Besides them there are those that this house defines: sallyport attribute list.
The e-mail address counts as verified unless --email-unverified is given.

Every value also comes from its variable in [brackets]; NAME: SALLYPORT_ACCOUNT_NAME.
A group that does not exist is made. Several groups in one variable are separated by commas, several attributes by line breaks.
A user name or e-mail address that exists ends the command with exit code 3 and changes nothing.

Examples:
  $ sallyport account create ada --email ada@example.com --name "Ada Lovelace" --group users
  $ echo "$PASSWORD" | sallyport account create root --role administrator --password-stdin --json
  $ sallyport account create bot --no-password --attribute locale=de --attribute address.country=DE`

interface CreateOptions extends JsonOption {
  readonly passwordStdin?: boolean
  /** False: `--no-password`. */
  readonly password: boolean
  readonly emailUnverified?: boolean
  readonly ifNotExists?: boolean
  readonly replace?: boolean
}

const HEADLINE = 'the account was not created'

interface Wanted extends GivenSettings {
  readonly username: string
  readonly email_verified?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  command.description('Add an account.').argument('[name]', 'the user name')
  addOptions(command, ACCOUNT_OPTIONS, true)
  withPlace(withJson(command))
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-password', 'an account that cannot sign in by password')
    .option('--email-unverified', 'the e-mail address was not verified')
    .option('--if-not-exists', 'keep an account with this name as it is, and succeed')
    .option('--replace', 'replace what an account with this name says; its password stays unless one is given')
    .addHelpText('after', HELP)
    .action((name: string | undefined, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const username = name ?? (terminal.env.SALLYPORT_ACCOUNT_NAME || undefined)
      if (username === undefined) throw new CommandFailure(EXIT.usage, 'NAME is missing: sallyport account create NAME')
      const unverified = options.emailUnverified === true ? { email_verified: false } : {}
      const { values, misread } = readAccountOptions(command, terminal.env)
      const wanted: Wanted = { username, ...unverified, ...values }
      const mistakes = [...misread, ...checkGiven(wanted)]
      if (mistakes.length > 0) return failWithMistakes(HEADLINE, mistakes)
      const act = ({ admin }: { readonly admin: AdminClient }) => create(admin, terminal, wanted, options)
      return atDesk(command, terminal, act, { database: 'made', headline: HEADLINE })
    })
}

async function create(admin: AdminClient, terminal: Terminal, wanted: Wanted, options: CreateOptions): Promise<void> {
  const existing = await findByUsername(admin, wanted.username)
  if (existing !== undefined && options.ifNotExists === true) return report(terminal, options, existing, 'kept')
  if (existing !== undefined && options.replace !== true) {
    throw new CommandFailure(
      EXIT.conflict,
      `an account named ${printable(existing.username ?? '')} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
    )
  }
  const password = options.password ? await readPassword(terminal, options) : undefined
  if (password === undefined && options.password && existing === undefined) throw passwordIsMissing()
  const body = { ...wanted, ...(password === undefined ? {} : { password }) }
  const { document, warnings } =
    existing === undefined
      ? await admin.call('accounts.create', { body })
      : await admin.call('accounts.replace', {
          path: { username: wanted.username },
          // Locked stays locked: that is no part of what is replaced.
          body: { ...body, disabled: existing.disabled === true },
          ifMatch: '*',
        })
  warnAll(terminal, warnings)
  report(terminal, options, document, existing === undefined ? 'created' : 'replaced')
}

function report(terminal: Terminal, { json }: JsonOption, account: AccountDocument, outcome: string): void {
  if (json === true) {
    const { username, ...rest } = accountJson(account)
    terminal.print(jsonText({ username, outcome, ...rest }))
    return
  }
  const name = printable(account.username ?? '')
  terminal.print(`The account ${name} was ${outcome}${outcome === 'kept' ? ' as it is' : ''}.\n`)
  terminal.print(accountText(account))
}
