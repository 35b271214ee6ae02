/** `sallyport upstream clear-cache`: forgets the keys of an upstream, on all nodes. */

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
Keys are read again by themselves when a token names one that is not known. This is for the other way round: a key that must not count
any more.

Examples:
  $ sallyport upstream clear-cache work
  $ sallyport upstream clear-cache --all`

interface ClearOptions extends JsonOption {
  readonly all?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Forget the keys of an upstream, so that they are read again.')
    .argument('[alias...]', 'the alias of each')
    .option('--all', 'every upstream there is')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((aliases: readonly string[], { all, json }: ClearOptions) => {
      if (aliases.length > 0 === (all === true)) {
        throw new CommandFailure(EXIT.usage, 'name the upstreams whose keys are to be forgotten, or say --all')
      }
      return inHouse(command, terminal, async house => {
        const found = await upstreamsNamed(house, all === true ? 'all' : aliases)
        if (found.length > 0) await clear(house, found)
        const names = found.map(({ alias }) => alias)
        if (json === true) return terminal.print(jsonText({ cleared: names }))
        terminal.print(
          names.length === 0 ? 'There are no upstreams.' : `The keys of ${names.join(', ')} are read again.`,
        )
      })
    })
}

async function upstreamsNamed({ repositories }: House, which: readonly string[] | 'all'): Promise<readonly Upstream[]> {
  if (which === 'all') return repositories.upstreams.list()
  return Promise.all([...new Set(which)].map(alias => getUpstream(repositories, alias)))
}

async function clear(house: House, found: readonly Upstream[]): Promise<void> {
  const keysClearedAt = house.clock.now()
  const writes = found.map(upstream => house.repositories.upstreams.replace({ ...upstream, keysClearedAt }, upstream))
  const events = found.map(({ alias }) => ({ type: 'upstream.cache-cleared' as const, detail: { alias } }))
  await commitChange(house, writes, events, 'somebody else changed one of them at the same time; nothing was changed')
}
