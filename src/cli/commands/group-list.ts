/** `sallyport group list`: the groups there are, and how many accounts are in each. */

import type { Command } from 'commander'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport group list
  $ sallyport group list --search staff
  $ sallyport group list --json | jq -r ".[].name"`

const VIEW = {
  head: ['name', 'members', 'description', 'created'],
  none: 'There are no groups: sallyport group create --help',
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'groups'))
    .description('List all groups by name, with the number of accounts in each.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'groups')
        const counted = countedGroups(admin, query, limit)
        const row = ({ name, members, description, created_at }: Counted) => [
          name,
          `${members}`,
          description,
          dayOf(created_at),
        ]
        await printList(terminal, options, counted, { ...VIEW, row })
      }),
    )
}

interface Counted {
  readonly name: string
  readonly members: number
  readonly description?: string
  readonly created_at?: string
}

async function* countedGroups(
  admin: Desk['admin'],
  query: Readonly<Record<string, string | number | boolean>>,
  limit: number,
): AsyncGenerator<Counted, void> {
  const { document } = await admin.call('groups.sizes')
  const sizes = new Map(document.items.map(({ name, members }) => [name, members]))
  for await (const group of firstOf(admin.all('groups.list', query), limit)) {
    yield { ...group, members: sizes.get(group.name) ?? 0 }
  }
}
