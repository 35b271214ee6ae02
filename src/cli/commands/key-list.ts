/** `sallyport key list`: the keys that tokens are signed with, and those that apps encrypt to. */

import type { Command } from 'commander'
import { day } from '../client-view.ts'
import { keyJson, keyState, listable } from '../key-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A key in use signs, or is encrypted to. A published one was replaced and still verifies. A withdrawn one is no longer in the key set;
an ID token that it signed is still good as an id_token_hint.

Examples:
  $ sallyport key list
  $ sallyport key list --json | jq -r '.[] | select(.state == "in use") | .kid'`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all keys, oldest first.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories, clock }) => {
        const now = clock.now()
        const keys = listable(await repositories.keys.list())
        if (json === true) return terminal.print(jsonText(keys.map(key => keyJson(key, now))))
        if (keys.length === 0) return terminal.warn('There are no keys yet: the server makes them when it first starts')
        const rows = keys.map(key => [
          key.alg,
          key.kid,
          keyState(key, now),
          day(key.createdAt),
          key.unpublishAt === undefined ? '' : day(key.unpublishAt),
        ])
        terminal.print(formatTable(['alg', 'kid', 'state', 'created', 'published until'], rows))
      }),
    )
}
