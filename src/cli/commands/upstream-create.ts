/** `sallyport upstream create`: an identity provider that people sign in through. */

import type { Command } from 'commander'
import { type AdminClient, AdminProblem, type InputOf } from '../../admin-client/admin-client.ts'
import type { JsonObject } from '../../core/clients/client.ts'
import type { SettingsMistake } from '../../core/settings-mistake.ts'
import { mergeMappings } from '../../core/upstreams/settings/edit-upstream.ts'
import { parseUpstream } from '../../core/upstreams/settings/parse-upstream.ts'
import { PRESET_NAMES, PRESETS, withPreset } from '../../core/upstreams/settings/presets.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { findUpstream, type UpstreamDocument } from '../find-upstream.ts'
import type { ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
import { reportUpstream } from '../report-upstream.ts'
import type { Terminal } from '../terminal.ts'
import { addUpstreamOptions, readUpstreamOptions, type UpstreamOptions } from '../upstream-options.ts'
import { readMapTexts } from '../upstream-values.ts'

const HELP = `
ALIAS is its name in our URLs. Register this server there (it may be called an app or a client) with the redirect URI
ISSUER/broker/ALIAS/endpoint; what else can be registered is printed. Then: sallyport upstream test ALIAS.

Every setting is in docs/reference/upstream-settings.md. --set NAME=VALUE sets one; --file takes a JSON file of the same names (- for
standard input), or a discovery document. Lists are separated by commas (--set email_domains=a.example,b.example), parameters and headers
are --set MAP=NAME=VALUE (--set authorization_parameters=hd=a.example), times are 30s or 10m, and @FILE reads a certificate or key.
Options win over --set, --set over the file, the file over the preset.

--map email=mail takes the attribute email from the claim mail; --map email=userinfo:mail only from there;
--map 'login=\${CLAIM.email|localpart}' makes it by a template.

The secret is better not on the command line, where ps shows it: SALLYPORT_UPSTREAM_CLIENT_SECRET, a file that
SALLYPORT_UPSTREAM_CLIENT_SECRET_FILE names, --client-secret-stdin, or a reference in quotes: '\${env.NAME}', '\${file:PATH}', or
'\${vault.NAME}' for a file in the folder secrets.vault. A reference is stored as it is, and read whenever the secret is needed.

An alias that exists ends the command with exit code 3 and changes nothing.

Examples:
  $ sallyport upstream create google --preset google --client-id 123.apps.googleusercontent.com --client-secret '\${env.GOOGLE_SECRET}'
  $ sallyport upstream create work --discovery https://sso.example.com/realms/work --client-id sallyport \\
      --client-secret-stdin --set sync_mode=force --map roles.grant=groups < secret
  $ sallyport upstream create old --file old.json --if-not-exists`

const HEADLINE = 'the upstream was not created'

interface CreateOptions extends UpstreamOptions, JsonOption {
  readonly preset?: string
  readonly ifNotExists?: boolean
  readonly replace?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Add an identity provider that people sign in through.')
    .argument('<alias>', 'its name in our URLs')
    .option('--preset <name>', 'begin with the settings of a well-known one (sallyport upstream presets)')
    .option('--file <file>', 'take the settings from a JSON file; - for standard input')
  addUpstreamOptions(command)
  withPlace(withJson(command))
    .option('--if-not-exists', 'keep an upstream with this alias as it is, and succeed')
    .option('--replace', 'replace an upstream with this alias; its identities stay, and its secret unless one is given')
    .addHelpText('after', HELP)
    .action(async (alias: string, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const settings = await readSettings(alias, options, terminal)
      const act = ({ admin }: Desk) => create(admin, terminal, settings, options)
      return atDesk(command, terminal, act, { database: 'made', headline: HEADLINE })
    })
}

async function readSettings(
  alias: string,
  options: CreateOptions,
  terminal: Terminal,
): Promise<ReadOptions<JsonObject>> {
  const { values: said, misread } = await readUpstreamOptions(options, terminal, true)
  const mapped = readMapTexts(options.map ?? [])
  const preset = PRESETS.find(({ name }) => name === options.preset)
  const settings = preset === undefined ? withoutItsPreset(said) : withPreset(preset, said)
  const { mappings = [] } = settings
  const merged = Array.isArray(mappings) && mapped.values.length > 0 ? mergeMappings(mappings, mapped.values) : mappings
  return {
    values: { ...settings, ...(mapped.values.length === 0 ? {} : { mappings: merged }), alias },
    misread: [...wrongPreset(options.preset), ...misread, ...mapped.misread, ...missingPlace(preset, settings)],
  }
}

/** A file that names a preset was made from it: what it is silent about has its standard, not what the preset says. */
function withoutItsPreset(said: JsonObject): JsonObject {
  const preset = PRESETS.find(({ name }) => name === said.preset)
  return preset === undefined
    ? said
    : { ...Object.fromEntries(Object.keys(preset.settings).map(name => [name, null])), ...said }
}

function wrongPreset(name: string | undefined): readonly SettingsMistake[] {
  if (name === undefined || PRESET_NAMES.includes(name)) return []
  const message = `there is no preset ${name}${didYouMean(name, PRESET_NAMES)}; sallyport upstream presets lists them`
  return [{ member: '--preset', rule: 'known preset', message }]
}

function missingPlace(preset: (typeof PRESETS)[number] | undefined, settings: JsonObject): readonly SettingsMistake[] {
  const hasPlace = settings.discovery_uri !== undefined || settings.authorization_endpoint !== undefined
  if (preset?.needsDiscovery === undefined || hasPlace) return []
  const message = `is missing: say which ${preset.title} it is, such as --discovery ${preset.needsDiscovery}`
  return [{ member: '--discovery', rule: 'place of a preset', message }]
}

/** A preset that is wrong, or lacks its place, explains why no endpoint is known. */
function notExplainedBy(
  misread: readonly SettingsMistake[],
  mistakes: readonly SettingsMistake[],
): readonly SettingsMistake[] {
  const isPresetWrong = misread.some(({ member }) => member === '--preset' || member === '--discovery')
  return isPresetWrong ? mistakes.filter(({ rule }) => rule !== 'discovery_uri or endpoints') : mistakes
}

async function create(
  admin: AdminClient,
  terminal: Terminal,
  { values, misread }: ReadOptions<JsonObject>,
  options: CreateOptions,
): Promise<void> {
  const existing = await findUpstream(admin, String(values.alias))
  const mistakes = misread.length > 0 || options.ifNotExists === true ? wrongHere(values, existing) : []
  if (misread.length > 0 || mistakes.length > 0) {
    return failWithMistakes(HEADLINE, [...misread, ...notExplainedBy(misread, mistakes)])
  }
  if (existing !== undefined && options.ifNotExists === true) {
    return reportUpstream(terminal, options, { upstream: existing.document, outcome: 'kept' })
  }
  if (existing !== undefined && options.replace !== true) throw existsAlready(existing.document.alias)
  const { document, warnings } =
    existing === undefined
      ? await made(admin, { ...values, offline: options.offline === true })
      : await replaced(admin, existing, { ...values, offline: options.offline === true })
  warnAll(terminal, warnings)
  reportUpstream(terminal, options, {
    upstream: document,
    outcome: existing === undefined ? 'created' : 'replaced',
  })
}

/** What is wrong without a look at anything else: told together with what could not be read. */
function wrongHere(values: JsonObject, existing: { readonly document: UpstreamDocument } | undefined) {
  const { has_client_secret, has_client_certificate_key } = existing?.document ?? {}
  const kept = [
    ...(has_client_secret === true ? (['clientSecret'] as const) : []),
    ...(has_client_certificate_key === true ? (['clientCertificateKey'] as const) : []),
  ]
  return mistakesOf(parseUpstream(values, { allowHttp: true, kept }))
}

async function made(admin: AdminClient, values: JsonObject) {
  try {
    return await admin.call('upstreams.create', { body: values as unknown as InputOf<'upstreams.create'>['body'] })
  } catch (error) {
    // Somebody else made it in this moment.
    if (error instanceof AdminProblem && error.kind === 'conflict') throw existsAlready(`${values.alias}`)
    throw error
  }
}

function replaced(
  admin: AdminClient,
  { document: { alias }, version }: { readonly document: UpstreamDocument; readonly version?: string },
  values: JsonObject,
) {
  const body = values as unknown as InputOf<'upstreams.replace'>['body']
  return admin.call('upstreams.replace', { path: { alias }, body, ifMatch: version ?? '*' })
}

function existsAlready(alias: string): CommandFailure {
  return new CommandFailure(
    EXIT.conflict,
    `an upstream ${alias} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
  )
}
