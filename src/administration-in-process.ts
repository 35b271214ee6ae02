/** The way to manage a house that this process has opened itself: the same operations as over HTTP, without a server. */

import { readFileSync } from 'node:fs'
import { type AdminClient, AdminProblem, type AdminTransport, createAdminClient } from './admin-client/admin-client.ts'
import type { Config } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { formatMistake } from './config/mistake.ts'
import { type Actor, COMMAND_LINE } from './core/administration/actor.ts'
import { administer } from './core/administration/administer.ts'
import { operationOf } from './core/administration/operations.ts'
import type { AdministrationPorts } from './core/administration/ports.ts'
import { isProblem } from './core/administration/problem.ts'
import { administrationPorts, administrationSettings, type House, openHouse, withStoredSettings } from './house.ts'
import { systemClock } from './lib/clock.ts'

export interface InProcess {
  readonly admin: AdminClient
  close(): Promise<void>
}

export interface InProcessSettings {
  /** `process.env` */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `sallyport.yaml` is looked for, and what relative paths in it are relative to. */
  readonly cwd: string
  /** Instead of SALLYPORT_CONFIG and `sallyport.yaml`. */
  readonly configFile?: string
}

/** The database that the settings name, whether a server runs on it or not. Throws with every mistake in the settings. */
export async function openInProcess({ env, cwd, configFile }: InProcessSettings): Promise<InProcess> {
  const readFile = (path: string): string => readFileSync(path, 'utf8')
  const loaded = await loadConfig({ argvConfigPath: configFile, env, cwd, readFile })
  if ('mistakes' in loaded)
    throw new Error(['mistakes in the settings', ...loaded.mistakes.map(formatMistake)].join('\n'))
  const house = await openHouse(loaded.config)
  const config = await withStoredSettings(loaded.config, house)
  return { admin: createAdminClient(localTransport(house, config)), close: () => house.close() }
}

/** Whoever can open the database may do everything: there is nobody to ask. `config`: with what stands in the database (`withStoredSettings`). */
export function localTransport(house: House, config: Config, actor: Actor = COMMAND_LINE): AdminTransport {
  return transportOf(administrationPorts(config, house), actor)
}

/** For what stands in the settings or in the program itself, where no database is (yet). */
export function houselessTransport(config: Config): AdminTransport {
  const ports = { issuer: config.issuer, clock: systemClock, settings: administrationSettings(config) }
  return transportOf(ports as Partial<AdministrationPorts> as AdministrationPorts, COMMAND_LINE)
}

function transportOf(ports: AdministrationPorts, actor: Actor): AdminTransport {
  return {
    async send(name, { path = {}, query = {}, body, bytes, ifMatch }) {
      const operation = operationOf(name)
      if (operation === undefined) throw new TypeError(`there is no operation ${name}`)
      const call = {
        path,
        query: Object.fromEntries(
          Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]])),
        ),
        ...(body === undefined ? {} : { body: jsonOf(body) }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      }
      const outcome = await administer(operation, call, actor, ports)
      if (isProblem(outcome)) throw new AdminProblem(outcome.kind, outcome.detail, outcome.mistakes)
      return outcome
    },
  }
}

/** What would arrive over HTTP: members that are undefined are absent. */
function jsonOf(body: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(body))
}
