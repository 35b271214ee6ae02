/** `sallyport group delete`: deletes groups, and takes their members out of them. */

import type { Command } from 'commander'
import { didYouMean } from '../../lib/nearest-name.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { CONFIRM_HELP, confirm, withYes, type YesOption } from '../confirm.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { membersOf } from '../group-members.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Members leave the group in the same moment. When one of several groups does not exist, none is deleted. About groups with members
the command asks first. ${CONFIRM_HELP}

Examples:
  $ sallyport group delete editors
  $ sallyport group delete editors staff --yes`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withYes(withJson(command), 'also when accounts are in them'))
    .description('Delete groups, and take their members out of them.')
    .argument('<name...>', 'what each is called; the case counts')
    .addHelpText('after', HELP)
    .action((names: readonly string[], options: DeleteOptions) =>
      atDesk(command, terminal, desk => deleteGroups(desk, terminal, [...new Set(names)], options)),
    )
}

type DeleteOptions = JsonOption & YesOption

async function deleteGroups(
  { admin }: Desk,
  terminal: Terminal,
  names: readonly string[],
  options: DeleteOptions,
): Promise<void> {
  const known: string[] = []
  for await (const { name } of admin.all('groups.list')) known.push(name)
  checkExist(names, known)
  const members = await countMembers(admin, names)
  const who = members === 1 ? '1 account is' : `${members} accounts are`
  if (members > 0) await confirm(terminal, options, { what: `${who} in ${names.join(', ')}.`, verb: 'delete' })
  for (const name of names) warnAll(terminal, (await admin.call('groups.delete', { path: { name } })).warnings)
  terminal.print(options.json === true ? jsonText({ deleted: names, members }) : `Deleted ${names.join(', ')}.`)
}

function checkExist(names: readonly string[], known: readonly string[]): void {
  const missing = names.find(name => !known.includes(name))
  if (missing === undefined) return
  throw new CommandFailure(
    EXIT.notFound,
    `there is no group ${missing}${didYouMean(missing, known)}; sallyport group list shows all`,
  )
}

/** Somebody who is in two of them counts once. */
async function countMembers(admin: Desk['admin'], names: readonly string[]): Promise<number> {
  const members = new Set<string>()
  for (const name of names) {
    for await (const { sub } of membersOf(admin, name)) members.add(sub)
  }
  return members.size
}
