/** `sallyport profile show`: the rules of one profile. */

import type { Command } from 'commander'
import type { AdminClient } from '../../admin-client/admin-client.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { formatTable, type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A client is held to a profile with: sallyport client edit CLIENT_ID --set profile=NAME

Examples:
  $ sallyport profile show fapi2
  $ sallyport profile show oauth2.1 --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show the rules of a profile.')
    .argument('<name>', 'default, oauth2.1, fapi1-advanced or fapi2')
    .addHelpText('after', HELP)
    .action((name: string, options: JsonOption) =>
      atDesk(command, terminal, ({ admin }) => show(admin, terminal, name, options), { database: 'none' }),
    )
}

async function show(admin: AdminClient, terminal: Terminal, name: string, { json }: JsonOption): Promise<void> {
  const { items } = (await admin.call('profiles.list', { query: { limit: 200 } })).document
  const profile = items.find(known => known.name === name)
  if (profile === undefined) {
    throw unknownProfile(
      name,
      items.map(known => known.name),
    )
  }
  const { title, about, rules } = profile
  if (json === true) return terminal.print(jsonText({ name: profile.name, title, about, rules }))
  terminal.print(`${printable(title)}: ${printable(about)}`)
  if (rules.length === 0) return
  const rows = rules.map(rule => [rule.name, rule.sentence, rule.section])
  terminal.print(`\n${formatTable(['rule', 'what it says', 'section'], rows)}`)
}

function unknownProfile(name: string, names: readonly string[]): CommandFailure {
  return new CommandFailure(
    EXIT.notFound,
    `there is no profile ${name}${didYouMean(name, names)}; there are ${names.join(', ')}`,
  )
}
