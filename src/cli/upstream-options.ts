/** The options that `upstream create` and `upstream edit` share, and the secret that comes by none of them. */

import { type Command, Option } from 'commander'
import type { JsonObject } from '../core/clients/client.ts'
import { isMetadataDocument, settingsOfDocument } from '../core/upstreams/metadata-document.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { type ReadOptions, readVariable } from './option-table.ts'
import type { Terminal } from './terminal.ts'
import { readJsonObject, readSettingTexts } from './upstream-values.ts'

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
      'its issuer or discovery document; a file is taken over, a URL is read again and again',
    )
    .option('--client-id <id>', 'what it calls us')
    .option('--client-secret <secret>', 'our secret there, or a reference to its place')
    .option('--client-secret-stdin', 'read our secret there from standard input')
    .addOption(repeated('--set <name=value>', 'a setting by its name; repeat for more'))
    .addOption(repeated('--map <attribute=claim>', 'where an attribute comes from; repeat for more'))
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
  if (clientSecretStdin === true) return (await terminal.readInput()).replace(/\r?\n$/, '')
  return clientSecret ?? (withVariables ? readVariable(SECRET_VARIABLE, terminal) : undefined)
}
