/** `sallyport upstream edit`: changes what is mentioned and leaves the rest. */

import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import type { JsonObject } from '../../core/clients/client.ts'
import { changedSettings, editUpstream, type UpstreamChange } from '../../core/upstreams/settings/edit-upstream.ts'
import type { House } from '../../house.ts'
import { commitChange } from '../commit-change.ts'
import { discoverNow } from '../discover-now.ts'
import { inHouse } from '../open-house.ts'
import type { ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { failWithMistakes, mistakesOf } from '../report-mistakes.ts'
import { reportUpstream } from '../report-upstream.ts'
import type { Terminal } from '../terminal.ts'
import { getUpstream } from '../upstream-lookup.ts'
import { addUpstreamOptions, readUpstreamOptions, repeated, type UpstreamOptions } from '../upstream-options.ts'
import { readMapTexts } from '../upstream-values.ts'
import { warningsHere } from '../upstream-warnings-here.ts'

const HELP = `
What is not mentioned stays. --set and --unset take the settings by their names (docs/reference/upstream-settings.md). A list or a map
that is set replaces the whole of it; an empty value is the same as --unset. --map replaces the mappings of the same attribute, --unmap
takes them away. The alias never changes. The environment is not read for values.

Examples:
  $ sallyport upstream edit work --set display_name="Our people" --set order=1
  $ sallyport upstream edit work --set scopes="openid email groups" --set authorization_parameters=hd=a.example
  $ sallyport upstream edit work --unset prompt --map email=mail --unmap picture
  $ sallyport upstream edit work --client-secret-stdin < secret
  $ sallyport upstream edit work --set enabled=false`

interface EditOptions extends UpstreamOptions, JsonOption {
  readonly unset?: readonly string[]
  readonly unmap?: readonly string[]
}

export function define(command: Command, terminal: Terminal): void {
  command.description('Change an upstream.').argument('<alias>', 'its name in our URLs')
  addUpstreamOptions(command)
  withJson(command)
    .addOption(repeated('--unset <name>', 'let the default of a setting count again; repeat for more'))
    .addOption(repeated('--unmap <attribute>', 'take the mappings of an attribute away; repeat for more'))
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async (alias: string, options: EditOptions) => {
      const change = await readChange(options, terminal)
      return inHouse(command, terminal, (house, config) => edit(house, config, terminal, alias, change, options))
    })
}

async function readChange(options: EditOptions, terminal: Terminal): Promise<ReadOptions<UpstreamChange>> {
  const { set = [], unset = [], map = [], unmap = [] } = options
  const isEmptied = (text: string): boolean => /^[^=]+=\s*$/.test(text)
  const assigned: ReadOptions<JsonObject> = await readUpstreamOptions(
    { ...options, set: set.filter(text => !isEmptied(text)) },
    terminal,
    false,
  )
  const emptied = set.filter(isEmptied).map(text => text.slice(0, text.indexOf('=')).trim())
  const mapped = readMapTexts(map)
  return {
    values: { set: assigned.values, unset: [...unset, ...emptied], map: mapped.values, unmap },
    misread: [...assigned.misread, ...mapped.misread],
  }
}

async function edit(
  house: House,
  config: Config,
  terminal: Terminal,
  alias: string,
  { values: change, misread }: ReadOptions<UpstreamChange>,
  options: EditOptions,
): Promise<void> {
  const before = await getUpstream(house.repositories, alias)
  const editing = {
    allowHttp: config.issuer.startsWith('http:'),
    now: house.clock.now(),
    sealer: await house.openSealer(),
  }
  const result = editUpstream(before, change, editing)
  if ('mistakes' in result || misread.length > 0) {
    return failWithMistakes(`the upstream ${alias} was not changed`, [...misread, ...mistakesOf(result)])
  }
  const { issuer } = config
  const { upstream, warnings } = result
  const members = changedSettings(before, upstream)
  const sources = { sealer: editing.sealer, readReference: config.readReference }
  for (const warning of [...warnings, ...(await warningsHere(house.repositories, upstream, sources))]) {
    terminal.warn(`warning: ${warning}`)
  }
  if (members.length === 0) {
    return reportUpstream(terminal, options, { issuer, upstream: before, outcome: 'unchanged' })
  }
  const event = { type: 'upstream.edited', detail: { alias, members } } as const
  const lost = `somebody else changed the upstream ${alias} at the same time; nothing was changed`
  await commitChange(house, [house.repositories.upstreams.replace(upstream, before)], [event], lost)
  const isElsewhere = members.includes('discovery_uri') && options.offline !== true
  const found = isElsewhere ? await discoverNow(house, config, terminal, upstream) : upstream
  reportUpstream(terminal, options, { issuer, upstream: found, outcome: 'changed' })
}
