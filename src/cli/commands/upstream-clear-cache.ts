/** `sallyport upstream clear-cache`: forgets the keys of an upstream, on all nodes. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { getUpstreams } from '../find-upstream.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

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
  withPlace(withJson(command))
    .description('Forget the keys of an upstream, so that they are read again.')
    .argument('[alias...]', 'the alias of each')
    .option('--all', 'every upstream there is')
    .addHelpText('after', HELP)
    .action((aliases: readonly string[], { all, json }: ClearOptions) => {
      if (aliases.length > 0 === (all === true)) {
        throw new CommandFailure(EXIT.usage, 'name the upstreams whose keys are to be forgotten, or say --all')
      }
      return atDesk(command, terminal, async ({ admin }) => {
        const found =
          all === true ? await Array.fromAsync(admin.all('upstreams.list')) : await getUpstreams(admin, aliases)
        const names = found.map(({ alias }) => alias)
        for (const alias of names) await admin.call('upstreams.clear_cache', { path: { alias } })
        if (json === true) return terminal.print(jsonText({ cleared: names }))
        terminal.print(
          names.length === 0 ? 'There are no upstreams.' : `The keys of ${names.join(', ')} are read again.`,
        )
      })
    })
}
