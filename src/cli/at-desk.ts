/** Commands that manage things: straight in the database, or at a running server (`--server URL`), with the same words and answers. */

import { type Command, Option } from 'commander'
import {
  type AdminClient,
  AdminProblem,
  type AdminTransport,
  createAdminClient,
  type OperationName,
} from '../admin-client/admin-client.ts'
import type { Config } from '../config/config.ts'
import { COMMAND_LINE } from '../core/administration/actor.ts'
import { administer } from '../core/administration/administer.ts'
import { operationOf } from '../core/administration/operations.ts'
import { isProblem } from '../core/administration/problem.ts'
import type { House } from '../house.ts'
import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts'
import { inHouse, inNewHouse } from './open-house.ts'
import { failWithMistakes } from './report-mistakes.ts'
import type { Terminal } from './terminal.ts'

export interface Desk {
  readonly admin: AdminClient
}

/** `--server`, and where the settings are otherwise. */
export function withPlace(command: Command): Command {
  return command
    .option('--config <file>', 'the settings file')
    .addOption(
      new Option('--server <url>', 'manage the server that runs there, instead of the database [SALLYPORT_SERVER]'),
    )
}

interface PlaceOptions {
  readonly server?: string
}

/** `makesDatabase`: the command may come before the first start. */
export async function atDesk(
  command: Command,
  terminal: Terminal,
  act: (desk: Desk) => Promise<void>,
  { makesDatabase = false }: { readonly makesDatabase?: boolean } = {},
): Promise<void> {
  const server = command.opts<PlaceOptions>().server ?? (terminal.env.SALLYPORT_SERVER || undefined)
  try {
    if (server !== undefined) {
      const { remoteTransport } = await import('./remote-transport.ts')
      return await act({ admin: createAdminClient(await remoteTransport(server, terminal)) })
    }
    const open = makesDatabase ? inNewHouse : inHouse
    await open(command, terminal, async (house, config) =>
      act({ admin: createAdminClient(await localTransport(house, config)) }),
    )
  } catch (error) {
    if (error instanceof AdminProblem) throw failureOf(error)
    throw error
  }
}

async function localTransport(house: House, config: Config): Promise<AdminTransport> {
  const { administrationPorts } = await import('../house.ts')
  const ports = administrationPorts(config, house)
  return {
    async send(name: OperationName, { path = {}, query = {}, body, bytes, ifMatch }) {
      const operation = operationOf(name)
      if (operation === undefined) throw new TypeError(`there is no operation ${name}`)
      const call = {
        path,
        query: Object.fromEntries(
          Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]])),
        ),
        ...(body === undefined ? {} : { body: body as Readonly<Record<string, unknown>> }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      }
      const outcome = await administer(operation, call, COMMAND_LINE, ports)
      if (isProblem(outcome)) throw new AdminProblem(outcome.kind, outcome.detail, outcome.mistakes)
      return outcome
    },
  }
}

const EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  invalid: EXIT.usage,
  'not-found': EXIT.notFound,
  conflict: EXIT.conflict,
  'changed-meanwhile': EXIT.conflict,
  'precondition-failed': EXIT.conflict,
}

/** The same failures and exit codes wherever the thing was. */
export function failureOf({ kind, message, mistakes }: AdminProblem): CommandFailure {
  if (mistakes.length === 0) return new CommandFailure(EXIT_CODES[kind] ?? EXIT.failure, message)
  try {
    return failWithMistakes('nothing was changed', mistakes)
  } catch (failure) {
    if (failure instanceof CommandFailure) return failure
    throw failure
  }
}
