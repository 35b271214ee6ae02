/** `sallyport client create`, also known as `create_oidc_client`: registers an app. */

import type { Command } from 'commander'
import { AdminProblem } from '../../admin-client/admin-client.ts'
import type { Client } from '../../admin-client/operations.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { documentOfOptions, sendClient, type WrittenClient } from '../client-document.ts'
import { CLIENT_OPTIONS, readClientOptions } from '../client-options.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { findClient } from '../find-client.ts'
import { addFile, addSet, type MetadataOptions, readAssignments, readMetadataFile } from '../metadata-options.ts'
import { addOptions, type ReadOptions, readVariable } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { reportClient } from '../report-client.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
NAME is what people read; TYPE is public (single-page, mobile and desktop apps) or confidential (apps on a server, which keep a secret).
Without --client-id and --client-secret both are made, and the secret is shown this once.

Every value also comes from its variable in [brackets]; options win, an empty variable counts as not set.
Lists in variables are separated by commas. NAME and TYPE: SALLYPORT_CLIENT_NAME, SALLYPORT_CLIENT_TYPE.
The secret may stand in a file that SALLYPORT_CLIENT_SECRET_FILE names.

A client_id that exists ends the command with exit code 3 and changes nothing.

--file and --set take the metadata by its registered names (docs/reference/client-metadata.md): redirect_uris, jwks_uri, profile.
With --file, NAME and TYPE may be left out; options win over --set, and --set wins over the file.

