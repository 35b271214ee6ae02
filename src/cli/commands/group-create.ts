/** `sallyport group create`: makes groups that accounts may be in and mappings of upstreams may give. */

import type { Command } from 'commander'
import { checkGroup } from '../../core/accounts/account-settings.ts'
import { makeGroups } from '../../core/groups/make-groups.ts'
import type { House } from '../../house.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inNewHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The mappings of upstreams only give groups that exist: what an upstream says makes none. account create --group makes its own.
A group that exists ends the command with exit code 3 and changes nothing.

Examples:
  $ sallyport group create staff editors
  $ sallyport group create staff --if-not-exists --json`

interface CreateOptions extends JsonOption {
  readonly ifNotExists?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Make groups.')
    .argument('<name...>', 'what each is called; the case counts')
    .option('--if-not-exists', 'keep groups that exist, and succeed')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((names: readonly string[], options: CreateOptions) => {
      const mistakes = names.flatMap(checkGroup)
      if (mistakes.length > 0) failWithMistakes('no group was created', mistakes)
      return inNewHouse(command, terminal, house => create(house, terminal, [...new Set(names)], options))
    })
}

async function create(
  house: House,
  terminal: Terminal,
  names: readonly string[],
  { json, ifNotExists }: CreateOptions,
): Promise<void> {
  const { writes, events } = await makeGroups(names, house.repositories.groups, house.clock.now())
  const created = events.map(({ detail }) => detail.group)
  const kept = names.filter(name => !created.includes(name))
  if (kept.length > 0 && ifNotExists !== true) {
    const which = kept.length === 1 ? `the group ${kept[0]} exists` : `the groups ${kept.join(', ')} exist`
    throw new CommandFailure(EXIT.conflict, `${which} already; nothing was changed (--if-not-exists succeeds)`)
  }
  await commitChange(house, writes, events, 'the groups were changed by somebody else at the same time')
  if (json === true) return terminal.print(jsonText({ created, kept }))
  if (created.length > 0) terminal.print(`Created ${created.join(', ')}.`)
  if (kept.length > 0) terminal.print(`Kept ${kept.join(', ')}.`)
}
