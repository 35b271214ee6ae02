/** The options of commands that give a client a secret, and what they print of it. */

import type { Command } from 'commander'
import { parseSeconds, readVariable } from './option-table.ts'
import { type JsonOption, jsonText, printable } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface SecretOptions extends JsonOption {
  readonly clientSecret?: string
  readonly expiresIn?: string
}

export function withSecret(command: Command): Command {
  return command
    .option('--client-secret <secret>', 'the new secret; made up when absent [SALLYPORT_CLIENT_SECRET]')
    .option('--expires-in <duration>', 'the new secret ends by itself after this: 90d, 52w; default: it does not')
}

/** What is sent; what cannot be read as mistakes. */
export function readSecret({ clientSecret, expiresIn }: SecretOptions, terminal: Terminal) {
  const chosen = clientSecret ?? readVariable('SALLYPORT_CLIENT_SECRET', terminal)
  const seconds = expiresIn === undefined ? undefined : parseSeconds('--expires-in', expiresIn)
  const misread = typeof seconds === 'object' ? [seconds] : []
  const expiresAt =
    typeof seconds === 'number' ? new Date(terminal.startedAt.getTime() + seconds * 1000).toISOString() : undefined
  return {
    misread,
    chosen,
    body: {
      ...(chosen === undefined ? {} : { client_secret: chosen }),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    },
  }
}

export interface GivenSecret {
  readonly client_id: string
  readonly client_secret?: string | undefined
  readonly secret_id?: string | undefined
  readonly expires_at?: string | undefined
  readonly old_secret_expires_at?: string | undefined
}

export function printSecret(
  terminal: Terminal,
  { json }: JsonOption,
  given: GivenSecret,
  told: readonly string[],
): void {
  if (json === true) {
    terminal.print(jsonText(given))
    return
  }
  terminal.print(`client_id      ${given.client_id}\nclient_secret  ${printable(given.client_secret ?? '')}\n`)
  for (const sentence of told) terminal.print(printable(sentence))
  terminal.print('Keep the new one now: it is not shown again.')
}
