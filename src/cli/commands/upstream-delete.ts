/** `sallyport upstream delete`: deletes upstreams, with the links that people have to them. */

import type { Command } from 'commander'
import type { AdminClient } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getUpstreams } from '../find-upstream.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The accounts of the people who signed in through it stay. The links between them and the upstream go: a new upstream of the same alias
does not bring them back. It asks when a person is there to answer; otherwise --yes is needed where there are links.
When one of several does not exist, none is deleted.

Examples:
  $ sallyport upstream delete old
  $ sallyport upstream delete old older --yes`

interface DeleteOptions extends JsonOption {
  readonly yes?: boolean
}

/** More are not counted. */
const MOST_COUNTED = 10_000

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Delete upstreams.')
    .argument('<alias...>', 'the alias of each')
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action((aliases: readonly string[], options: DeleteOptions) =>
      atDesk(command, terminal, ({ admin }) => deleteUpstreams(admin, terminal, aliases, options)),
    )
}

async function deleteUpstreams(
  admin: AdminClient,
  terminal: Terminal,
  named: readonly string[],
  { yes, json }: DeleteOptions,
): Promise<void> {
  const aliases = (await getUpstreams(admin, named)).map(({ alias }) => alias)
  const total = await countLinks(admin, aliases)
  if (total > 0 && yes !== true) await confirm(terminal, aliases, total)
  for (const alias of aliases) {
    const { warnings } = await admin.call('upstreams.delete', { path: { alias } })
    warnAll(terminal, warnings)
  }
  if (json === true) return terminal.print(jsonText({ deleted: aliases, identities: total }))
  terminal.print(`Deleted ${aliases.join(', ')}${total === 0 ? '' : `, and ${linksOf(total)}`}.`)
}

async function countLinks(admin: AdminClient, aliases: readonly string[]): Promise<number> {
  const counted = await Promise.all(aliases.map(alias => admin.call('upstreams.count_links', { path: { alias } })))
  return counted.reduce((sum, { document: { links = 0 } }) => sum + links, 0)
}

async function confirm(terminal: Terminal, aliases: readonly string[], total: number): Promise<void> {
  const what = `${aliases.join(', ')} and ${linksOf(total)}`
  if (!terminal.isInteractive) {
    throw new CommandFailure(EXIT.usage, `this deletes ${what}: say --yes when that is meant; nothing was deleted`)
  }
  const answer = await terminal.ask(`Delete ${what}? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failure, 'nothing was deleted')
}

function linksOf(count: number): string {
  if (count >= MOST_COUNTED) return `the links of ${MOST_COUNTED} people or more`
  return count === 1 ? 'the link of one person' : `the links of ${count} people`
}
