/** The options that `upstream create` and `upstream edit` share, and the secret that comes by none of them. */

import { type Command, Option } from 'commander'
import type { JsonObject } from '../core/clients/client.ts'
import { isMetadataDocument, settingsOfDocument } from '../core/upstreams/settings/metadata-document.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { type ReadOptions, readVariable } from './option-table.ts'
import type { Terminal } from './terminal.ts'
import { readSettingTexts } from './upstream-values.ts'
import { readJsonObject } from './written-values.ts'

export interface UpstreamOptions {
  readonly discovery?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientSecretStdin?: boolean
  readonly file?: string
  readonly set?: readonly string[]
  readonly map?: readonly string[]
  readonly offline?: boolean
}

const SECRET_VARIABLE = 'SALLYPORT_UPSTREAM_CLIENT_SECRET'

export function addUpstreamOptions(command: Command): void {
  command
    .option(
      '--discovery <url|file>',
      'its issuer, or its discovery document: a URL is read now and kept up to date, a file is written down once',
    )
    .option('--client-id <id>', 'the client id that it knows us by')
    .option('--client-secret <secret>', 'the secret that it gave us, or a reference to where it is kept')
    .option('--client-secret-stdin', 'read that secret from standard input')
    .addOption(repeated('--set <name=value>', 'any setting by its name; repeat for more'))
    .addOption(
      repeated('--map <attribute=claim>', 'the claim that an attribute of the account is taken from; repeat for more'),
    )
    .option('--offline', 'do not ask the upstream for its discovery document now')
}

export function repeated(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ])
}

/** The settings that were said, by their names: options win over `--set`, `--set` over the file. */
export async function readUpstreamOptions(
  options: UpstreamOptions,
  terminal: Terminal,
  withVariables: boolean,
): Promise<ReadOptions<JsonObject>> {
  const { discovery, clientId, file } = options
  if ([options.clientSecretStdin === true, file === '-', discovery === '-'].filter(Boolean).length > 1) {
    throw new CommandFailure(EXIT.usage, 'only one thing can come from standard input')
  }
  const fromFile = file === undefined ? {} : fileSettings(await readJsonObject('--file', file, terminal))
  const isUrl = discovery !== undefined && /^https?:\/\//i.test(discovery)
  const fromDocument = discovery === undefined || isUrl ? {} : await documentSettings(discovery, terminal)
  const assigned = readSettingTexts(options.set ?? [], terminal)
  const secret = await readSecret(options, terminal, withVariables)
  const values = {
    ...fromFile,
    ...fromDocument,
    ...assigned.values,
    ...(isUrl ? { discovery_uri: discovery } : {}),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(secret === undefined ? {} : { client_secret: secret }),
  }
  return { values, misread: assigned.misread }
}

/** A discovery document has the same names, and many more. */
function fileSettings(json: JsonObject): JsonObject {
  return isMetadataDocument(json) ? settingsOfDocument(json) : json
}

async function documentSettings(place: string, terminal: Terminal): Promise<JsonObject> {
  const json = await readJsonObject('--discovery', place, terminal)
  // Written down, it is not read again, wherever one was read before.
  if (isMetadataDocument(json)) return { discovery_uri: null, ...settingsOfDocument(json) }
  throw new CommandFailure(EXIT.usage, `--discovery: ${place} is no discovery document (OIDC Discovery §3)`)
}

/** `ps` shows the command line to everybody on the machine: the variable, its file or standard input are better places. */
async function readSecret(
  { clientSecret, clientSecretStdin }: UpstreamOptions,
  terminal: Terminal,
  withVariables: boolean,
): Promise<string | undefined> {
  if (clientSecret !== undefined && clientSecretStdin === true) {
    throw new CommandFailure(EXIT.usage, '--client-secret and --client-secret-stdin exclude each other')
  }
  const given = clientSecretStdin === true ? (await terminal.readInput()).replace(/\r?\n$/, '') : clientSecret
  if (given === '') throw new CommandFailure(EXIT.usage, 'the client secret that was given is empty')
  return given ?? (withVariables ? readVariable(SECRET_VARIABLE, terminal) : undefined)
}
