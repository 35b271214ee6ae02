/** What `client create` and `client edit` print in the end. */

import type { Client } from '../admin-client/operations.ts'
import { clientText } from './client-view.ts'
import { type JsonOption, jsonText, printable } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface ReportedClient {
  readonly client: Client
  /** In plain text. */
  readonly secret?: string
  /** The operator does not know the secret yet: people are shown it, this once. */
  readonly isSecretNew: boolean
  /** For programs: `created`, `kept`, `replaced`, `changed`, `unchanged`. */
  readonly outcome: string
  /** For people. */
  readonly headline: string
}

export function reportClient(terminal: Terminal, { json }: JsonOption, reported: ReportedClient): void {
  const { client, secret, isSecretNew, outcome, headline } = reported
  if (json === true) {
    const { client_id, ...rest } = client
    const shown = secret === undefined ? {} : { client_secret: secret }
    terminal.print(jsonText({ client_id, ...shown, outcome, ...rest }))
    return
  }
  terminal.print(`${printable(headline)}\n`)
  terminal.print(clientText(client))
  if (secret !== undefined && isSecretNew) {
    terminal.print(`\nclient_secret  ${printable(secret)}\n\nKeep the secret now: it is not shown again.`)
  }
}
