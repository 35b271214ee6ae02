/** `sallyport group create`: makes groups that accounts may be in and mappings of upstreams may give. */

import type { Command } from 'commander'
import { AdminProblem } from '../../admin-client/admin-client.ts'
import { checkGroup } from '../../core/accounts/account-settings.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The mappings of upstreams only give groups that exist: what an upstream says makes none. account create --group makes its own.
A group that exists ends the command with exit code 3 and changes nothing.

Examples:
  $ sallyport group create staff editors
  $ sallyport group create staff --description "Everybody who works here"
  $ sallyport group create staff --if-not-exists --json`

interface CreateOptions extends JsonOption {
  readonly ifNotExists?: boolean
  readonly description?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Make groups.')
    .argument('<name...>', 'what each is called; the case counts')
    .option('--description <text>', 'for people who give it')
    .option('--if-not-exists', 'keep groups that exist, and succeed')
    .addHelpText('after', HELP)
    .action((names: readonly string[], options: CreateOptions) => {
      const mistakes = names.flatMap(checkGroup)
      if (mistakes.length > 0) failWithMistakes('no group was created', mistakes)
      const visit = { database: 'made', headline: 'the group was not created' } as const
      return atDesk(command, terminal, desk => create(desk, terminal, [...new Set(names)], options), visit)
    })
}

async function create(
  { admin }: Desk,
  terminal: Terminal,
  names: readonly string[],
  { json, ifNotExists, description }: CreateOptions,
): Promise<void> {
  const kept = await existing(admin, names)
  if (kept.length > 0 && ifNotExists !== true) {
    const which = kept.length === 1 ? `the group ${kept[0]} exists` : `the groups ${kept.join(', ')} exist`
    throw new CommandFailure(EXIT.conflict, `${which} already; nothing was changed (--if-not-exists succeeds)`)
  }
  const created = names.filter(name => !kept.includes(name))
  for (const name of created) {
    const body = { name, ...(description === undefined ? {} : { description }) }
    warnAll(terminal, (await admin.call('groups.create', { body })).warnings)
  }
  if (json === true) return terminal.print(jsonText({ created, kept }))
  if (created.length > 0) terminal.print(`Created ${created.join(', ')}.`)
  if (kept.length > 0) terminal.print(`Kept ${kept.join(', ')}.`)
}

async function existing(admin: Desk['admin'], names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of names) {
    try {
      await admin.call('groups.read', { path: { name } })
      found.push(name)
    } catch (error) {
      if (!(error instanceof AdminProblem) || error.kind !== 'not-found') throw error
    }
  }
  return found
}
