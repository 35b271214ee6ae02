/** `sallyport help`: the help of all commands, or of one. `program.ts` turns its words into those of the command that is asked about. */

import type { Command } from 'commander'

const HELP = `
Examples:
  $ sallyport help
  $ sallyport help client
  $ sallyport help client create`

export function define(command: Command): void {
  command
    .description('Print what the program can do, or what one of its commands does.')
    .argument('[command...]', 'the words of the command')
    .addHelpText('after', HELP)
}
