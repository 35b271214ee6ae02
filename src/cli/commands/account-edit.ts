/** `sallyport account edit`: changes what is said about an account; what is not named stays. */

import { type Command, Option } from 'commander'
import type { AdminClient, InputOf } from '../../admin-client/admin-client.ts'
import { ROLES } from '../../core/accounts/account.ts'
import { readAttributes } from '../account-options.ts'
import { accountJson, accountText } from '../account-view.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { appended } from '../document-options.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
An empty value takes away: --email "", --attribute locale=. A new e-mail address counts as verified unless --email-unverified is given.
A role that is taken away or lowered ends the sessions of the account; the last administrator stays one.
Whoever gains one loses the sessions from before, and what operators put in: a password, links to upstreams. For passwords there is
account set-password.

Examples:
  $ sallyport account edit ada --email ada@example.com --add-group staff
  $ sallyport account edit ada --rename countess
  $ sallyport account edit ada --attribute department=sales --attribute address.country=DE
  $ sallyport account edit ada --role operator
  $ sallyport account edit ada --no-role`

interface Options extends JsonOption {
  readonly rename?: string
  readonly email?: string
  readonly emailVerified?: boolean
  readonly emailUnverified?: boolean
  readonly name?: string
  /** False: `--no-role`. */
  readonly role?: (typeof ROLES)[number] | false
  readonly addGroup?: readonly string[]
  readonly removeGroup?: readonly string[]
  readonly attribute?: readonly string[]
}

type Patch = InputOf<'accounts.patch'>['body']

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Change an account.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--rename <name>', 'a new user name')
    .option('--email <address>', 'the e-mail address')
    .option('--email-verified', 'the e-mail address was verified')
    .option('--email-unverified', 'the e-mail address was not verified')
    .option('--name <name>', 'the full name')
    .addOption(new Option('--role <role>', 'what they may do with this server').choices(ROLES))
    .option('--no-role', 'nothing, from now on')
    .addOption(new Option('--add-group <group>', 'a group to be in; repeat for more').argParser(appended))
    .addOption(new Option('--remove-group <group>', 'a group to leave; repeat for more').argParser(appended))
    .addOption(new Option('--attribute <key=value>', 'an attribute; repeat for more').argParser(appended))
    .addHelpText('after', HELP)
    .action((login: string, options: Options) => {
      const patch = patchOf(options, command)
      const { addGroup = [], removeGroup = [] } = options
      if (Object.keys(patch).length + addGroup.length + removeGroup.length === 0)
        throw new CommandFailure(EXIT.usage, 'say what to change: sallyport account edit --help')
      return atDesk(command, terminal, ({ admin }) => edit(admin, terminal, login, patch, options), {
        headline: 'the account was not changed',
      })
    })
}

function patchOf(options: Options, command: Command): NonNullable<Patch> {
  const { rename, email, emailVerified, emailUnverified, name, role } = options
  if (emailVerified === true && emailUnverified === true)
    throw new CommandFailure(EXIT.usage, '--email-verified and --email-unverified exclude each other')
  const { attributes, mistakes } = readAttributes(options.attribute ?? [])
  if (mistakes.length > 0) failWithMistakes('the account was not changed', mistakes)
  const isVerified = emailVerified === true || (email !== undefined && email !== '')
  return {
    ...(rename === undefined ? {} : { username: rename }),
    ...(email === undefined ? {} : { email: email === '' ? null : email }),
    ...(emailUnverified === true ? { email_verified: false } : isVerified ? { email_verified: true } : {}),
    ...(name === undefined ? {} : { name: name === '' ? null : name }),
    ...(command.getOptionValueSource('role') === 'cli' && role !== undefined
      ? { role: role === false ? null : role }
      : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  }
}

async function edit(
  admin: AdminClient,
  terminal: Terminal,
  login: string,
  patch: NonNullable<Patch>,
  { addGroup = [], removeGroup = [], json }: Options,
): Promise<void> {
  const { document: before, version } = await admin.call('accounts.read', { path: { username: login } })
  const { groups = [], sub = login } = before
  const next = [...groups.filter(group => !removeGroup.includes(group)), ...addGroup]
  const { document, warnings } = await admin.call('accounts.patch', {
    path: { username: sub },
    body: { ...patch, ...(addGroup.length + removeGroup.length === 0 ? {} : { groups: next }) },
    // Groups are counted from those that were read.
    ...(version === undefined ? {} : { ifMatch: version }),
  })
  warnAll(terminal, warnings)
  if (json === true) return terminal.print(jsonText(accountJson(document)))
  terminal.print(`Changed the account ${printable(document.username ?? '')}.\n`)
  terminal.print(accountText(document))
}
