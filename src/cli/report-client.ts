/** What `client create` and `client edit` print in the end. */

import type { Client } from '../core/clients/client.ts'
import { clientJson, clientText } from './client-view.ts'
import { type JsonOption, jsonText } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface ReportedClient {
  readonly client: Client
  /** In plain text; in JSON even when the operator gave it, so that scripts need not tell the cases apart. */
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
    const { client_id, ...rest } = clientJson(client)
    const shown = secret === undefined ? {} : { client_secret: secret }
    terminal.print(jsonText({ client_id, ...shown, outcome, ...rest }))
    return
  }
  terminal.print(`${headline}\n`)
  terminal.print(clientText(client))
  if (secret !== undefined && isSecretNew) {
    terminal.print(`\nclient_secret  ${secret}\n\nKeep the secret now: it is not shown again.`)
  }
}
