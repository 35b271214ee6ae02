/** Settings and database for a command; every command that touches either begins here. */

import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { formatMistake, type Mistake } from '../config/mistake.ts'
import type { House } from '../house.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { printable } from './output.ts'
import type { Terminal } from './terminal.ts'

/** Mistakes in the settings; exit code 78. */
export class WrongSettings extends CommandFailure {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
    const lines = mistakes.map(mistake => `  ${formatMistake(mistake)}`)
    super(EXIT.configuration, [`${count} in the settings`, ...lines].join('\n'))
    this.mistakes = mistakes
  }
}

/** Throws `WrongSettings` with all mistakes when there are any. */
export async function settingsFor(command: Command, terminal: Terminal): Promise<Config> {
  const { config: argvConfigPath } = command.optsWithGlobals<{ config?: string }>()
  const { env, cwd, readFile } = terminal
  const loaded = await loadConfig({ argvConfigPath, env, cwd, readFile })
  if ('config' in loaded) return loaded.config
  throw new WrongSettings(loaded.mistakes)
}

type Act<Result> = (house: House, config: Config) => Promise<Result>

/** Opens a database that is there, runs `act`, and closes it again whatever happens. */
export async function inHouse<Result>(command: Command, terminal: Terminal, act: Act<Result>): Promise<Result> {
  const config = await settingsFor(command, terminal)
  const path = databasePath(config)
  // In another folder the usual path names another file: an empty database made there would hide the mistake.
  if (path !== undefined && !existsSync(path)) {
    const advice = 'start the server there, or set SALLYPORT_DATABASE'
    throw new CommandFailure(EXIT.failure, `there is no database at ${path} (${advice})`)
  }
  return inOpenHouse(config, act)
}

/** For what can be told without a database as well: where there is none, or it cannot be opened, `act` gets the settings alone. */
export async function inHouseIfAny<Result>(
  command: Command,
  terminal: Terminal,
  act: (config: Config, house: House | undefined) => Promise<Result>,
): Promise<Result> {
  const config = await settingsFor(command, terminal)
  const path = databasePath(config)
  if (path !== undefined && !existsSync(path)) return act(config, undefined)
  const { openHouse, withStoredSettings } = await import('../house.ts')
  let opened: { readonly house: House; readonly config: Config } | undefined
  try {
    const house = await openHouse(config)
    opened = { house, config: await withStoredSettings(config, house) }
  } catch (error) {
    const reason = printable(error instanceof Error ? error.message : 'no reason is known')
    terminal.warn(`warning: the database cannot be opened (${reason}); what was changed in it is not shown`)
  }
  try {
    return await act(opened?.config ?? config, opened?.house)
  } finally {
    await opened?.house.close()
  }
}

/** Like `inHouse`; a database that is not there yet is taken for an empty one, and none is made. */
export async function inHouseOrEmpty<Result>(command: Command, terminal: Terminal, act: Act<Result>): Promise<Result> {
  const config = await settingsFor(command, terminal)
  const path = databasePath(config)
  if (path === undefined || existsSync(path)) return inOpenHouse(config, act)
  terminal.warn(`There is no database at ${path} yet: as if it were empty.`)
  // It needs no key that anybody keeps: it is gone with the command.
  const masterKey = { kind: 'given', text: 'seals what ends with the command' } as const
  return inOpenHouse({ ...config, database: 'sqlite::memory:', masterKey }, act)
}

/** Nothing for a database that is no file. */
function databasePath({ database }: Config): string | undefined {
  const path = database.startsWith('sqlite:') ? database.slice('sqlite:'.length) : ':memory:'
  return path === ':memory:' ? undefined : path
}

/** Like `inHouse`, and makes the database when it is not there: for commands that may come before the first start. */
export async function inNewHouse<Result>(command: Command, terminal: Terminal, act: Act<Result>): Promise<Result> {
  return inOpenHouse(await settingsFor(command, terminal), act)
}

async function inOpenHouse<Result>(config: Config, act: Act<Result>): Promise<Result> {
  const { openHouse, withStoredSettings } = await import('../house.ts')
  const house = await openHouse(config)
  try {
    return await act(house, await withStoredSettings(config, house))
  } finally {
    await house.close()
  }
}
