/** `sallyport account create`: adds an account, or replaces what one says. */

import type { Command } from 'commander'
import { type Account, loginKey } from '../../core/accounts/account.ts'
import { type AccountSettings, createAccount, replacingAccount } from '../../core/accounts/account-settings.ts'
import { withPassword } from '../../core/accounts/change-account.ts'
import { makeGroups } from '../../core/groups/make-groups.ts'
import type { House } from '../../house.ts'
import { findByUsername } from '../account-lookup.ts'
import { ACCOUNT_OPTIONS, readAccountOptions } from '../account-options.ts'
import { accountJson, accountText } from '../account-view.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { secretPorts } from '../house-ports.ts'
import { inNewHouse } from '../open-house.ts'
import { addOptions, type ReadOptions } from '../option-table.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { passwordIsMissing, readPassword } from '../read-password.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The password comes from standard input (--password-stdin), from SALLYPORT_ACCOUNT_PASSWORD or the file that
SALLYPORT_ACCOUNT_PASSWORD_FILE names, or is asked for twice when a person is there to answer.

Attributes are the standard claims of OpenID Connect: given_name, family_name, nickname, picture, birthdate, zoneinfo, locale,
phone_number, … The address is an object: address.locality=Berlin, or address={"locality":"Berlin","country":"DE"}.
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

export function define(command: Command, terminal: Terminal): void {
  command.description('Add an account.').argument('[name]', 'the user name')
  addOptions(command, ACCOUNT_OPTIONS, true)
  withJson(command)
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-password', 'an account that cannot sign in by password')
    .option('--email-unverified', 'the e-mail address was not verified')
    .option('--if-not-exists', 'keep an account with this name as it is, and succeed')
    .option('--replace', 'replace what an account with this name says; its password stays unless one is given')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((name: string | undefined, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const username = name ?? (terminal.env.SALLYPORT_ACCOUNT_NAME || undefined)
      if (username === undefined) throw new CommandFailure(EXIT.usage, 'NAME is missing: sallyport account create NAME')
      const unverified = options.emailUnverified === true ? { emailVerified: false } : {}
      const { values, misread } = readAccountOptions(command, terminal.env)
      const settings = { values: { username, ...unverified, ...values }, misread }
      return inNewHouse(command, terminal, (house, { passwords }) =>
        create(house, terminal, settings, passwords.minLength, options),
      )
    })
}

async function create(
  house: House,
  terminal: Terminal,
  { values: settings, misread }: ReadOptions<AccountSettings>,
  minLength: number,
  options: CreateOptions,
): Promise<void> {
  const ports = secretPorts(house)
  const result = createAccount(settings, ports)
  if ('mistakes' in result || misread.length > 0) {
    return failWithMistakes('the account was not created', [...misread, ...mistakesOf(result)])
  }
  const existing = await findByUsername(house.repositories.accounts, settings.username)
  if (existing !== undefined && options.ifNotExists === true) return report(terminal, options, existing, 'kept')
  const replaces = existing !== undefined && options.replace === true
  await checkNotTaken(house, result.account, replaces ? existing : undefined)
  const password = options.password ? await readPassword(terminal, options, minLength) : undefined
  if (password === undefined && options.password && existing === undefined) throw passwordIsMissing()
  for (const warning of result.warnings) terminal.warn(`warning: ${warning}`)
  const wanted =
    password === undefined ? result.account : withPassword(result.account, await ports.hasher.hash(password), ports.now)
  const account = replaces ? replacingAccount(existing, wanted) : wanted
  const { accounts, groups } = house.repositories
  // Whoever is in a group is in one that exists.
  const made = await makeGroups(account.groups, groups, ports.now)
  const write = replaces ? accounts.replace(account, existing) : accounts.insert(account)
  const outcome = replaces ? 'replaced' : 'created'
  const detail = { username: account.username, role: account.role ?? null, groups: account.groups }
  const event = { type: `account.${outcome}`, accountId: account.id, detail } as const
  await commitChange(
    house,
    [...made.writes, write],
    [...made.events, event],
    `the account ${account.username} was changed by somebody else at the same time`,
  )
  report(terminal, options, account, outcome)
}

async function checkNotTaken({ repositories }: House, account: Account, replaced: Account | undefined): Promise<void> {
  const others = (await repositories.accounts.list()).filter(({ id }) => id !== replaced?.id)
  const named = (login: string) => others.find(({ username }) => loginKey(username) === loginKey(login))
  const addressed = (login: string) =>
    others.find(({ email }) => email !== undefined && loginKey(email) === loginKey(login))
  const byName = named(account.username)
  if (byName !== undefined) {
    throw new CommandFailure(
      EXIT.conflict,
      `an account named ${byName.username} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
    )
  }
  // Both sign in, so nobody may have as a user name what is somebody else's e-mail address.
  for (const login of account.email === undefined ? [account.username] : [account.username, account.email]) {
    const byEmail = addressed(login)
    if (byEmail !== undefined)
      throw taken(`the account ${byEmail.username} has the e-mail address ${byEmail.email} already`)
    const other = named(login)
    if (other !== undefined) throw taken(`the e-mail address ${login} is the user name of another account`)
  }
}

function taken(what: string): CommandFailure {
  return new CommandFailure(EXIT.conflict, `${what}; nothing was changed`)
}

function report(terminal: Terminal, { json }: JsonOption, account: Account, outcome: string): void {
  if (json === true) {
    const { username, ...rest } = accountJson(account)
    terminal.print(jsonText({ username, outcome, ...rest }))
    return
  }
  terminal.print(`The account ${account.username} was ${outcome}${outcome === 'kept' ? ' as it is' : ''}.\n`)
  terminal.print(accountText(account))
}