Examples:
  $ sallyport client create Wiki confidential -u https://wiki.example.com/callback
  $ sallyport client create --file wiki.json
  $ sallyport client create Bank confidential -u https://bank.example.com/cb --set profile=fapi2 \\
      --set jwks_uri=https://bank.example.com/jwks.json
  $ sallyport client create Dashboard public --client-id dashboard \\
      -u https://dash.example.com/callback.html -u https://dash.example.com/silent-renew.html -p https://dash.example.com/
  $ sallyport client create Reports confidential --grant-type client_credentials --json
  $ docker compose exec sallyport sallyport client create Wiki confidential --client-id wiki --if-not-exists`

interface CreateOptions extends JsonOption, Pick<MetadataOptions, 'file' | 'set'> {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientSecretHash?: string
  readonly ifNotExists?: boolean
  readonly replace?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Register an app that people sign in to.')
    .argument('[name]', 'the name that people read')
    .argument('[type]', 'public or confidential')
    .option('--client-id <id>', 'what the app calls itself; made up when absent [SALLYPORT_CLIENT_ID]')
    .option('--client-secret <secret>', 'its secret; made up when absent [SALLYPORT_CLIENT_SECRET]')
    .option('--client-secret-hash <digest>', 'a digest that another system kept of it [SALLYPORT_CLIENT_SECRET_HASH]')
  addOptions(command, CLIENT_OPTIONS, true)
  addFile(command)
  addSet(command)
  withPlace(withJson(command))
    .option('--if-not-exists', 'keep a client with this client_id as it is, and succeed')
    .option('--replace', 'replace a client with this client_id; its secret stays unless one is given')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, type: string | undefined, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const written = await readWritten(command, terminal, name, type, options)
      const visit = { database: 'made', headline: NOT_CREATED } as const
      return atDesk(command, terminal, desk => create(desk, terminal, written, options), visit)
    })
}

const NOT_CREATED = 'the client was not created'

async function readWritten(
  command: Command,
  terminal: Terminal,
  name: string | undefined,
  type: string | undefined,
  options: CreateOptions,
): Promise<ReadOptions<WrittenClient>> {
  const { env } = terminal
  const file = options.file === undefined ? {} : await readMetadataFile(options.file, terminal)
  const assigned = readAssignments(options.set ?? [])
  const said = { ...file, ...assigned.values }
  const chosenName = name ?? (env.SALLYPORT_CLIENT_NAME || undefined)
  const chosenType = type ?? (env.SALLYPORT_CLIENT_TYPE || undefined)
  if (options.file === undefined) checkNameAndType(chosenName ?? said.client_name, chosenType ?? typeIn(said))
  const { values, misread } = readClientOptions(command, env)
  const beside = {
    client_name: chosenName,
    client_type: chosenType,
    client_id: options.clientId ?? (env.SALLYPORT_CLIENT_ID || undefined),
    client_secret: options.clientSecret ?? readVariable('SALLYPORT_CLIENT_SECRET', terminal),
    client_secret_hash: options.clientSecretHash ?? readVariable('SALLYPORT_CLIENT_SECRET_HASH', terminal),
  }
  const given = Object.entries(beside).filter(([, value]) => value !== undefined)
  const written = { ...said, ...documentOfOptions(values), ...Object.fromEntries(given) }
  return { values: written, misread: [...assigned.misread, ...misread] }
}

/** RFC 7591 §2: the methods say it, too. */
function typeIn(said: WrittenClient): unknown {
  return said.client_type ?? said.token_endpoint_auth_method ?? said.token_endpoint_auth_methods
}

function checkNameAndType(name: unknown, type: unknown): void {
  if (name === undefined) throw new CommandFailure(EXIT.usage, 'NAME is missing: sallyport client create NAME TYPE')
  if (type === undefined) {
    throw new CommandFailure(EXIT.usage, 'TYPE is missing: sallyport client create NAME public, or NAME confidential')
  }
}

async function create(
  { admin }: Desk,
  terminal: Terminal,
  { values: written, misread }: ReadOptions<WrittenClient>,
  options: CreateOptions,
): Promise<void> {
  const id = written.client_id
  const clientId = typeof id === 'string' && id !== '' ? id : undefined
  const existing = clientId === undefined ? undefined : await findClient(admin, clientId)
  const isReplaced = existing !== undefined && options.replace === true
  const headline = NOT_CREATED
  if (clientId !== undefined && existing !== undefined && misread.length === 0) {
    if (options.ifNotExists === true) return report(terminal, options, written, { client: existing.document }, 'kept')
    if (!isReplaced) throw existsAlready(clientId)
  }
  const { document, warnings } = await sendClient(written, { headline, misread }, body =>
    isReplaced && clientId !== undefined
      ? admin.call('clients.replace', { path: { client_id: clientId }, body, ifMatch: '*' })
      : admin.call('clients.create', { body }).catch(error => {
          throw isTaken(error) && clientId !== undefined ? existsAlready(clientId) : error
        }),
  )
  warnAll(terminal, warnings)
  const { client_secret: made, ...client } = document
  const secret = made === undefined ? {} : { made }
  report(terminal, options, written, { client, ...secret }, isReplaced ? 'replaced' : 'created')
}

function isTaken(error: unknown): boolean {
  return error instanceof AdminProblem && (error.kind === 'conflict' || error.kind === 'changed-meanwhile')
}

function existsAlready(clientId: string): CommandFailure {
  return new CommandFailure(
    EXIT.conflict,
    `a client with client_id ${clientId} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
  )
}

const HEADLINES = { created: 'was created', kept: 'is there already and was kept as it is', replaced: 'was replaced' }

interface Result {
  readonly client: Client
  /** The secret that was made. */
  readonly made?: string
}

/** In JSON stands a secret that the caller gave as well, so that scripts need not tell the cases apart. */
function report(
  terminal: Terminal,
  options: JsonOption,
  { client_secret: given }: WrittenClient,
  { client, made }: Result,
  outcome: keyof typeof HEADLINES,
): void {
  const isGiven = typeof given === 'string' && outcome !== 'kept' && (client.secrets ?? []).length > 0
  const secret = made ?? (isGiven ? given : undefined)
  const headline = `The client ${client.client_id} ${HEADLINES[outcome]}.`
  reportClient(terminal, options, {
    client,
    isSecretNew: made !== undefined,
    outcome,
    headline,
    ...(secret === undefined ? {} : { secret }),
  })
}
