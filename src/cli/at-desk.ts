/**
 * Commands that manage things: straight in the database, or at a running server (`--server URL`), with the same words and answers.
 * What they share: `document-options.ts` reads what was written, `list-options.ts` what of a list is wanted, `print-document.ts` prints,
 * `confirm.ts` asks, `progress.ts` passes the time.
 */

import { type Command, Option } from 'commander'
import { type AdminClient, AdminProblem, createAdminClient } from '../admin-client/admin-client.ts'
import { CommandFailure, EXIT, type ExitCode } from './exit-codes.ts'
import { inHouse, inHouseIfAny, inNewHouse, settingsFor } from './open-house.ts'
import { printable } from './output.ts'
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

/**
 * `made`: the command may come before the first start. `none`: it asks only for what stands in the settings or in the program. `if-there`:
 * the same, and where there is a database, what stands in it is told as well.
 */
type VisitedDatabase = 'made' | 'none' | 'if-there'

interface Visit {
  /** Absent: it has to be there. */
  readonly database?: VisitedDatabase
  /** How long a server may take for one request; the usual patience when absent. */
  readonly timeoutMs?: number
  /** Stands over the mistakes: `the client was not created`. */
  readonly headline?: string
}

export async function atDesk<Result>(
  command: Command,
  terminal: Terminal,
  act: (desk: Desk) => Promise<Result>,
  { database, timeoutMs, headline }: Visit = {},
): Promise<Result> {
  const server = serverOf(command, terminal)
  try {
    if (server !== undefined) {
      const { remoteTransport } = await import('./remote-transport.ts')
      return await act({ admin: createAdminClient(await remoteTransport(server, terminal, { timeoutMs })) })
    }
    if (database === 'none') {
      const { houselessTransport } = await import('../administration-in-process.ts')
      return await act({ admin: createAdminClient(houselessTransport(await settingsFor(command, terminal))) })
    }
    if (database === 'if-there') {
      const { houselessTransport, localTransport } = await import('../administration-in-process.ts')
      return await inHouseIfAny(command, terminal, (config, house) =>
        act({
          admin: createAdminClient(house === undefined ? houselessTransport(config) : localTransport(house, config)),
        }),
      )
    }
    const open = database === 'made' ? inNewHouse : inHouse
    return await open(command, terminal, async (house, config) => {
      const { localTransport } = await import('../administration-in-process.ts')
      return act({ admin: createAdminClient(localTransport(house, config)) })
    })
  } catch (error) {
    if (error instanceof AdminProblem) throw failureOf(error, headline)
    throw error
  }
}

/** Nothing: the database is managed. `--config` means the database that it names, whatever the environment says. */
function serverOf(command: Command, { env }: Terminal): string | undefined {
  const { server } = command.opts<PlaceOptions>()
  if (command.getOptionValueSourceWithGlobals('config') !== 'cli') return server ?? (env.SALLYPORT_SERVER || undefined)
  if (server === undefined) return undefined
  throw new CommandFailure(EXIT.usage, '--config and --server name two places: keep one of them')
}

/** A map: what a server calls its problem may be anything. */
const EXIT_CODES: ReadonlyMap<string, ExitCode> = new Map([
  ['invalid', EXIT.usage],
  ['not-found', EXIT.notFound],
  ['conflict', EXIT.conflict],
  ['changed-meanwhile', EXIT.conflict],
  ['precondition-failed', EXIT.conflict],
])

/** Only a server says so. */
const NEW_TOKEN = 'see SALLYPORT_TOKEN, or name an app that gets tokens by itself (SALLYPORT_SERVER_CLIENT_ID)'

/** The same failures and exit codes wherever the thing was. */
export function failureOf({ kind, message, mistakes }: AdminProblem, headline = 'nothing was changed'): CommandFailure {
  // What a server says may come from others: a terminal must not obey it.
  if (kind === 'unauthenticated') return new CommandFailure(EXIT.failure, `${printable(message)}: ${NEW_TOKEN}`)
  if (mistakes.length === 0) return new CommandFailure(EXIT_CODES.get(kind) ?? EXIT.failure, printable(message))
  try {
    const said = mistakes.map(({ member, rule, message: why }) => ({
      member: printable(member),
      rule,
      message: printable(why),
    }))
    return failWithMistakes(headline, said)
  } catch (failure) {
    if (failure instanceof CommandFailure) return failure
    throw failure
  }
}
