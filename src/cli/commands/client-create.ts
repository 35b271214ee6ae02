/** `sallyport client create`, also known as `create_oidc_client`: registers an app. */

import type { Command } from 'commander'
import { spokenBy } from '../../config/spoken-by-server.ts'
import type { Client } from '../../core/clients/client.ts'
import type { SupportedByServer } from '../../core/clients/client-settings.ts'
import {
  type ClientWithSecret,
  createClient,
  type NewClientSettings,
  replacing,
} from '../../core/clients/create-client.ts'
import { changedMembers } from '../../core/clients/edit-client.ts'
import type { House } from '../../house.ts'
import { CLIENT_OPTIONS, readClientOptions } from '../client-options.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { secretPorts } from '../house-ports.ts'
import {
  addFile,
  addSet,
  type MetadataOptions,
  readAssignments,
  readMetadata,
  readMetadataFile,
} from '../metadata-options.ts'
import { inNewHouse } from '../open-house.ts'
import { addOptions, type ReadOptions, readVariable } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { reportClient } from '../report-client.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
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
  addOptions(command, CLIENT_OPTIONS, true)
  addFile(command)
  addSet(command)
  withJson(command)
    .option('--if-not-exists', 'keep a client with this client_id as it is, and succeed')
    .option('--replace', 'replace a client with this client_id; its secret stays unless one is given')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, type: string | undefined, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const settings = await readSettings(command, terminal, name, type, options)
      return inNewHouse(command, terminal, (house, config) =>
        create(house, terminal, settings, { ...options, supported: spokenBy(config) }),
      )
    })
}

async function readSettings(
  command: Command,
  terminal: Terminal,
  name: string | undefined,
  type: string | undefined,
  options: CreateOptions,
): Promise<ReadOptions<NewClientSettings>> {
  const { env } = terminal
  const file = options.file === undefined ? {} : await readMetadataFile(options.file, terminal)
  const assigned = readAssignments(options.set ?? [])
  const said = readMetadata({ ...file, ...assigned.values })
  const chosenName = name ?? (env.SALLYPORT_CLIENT_NAME || undefined) ?? said.values.name
  const chosenType = type ?? (env.SALLYPORT_CLIENT_TYPE || undefined) ?? said.values.type
  if (chosenName === undefined && options.file === undefined)
    throw new CommandFailure(EXIT.usage, 'NAME is missing: sallyport client create NAME TYPE')
  if (chosenType === undefined && options.file === undefined) {
    throw new CommandFailure(EXIT.usage, 'TYPE is missing: sallyport client create NAME public, or NAME confidential')
  }
  const clientId = options.clientId ?? (env.SALLYPORT_CLIENT_ID || undefined) ?? textOf(file.client_id)
  const clientSecret =
    options.clientSecret ?? readVariable('SALLYPORT_CLIENT_SECRET', terminal) ?? textOf(file.client_secret)
  const { values, misread } = readClientOptions(command, env)
  const settings = {
    ...said.values,
    ...values,
    ...(chosenName === undefined ? {} : { name: chosenName }),
    // RFC 7591 §2: a client that says nothing about its authentication has a secret.
    type: chosenType ?? 'confidential',
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  }
  return { values: settings, misread: [...assigned.misread, ...said.misread, ...misread] }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

async function create(
  house: House,
  terminal: Terminal,
  { values: settings, misread }: ReadOptions<NewClientSettings>,
  options: CreateOptions & { readonly supported: SupportedByServer },
): Promise<void> {
  const result = await createClient(settings, options.supported, secretPorts(house))
  if ('mistakes' in result || misread.length > 0) {
    return failWithMistakes('the client was not created', [...misread, ...mistakesOf(result)])
  }
  const isMadeUp = settings.clientSecret === undefined
  const existing = await house.repositories.clients.findByClientId(result.client.clientId)
  if (existing !== undefined && options.ifNotExists === true)
    return report(terminal, options, { client: existing }, 'kept', false)
  if (existing !== undefined && options.replace !== true) throw existsAlready(existing.clientId)
  for (const warning of result.warnings) terminal.warn(`warning: ${warning}`)
  if (existing === undefined) {
    await insert(house, result.client)
    return report(terminal, options, result, 'created', isMadeUp)
  }
  const replaced = replacing(existing, result, settings.clientSecret !== undefined)
  await replace(house, replaced.client, existing)
  report(terminal, options, replaced, 'replaced', isMadeUp)
}

async function insert(house: House, client: Client): Promise<void> {
  const detail = { client_id: client.clientId, client_type: client.type }
  const event = { type: 'client.created', clientUid: client.uid, detail } as const
  await commitChange(
    house,
    [house.repositories.clients.insert(client)],
    [event],
    existsAlready(client.clientId).message,
  )
}

async function replace(house: House, client: Client, existing: Client): Promise<void> {
  const detail = { client_id: client.clientId, members: changedMembers(existing, client) }
  const event = { type: 'client.replaced', clientUid: client.uid, detail } as const
  const lost = `somebody else changed the client ${client.clientId} at the same time; nothing was changed`
  await commitChange(house, [house.repositories.clients.replace(client, existing)], [event], lost)
}

function existsAlready(clientId: string): CommandFailure {
  return new CommandFailure(
    EXIT.conflict,
    `a client with client_id ${clientId} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
  )
}

const HEADLINES = { created: 'was created', kept: 'is there already and was kept as it is', replaced: 'was replaced' }

function report(
  terminal: Terminal,
  options: JsonOption,
  result: ClientWithSecret,
  outcome: keyof typeof HEADLINES,
  isSecretNew: boolean,
): void {
  const headline = `The client ${result.client.clientId} ${HEADLINES[outcome]}.`
  reportClient(terminal, options, { ...result, isSecretNew, outcome, headline })
}
