/** `sallyport key list`: the keys that tokens are signed with, and those that apps encrypt to. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type KeyDocument, keyJson } from '../key-view.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A key in use signs, or is encrypted to. A published one was replaced and still verifies. A withdrawn one is no longer in the key set;
an ID token that it signed is still good as an id_token_hint.

Examples:
  $ sallyport key list
  $ sallyport key list --json | jq -r '.[] | select(.state == "in use") | .kid'`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'keys'))
    .description('List all keys, oldest first.')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) => {
      const { query, limit } = readListOptions(command, 'keys')
      return atDesk(command, terminal, async ({ admin }) => {
        const found = await Array.fromAsync(firstOf(admin.all('keys.list', query), limit))
        if (json === true) return terminal.print(jsonText(found.map(keyJson)))
        return printList(terminal, {}, found, { head: HEAD, row: rowOf, none: NONE })
      })
    })
}

const HEAD = ['alg', 'kid', 'state', 'created', 'published until']
const NONE = 'There are no keys yet: the server makes them when it first starts'

function rowOf({ alg, kid, state, created_at, unpublish_at }: KeyDocument) {
  return [alg, kid, state, dayOf(created_at), dayOf(unpublish_at)]
}
