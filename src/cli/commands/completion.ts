/** `sallyport completion`: prints the script by which a shell completes the words of the command line. */

import { Argument, type Command } from 'commander'
import { COMPLETION_SCRIPTS, type Shell } from '../completion-scripts.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Completes commands, options and their values, and the names of what there is: clients, accounts, groups, upstreams.

Examples:
  $ source <(sallyport completion bash)
  $ sallyport completion bash > /etc/bash_completion.d/sallyport
  $ sallyport completion zsh > ~/.zfunc/_sallyport
  $ sallyport completion fish > ~/.config/fish/completions/sallyport.fish`

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Print the script by which a shell completes words.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(COMPLETION_SCRIPTS)))
    .addHelpText('after', HELP)
    .action((shell: Shell) => terminal.print(COMPLETION_SCRIPTS[shell].trimEnd()))
}
