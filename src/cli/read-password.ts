/** A new password from standard input, from the environment, or typed twice by a person. Never from the command line, where `ps` shows it. */

import { checkNewPassword } from '../core/accounts/password-rules.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { readVariable } from './option-table.ts'
import { failWithMistakes } from './report-mistakes.ts'
import type { Terminal } from './terminal.ts'

const VARIABLE = 'SALLYPORT_ACCOUNT_PASSWORD'

export interface PasswordOptions {
  readonly passwordStdin?: boolean
}

/** Nothing when nobody gave one and nobody is there to ask. How long it has to be is the server's to say (`passwords.min_length`). */
export async function readPassword(
  terminal: Terminal,
  { passwordStdin }: PasswordOptions,
): Promise<string | undefined> {
  const password =
    passwordStdin === true ? await fromInput(terminal) : (readVariable(VARIABLE, terminal) ?? (await typed(terminal)))
  if (password === undefined) return undefined
  const mistakes = checkNewPassword(password, 1)
  return mistakes.length > 0 ? failWithMistakes('nothing was changed', mistakes) : password
}

export function passwordIsMissing(): CommandFailure {
  return new CommandFailure(
    EXIT.usage,
    `no password was given: use --password-stdin, ${VARIABLE} or ${VARIABLE}_FILE (nobody is here to type one)`,
  )
}

// `echo secret | sallyport …` ends with a line break that is not part of the password.
async function fromInput(terminal: Terminal): Promise<string> {
  return (await terminal.readInput()).replace(/\r?\n$/, '')
}

async function typed(terminal: Terminal): Promise<string | undefined> {
  if (!terminal.isInteractive) return undefined
  const password = await terminal.ask('New password: ', { hidden: true })
  const again = await terminal.ask('The same again: ', { hidden: true })
  if (password !== again) throw new CommandFailure(EXIT.usage, 'the two passwords differ; nothing was changed')
  return password
}
