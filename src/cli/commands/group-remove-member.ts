/** `sallyport group remove-member`: takes accounts out of a group. */

import type { Command } from 'commander'
import { define as defineChange } from '../change-members.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Accounts are named by user name, e-mail address or sub. When one does not exist, none is taken out of the group.

Examples:
  $ sallyport group remove-member staff ada
  $ sallyport group remove-member staff ada bob@example.com --json`

export function define(command: Command, terminal: Terminal): void {
  defineChange(command, terminal, {
    operation: 'groups.remove_members',
    description: 'Take accounts out of a group.',
    member: 'removed',
    sentence: (accounts, group) => `Removed ${accounts} from ${group}.`,
    help: HELP,
  })
}
