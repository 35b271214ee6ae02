/** Sallyport inside the test's own process, over real HTTP: starts in a quarter of a second, seeded past the commands. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from '../../src/core/accounts/account.ts'
import type { KeyRing } from '../../src/core/keys/key-ring.ts'
import type { House } from '../../src/house.ts'
import type { Logger } from '../../src/lib/logger.ts'
import { openDoors } from '../../src/open-doors.ts'
import { freePort } from './free-port.ts'
import { createHandBrowser, type HandBrowser } from './hand-browser.ts'
import { configOf, openForSeeding, type Seeding } from './seeding.ts'

/** As it is called on plain http. */
export const SESSION_COOKIE = 'sallyport-session'

export interface AppSettings {
  /** A `postgres://` URL; otherwise a SQLite file of its own. */
  readonly database?: string | undefined
  /** Settings, over those that a test needs anyway. */
  readonly environment?: Readonly<Record<string, string>>
  /** The port that the settings name, when they name the issuer, too. */
  readonly port?: number
}

export interface RunningApp extends Seeding {
  readonly issuer: string
  /** Its URL. */
  readonly database: string
  /** The same database, opened a second time, as the commands do it. */
  readonly house: House
  readonly keys: KeyRing
  /** Whatever the server logged as an error: requests that failed with 500 among it. */
  readonly failures: readonly string[]
  /** A browser where nobody is signed in, or somebody. */
  browser(signedIn?: Account): Promise<HandBrowser>
  close(): Promise<void>
}

export async function startApp({ database, environment = {}, port: givenPort }: AppSettings = {}): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-app-'))
  const port = givenPort ?? (await freePort())
  const issuer = environment.SALLYPORT_ISSUER ?? `http://127.0.0.1:${port}`
  const settings = {
    SALLYPORT_ISSUER: issuer,
    SALLYPORT_LISTEN: `127.0.0.1:${port}`,
    SALLYPORT_DATABASE: database ?? `sqlite:${join(folder, 'sallyport.db')}`,
    SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    ...environment,
  }
  const failures: string[] = []
  const server = await openDoors(await configOf(folder, settings), errorsInto(failures), new Date())
  const { house, keys, seeding } = await openForSeeding(folder, settings)
  return {
    ...seeding,
    issuer,
    database: settings.SALLYPORT_DATABASE,
    house,
    keys,
    failures,
    async browser(account) {
      const browser = createHandBrowser(issuer)
      if (account !== undefined) browser.cookies.set(SESSION_COOKIE, (await seeding.beginSession(account)).cookie)
      return browser
    },
    async close() {
      await house.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function errorsInto(failures: string[]): Logger {
  const nothing = (): void => {}
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error(fields, message) {
      const { err, ...others } = fields
      failures.push(`${message} ${JSON.stringify(others)} ${err instanceof Error ? err.stack : String(err)}`)
    },
    isEnabled: () => true,
  }
}
