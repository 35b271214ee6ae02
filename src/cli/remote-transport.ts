/** The way to a running server from the command line: who asks stands in the environment, and is never printed. */

import { AdminProblem, type AdminTransport } from '../admin-client/admin-client.ts'
import { clientCredentials } from '../admin-client/client-credentials.ts'
import { httpTransport } from '../admin-client/http-transport.ts'
import { parseServerUrl } from '../admin-client/server-url.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { readVariable } from './option-table.ts'
import type { Terminal } from './terminal.ts'

export interface RemoteSettings {
  readonly fetch?: typeof globalThis.fetch
  /** For each request; the usual patience when absent. */
  readonly timeoutMs?: number | undefined
}

/** As `--server` or SALLYPORT_SERVER has it. Throws `CommandFailure` when nothing says who asks. */
export async function remoteTransport(
  server: string,
  terminal: Pick<Terminal, 'env' | 'readFile'>,
  { fetch = globalThis.fetch, timeoutMs }: RemoteSettings = {},
): Promise<AdminTransport> {
  const issuer = serverOf(server)
  const token = readVariable('SALLYPORT_TOKEN', terminal)
  const clientId = terminal.env.SALLYPORT_SERVER_CLIENT_ID || undefined
  const patience = timeoutMs === undefined ? {} : { timeoutMs }
  if (token !== undefined) return httpTransport({ server: issuer, token: token.trim(), fetch, ...patience })
  if (clientId === undefined) throw nobodyAsks(issuer)
  const clientSecret = readVariable('SALLYPORT_SERVER_CLIENT_SECRET', terminal)
  if (clientSecret === undefined) {
    throw new CommandFailure(
      EXIT.usage,
      'SALLYPORT_SERVER_CLIENT_ID is set without SALLYPORT_SERVER_CLIENT_SECRET or SALLYPORT_SERVER_CLIENT_SECRET_FILE',
    )
  }
  const credentials = { server: issuer, clientId, clientSecret, fetch, ...patience }
  return httpTransport({ server: issuer, fetch, ...patience, authorize: clientCredentials(credentials) })
}

function serverOf(server: string): string {
  try {
    return parseServerUrl(server)
  } catch (error) {
    if (error instanceof AdminProblem) throw new CommandFailure(EXIT.usage, error.message)
    throw error
  }
}

function nobodyAsks(issuer: string): CommandFailure {
  return new CommandFailure(
    EXIT.usage,
    `nothing says who asks ${issuer}: set SALLYPORT_TOKEN or SALLYPORT_TOKEN_FILE, or SALLYPORT_SERVER_CLIENT_ID and SALLYPORT_SERVER_CLIENT_SECRET`,
  )
}
