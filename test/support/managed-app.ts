/** A running app that is managed: by the typed client over HTTP, by commands in its database, and by commands at its server. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AdminClient, createAdminClient } from '../../src/admin-client/admin-client.ts'
import { httpTransport } from '../../src/admin-client/http-transport.ts'
import { remoteTransport } from '../../src/cli/remote-transport.ts'
import { ADMIN_SCOPES } from '../../src/core/administration/admin-scopes.ts'
import { type Given, run } from './command-line.ts'
import { type AppSettings, type RunningApp, startApp } from './running-app.ts'

type Ran = ReturnType<typeof run>

export interface ManagedApp {
  readonly app: RunningApp
  /** Over HTTP, as an app that is administrator. */
  readonly admin: AdminClient
  /** The commands' folder. */
  readonly folder: string
  /** What a command needs to find the database. */
  readonly settings: Readonly<Record<string, string>>
  /** What a command needs to speak to the server. */
  readonly access: Readonly<Record<string, string>>
  /** In the database. */
  local(words: readonly string[], given?: Given): Ran
  /** At the server, which the command finds without any settings. */
  remote(words: readonly string[], given?: Given): Ran
  close(): Promise<void>
}

export async function startManagedApp(settings: AppSettings = {}): Promise<ManagedApp> {
  const app = await startApp(settings)
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-managed-'))
  const { client, secret } = await app.register({
    clientId: 'deployer',
    grantTypes: ['client_credentials'],
    responseTypes: [],
    redirectUris: [],
    scopes: [...ADMIN_SCOPES],
  })
  const access = { SALLYPORT_SERVER_CLIENT_ID: client.clientId, SALLYPORT_SERVER_CLIENT_SECRET: secret }
  const own = {
    SALLYPORT_ISSUER: app.issuer,
    SALLYPORT_LISTEN: new URL(app.issuer).host,
    SALLYPORT_DATABASE: app.database,
    SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    ...settings.environment,
  }
  const transport = await remoteTransport(app.issuer, { env: access, readFile: () => '' })
  return {
    app,
    folder,
    access,
    settings: own,
    admin: createAdminClient(transport),
    local: (words, given = {}) => run(words, folder, { ...given, env: { ...own, ...given.env } }),
    remote: (words, given = {}) =>
      run([...words, '--server', app.issuer], folder, { ...given, env: { ...access, ...given.env } }),
    async close() {
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** With a token that somebody else gave. */
export function adminWith(token: string, { issuer }: Pick<RunningApp, 'issuer'>): AdminClient {
  return createAdminClient(httpTransport({ server: issuer, token, fetch: globalThis.fetch }))
}
