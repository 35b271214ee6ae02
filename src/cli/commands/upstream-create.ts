/** `sallyport upstream create`: an identity provider that people sign in through. */

import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import type { JsonObject } from '../../core/clients/client.ts'
import type { SettingsMistake } from '../../core/settings-mistake.ts'
import { createUpstream } from '../../core/upstreams/settings/create-upstream.ts'
import { changedSettings, mergeMappings } from '../../core/upstreams/settings/edit-upstream.ts'
import { PRESET_NAMES, PRESETS, withPreset } from '../../core/upstreams/settings/presets.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { House } from '../../house.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { commitChange } from '../commit-change.ts'
import { discoverNow } from '../discover-now.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inNewHouse } from '../open-house.ts'
import type { ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
import { reportUpstream } from '../report-upstream.ts'
import type { Terminal } from '../terminal.ts'
import { addUpstreamOptions, readUpstreamOptions, type UpstreamOptions } from '../upstream-options.ts'
import { readMapTexts } from '../upstream-values.ts'
import { warningsHere } from '../upstream-warnings-here.ts'

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
  withJson(command)
    .option('--if-not-exists', 'keep an upstream with this alias as it is, and succeed')
    .option('--replace', 'replace an upstream with this alias; its identities stay, and its secret unless one is given')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async (alias: string, options: CreateOptions) => {
      if (options.ifNotExists === true && options.replace === true) {
        throw new CommandFailure(EXIT.usage, '--if-not-exists and --replace exclude each other')
      }
      const settings = await readSettings(alias, options, terminal)
      return inNewHouse(command, terminal, (house, config) => create(house, config, terminal, settings, options))
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
  const settings = preset === undefined ? said : withPreset(preset, said)
  const { mappings = [] } = settings
  const merged = Array.isArray(mappings) && mapped.values.length > 0 ? mergeMappings(mappings, mapped.values) : mappings
  return {
    values: { ...settings, ...(mapped.values.length === 0 ? {} : { mappings: merged }), alias },
    misread: [...wrongPreset(options.preset), ...misread, ...mapped.misread, ...missingPlace(preset, settings)],
  }
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
  house: House,
  config: Config,
  terminal: Terminal,
  { values, misread }: ReadOptions<JsonObject>,
  options: CreateOptions,
): Promise<void> {
  const { upstreams } = house.repositories
  const existing = await upstreams.findByAlias(String(values.alias))
  const making = { random: house.random, now: house.clock.now(), sealer: await house.openSealer() }
  const kept = options.replace === true ? existing : undefined
  const result = createUpstream(values, { allowHttp: config.issuer.startsWith('http:') }, making, kept)
  if ('mistakes' in result || misread.length > 0) {
    return failWithMistakes('the upstream was not created', [
      ...misread,
      ...notExplainedBy(misread, mistakesOf(result)),
    ])
  }
  const { issuer } = config
  if (existing !== undefined && options.ifNotExists === true) {
    return reportUpstream(terminal, options, { issuer, upstream: existing, outcome: 'kept' })
  }
  if (existing !== undefined && options.replace !== true) throw existsAlready(existing.alias)
  const { upstream, warnings } = result
  const sources = { sealer: making.sealer, readReference: config.readReference }
  for (const warning of [...warnings, ...(await warningsHere(house.repositories, upstream, sources))]) {
    terminal.warn(`warning: ${warning}`)
  }
  await store(house, upstream, existing)
  const found = options.offline === true ? upstream : await discoverNow(house, config, terminal, upstream)
  reportUpstream(terminal, options, {
    issuer,
    upstream: found,
    outcome: existing === undefined ? 'created' : 'replaced',
  })
}

async function store(house: House, upstream: Upstream, existing: Upstream | undefined): Promise<void> {
  const { alias, kind } = upstream
  const { upstreams } = house.repositories
  if (existing === undefined) {
    const event = { type: 'upstream.created', detail: { alias, kind } } as const
    return commitChange(house, [upstreams.insert(upstream)], [event], existsAlready(alias).message)
  }
  const members = changedSettings(existing, upstream)
  const event = { type: 'upstream.edited', detail: { alias, members } } as const
  const lost = `somebody else changed the upstream ${alias} at the same time; nothing was changed`
  return commitChange(house, [upstreams.replace(upstream, existing)], [event], lost)
}

function existsAlready(alias: string): CommandFailure {
  return new CommandFailure(
    EXIT.conflict,
    `an upstream ${alias} exists already; nothing was changed (--if-not-exists keeps it, --replace replaces it)`,
  )
}
