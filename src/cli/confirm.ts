/** The question before something that cannot be taken back: `--yes` answers it, and without a person there it has to. */

import type { Command } from 'commander'
import { CommandFailure, EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

export interface YesOption {
  readonly yes?: boolean
}

/** For the help of every command that asks. */
export const CONFIRM_HELP =
  'Without --yes the command asks; where nobody can answer, and when the answer is no, it changes nothing and ends with exit code 1.'

export function withYes(command: Command, help = 'do not ask'): Command {
  return command.option('--yes', help)
}

/** `what`: a sentence with its period about what hangs on it, may be empty. `verb`: `delete`. Returns when it was meant. */
export async function confirm(
  terminal: Terminal,
  { yes }: YesOption,
  { what, verb }: { readonly what: string; readonly verb: string },
): Promise<void> {
  if (yes === true) return
  const nothing = `nothing was ${verb.endsWith('e') ? `${verb}d` : `${verb.replace(/y$/, 'i')}ed`}`
  if (!terminal.isInteractive) {
    throw new CommandFailure(EXIT.failure, `${what.replace(/[.?]$/, '')}; ${nothing} (--yes: ${verb} all the same)`)
  }
  const question = what.endsWith('?') ? what : `${what} ${verb[0]?.toUpperCase()}${verb.slice(1)}?`
  const answer = await terminal.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failure, nothing)
}
