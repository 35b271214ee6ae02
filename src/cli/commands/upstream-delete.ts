/** `sallyport upstream delete`: deletes upstreams, with the links that people have to them. */

import type { Command } from 'commander'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { House } from '../../house.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'
import { getUpstream } from '../upstream-lookup.ts'

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
  withJson(command)
    .description('Delete upstreams.')
    .argument('<alias...>', 'the alias of each')
    .option('--yes', 'do not ask')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((aliases: readonly string[], options: DeleteOptions) =>
      inHouse(command, terminal, async (house, { broker }) => {
        await deleteUpstreams(house, terminal, [...new Set(aliases)], options)
        warnOfDefault(terminal, aliases, broker.default)
      }),
    )
}

async function deleteUpstreams(
  house: House,
  terminal: Terminal,
  aliases: readonly string[],
  { yes, json }: DeleteOptions,
): Promise<void> {
  const { upstreams } = house.repositories
  const found = await Promise.all(aliases.map(alias => getUpstream(house.repositories, alias)))
  const counted = await Promise.all(found.map(upstream => countIdentities(house, upstream)))
  const total = counted.reduce((sum, { count }) => sum + count, 0)
  if (total > 0 && yes !== true) await confirm(terminal, aliases, total)
  const events = counted.map(({ upstream: { alias }, count }) => ({
    type: 'upstream.deleted' as const,
    detail: { alias, identities: count },
  }))
  const lost = 'somebody else deleted one of these upstreams at the same time; nothing was deleted'
  await commitChange(
    house,
    found.map(({ uid }) => upstreams.delete(uid)),
    events,
    lost,
  )
  if (json === true) return terminal.print(jsonText({ deleted: aliases, identities: total }))
  terminal.print(`Deleted ${aliases.join(', ')}${total === 0 ? '' : `, and ${linksOf(total)}`}.`)
}

/** The settings are another place, so nothing is refused for them. */
function warnOfDefault(terminal: Terminal, aliases: readonly string[], standard: string | undefined): void {
  if (standard !== undefined && aliases.includes(standard))
    terminal.warn(`warning: broker.default in the settings still names ${standard}.`)
}

async function countIdentities({ repositories }: House, upstream: Upstream) {
  return { upstream, count: (await repositories.identities.listOfUpstream(upstream.uid, MOST_COUNTED)).length }
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
