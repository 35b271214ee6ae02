/** `sallyport group list`: the groups there are, and how many accounts are in each. */

import type { Command } from 'commander'
import { day } from '../client-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport group list
  $ sallyport group list --json | jq -r ".[].name"`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all groups by name, with the number of accounts in each.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const [groups, accounts] = await Promise.all([repositories.groups.list(), repositories.accounts.list()])
        const counted = groups.map(({ name, createdAt }) => ({
          name,
          members: accounts.filter(account => account.groups.includes(name)).length,
          created_at: createdAt,
        }))
        if (json === true) return terminal.print(jsonText(counted))
        if (counted.length === 0) return terminal.warn('There are no groups: sallyport group create --help')
        const rows = counted.map(({ name, members, created_at }) => [name, `${members}`, dayText(created_at)])
        terminal.print(formatTable(['name', 'members', 'created'], rows))
      }),
    )
}

/** Groups from before they had a record of their own do not know when they came. */
function dayText(createdAt: Date): string {
  return createdAt.getTime() === 0 ? '' : day(createdAt)
}
