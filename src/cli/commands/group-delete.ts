/** `sallyport group delete`: deletes groups, and takes their members out of them. */

import type { Command } from 'commander'
import type { Account } from '../../core/accounts/account.ts'
import { withoutGroups } from '../../core/groups/without-group.ts'
import { groupsIn } from '../../core/upstreams/mapping/groups-in.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { House } from '../../house.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Groups with members are deleted with --yes, or when you say so; their members leave them in the same moment. When one of several
does not exist, none is deleted.

Examples:
  $ sallyport group delete editors
  $ sallyport group delete editors staff --yes`

interface DeleteOptions extends JsonOption {
  readonly yes?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Delete groups, and take their members out of them.')
    .argument('<name...>', 'what each is called; the case counts')
    .option('--yes', 'also when accounts are in them')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((names: readonly string[], options: DeleteOptions) =>
      inHouse(command, terminal, house => deleteGroups(house, terminal, [...new Set(names)], options)),
    )
}

async function deleteGroups(
  house: House,
  terminal: Terminal,
  names: readonly string[],
  { json, yes }: DeleteOptions,
): Promise<void> {
  const { accounts, groups, upstreams } = house.repositories
  checkExist(
    names,
    (await groups.list()).map(({ name }) => name),
  )
  const members = (await accounts.list()).filter(account => account.groups.some(group => names.includes(group)))
  if (members.length > 0 && yes !== true) await confirm(terminal, names, members)
  const now = house.clock.now()
  const writes = [
    ...names.map(name => groups.delete(name)),
    ...members.map(account => accounts.replace(withoutGroups(account, names, now), account)),
  ]
  const events = names.map(group => ({
    type: 'group.deleted' as const,
    detail: { group, members: countOf(members, group) },
  }))
  const left = members.map(({ id, username, groups: before }) => ({
    type: 'account.changed' as const,
    accountId: id,
    detail: { username, left_groups: before.filter(group => names.includes(group)) },
  }))
  const lost = 'somebody else changed one of these groups or its members at the same time; nothing was deleted'
  await commitChange(house, writes, [...events, ...left], lost)
  terminal.print(json === true ? jsonText({ deleted: names, members: members.length }) : `Deleted ${names.join(', ')}.`)
  for (const alias of (await upstreams.list())
    .filter(upstream => mentions(upstream, names))
    .map(({ alias }) => alias)) {
    terminal.warn(`warning: a mapping of the upstream ${alias} gives such a group; it gives nothing now`)
  }
}

function checkExist(names: readonly string[], known: readonly string[]): void {
  const missing = names.find(name => !known.includes(name))
  if (missing === undefined) return
  throw new CommandFailure(
    EXIT.notFound,
    `there is no group ${missing}${didYouMean(missing, known)}; sallyport group list shows all`,
  )
}

async function confirm(terminal: Terminal, names: readonly string[], members: readonly Account[]): Promise<void> {
  const who = members.length === 1 ? '1 account is' : `${members.length} accounts are`
  if (!terminal.isInteractive) {
    throw new CommandFailure(
      EXIT.conflict,
      `${who} in ${names.join(', ')}; nothing was deleted (--yes deletes all the same)`,
    )
  }
  const answer = await terminal.ask(`${who} in ${names.join(', ')}. Delete? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failure, 'nothing was deleted')
}

function countOf(members: readonly Account[], group: string): number {
  return members.filter(({ groups }) => groups.includes(group)).length
}

function mentions({ mappings }: Upstream, names: readonly string[]): boolean {
  return mappings.flatMap(groupsIn).some(group => names.includes(group))
}
