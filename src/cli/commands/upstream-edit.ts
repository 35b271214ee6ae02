/** `sallyport upstream edit`: changes what is mentioned and leaves the rest. */

import type { Command } from 'commander'
import type { AdminClient, InputOf } from '../../admin-client/admin-client.ts'
import type { JsonObject } from '../../core/clients/client.ts'
import type { UpstreamChange } from '../../core/upstreams/settings/edit-upstream.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { getUpstream } from '../find-upstream.ts'
import type { ReadOptions } from '../option-table.ts'
import { type JsonOption, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import { reportUpstream } from '../report-upstream.ts'
import type { Terminal } from '../terminal.ts'
import { addUpstreamOptions, readUpstreamOptions, repeated, type UpstreamOptions } from '../upstream-options.ts'
import { readMapTexts } from '../upstream-values.ts'

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
  withPlace(withJson(command))
    .addOption(repeated('--unset <name>', 'let the default of a setting count again; repeat for more'))
    .addOption(repeated('--unmap <attribute>', 'take the mappings of an attribute away; repeat for more'))
    .addHelpText('after', HELP)
    .action(async (alias: string, options: EditOptions) => {
      const change = await readChange(options, terminal)
      const act = ({ admin }: Desk) => edit(admin, terminal, alias, change, options)
      return atDesk(command, terminal, act, { headline: headlineOf(alias) })
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

function headlineOf(alias: string): string {
  return `the upstream ${alias} was not changed`
}

async function edit(
  admin: AdminClient,
  terminal: Terminal,
  alias: string,
  { values: change, misread }: ReadOptions<UpstreamChange>,
  options: EditOptions,
): Promise<void> {
  const { version } = await getUpstream(admin, alias)
  if (misread.length > 0) return failWithMistakes(headlineOf(alias), misread)
  const body = { ...change, offline: options.offline === true } as unknown as NonNullable<
    InputOf<'upstreams.edit'>['body']
  >
  const { document, version: now, warnings } = await admin.call('upstreams.edit', { path: { alias }, body })
  warnAll(terminal, warnings)
  reportUpstream(terminal, options, { upstream: document, outcome: now === version ? 'unchanged' : 'changed' })
}
