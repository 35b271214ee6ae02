/** `sallyport group add-member`: puts accounts into a group. */

import type { Command } from 'commander'
import { define as defineChange } from '../change-members.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Accounts are named by user name, e-mail address or sub. When one does not exist, none is put into the group.

Examples:
  $ sallyport group add-member staff ada bob@example.com
  $ sallyport group add-member staff ada --json`

export function define(command: Command, terminal: Terminal): void {
  defineChange(command, terminal, {
    operation: 'groups.add_members',
    description: 'Put accounts into a group.',
    member: 'added',
    sentence: (accounts, group) => `Added ${accounts} to ${group}.`,
    help: HELP,
  })
}
