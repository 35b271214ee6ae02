/** `sallyport upstream presets`: the well-known upstreams that `upstream create --preset` can begin with. */

import type { Command } from 'commander'
import { PRESETS } from '../../core/upstreams/settings/presets.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A preset is settings and nothing more: whatever is said besides wins, and --json prints them.

Examples:
  $ sallyport upstream presets
  $ sallyport upstream create google --preset google --client-id ID --client-secret SECRET
  $ sallyport upstream create work --preset keycloak --discovery https://sso.example.com/realms/work --client-id ID --client-secret SECRET`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List the presets of upstream create.')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) => {
      if (json === true) return terminal.print(jsonText(PRESETS.map(presetJson)))
      const rows = PRESETS.map(({ name, title, needsDiscovery = '' }) => [name, title, needsDiscovery])
      terminal.print(formatTable(['preset', 'name', 'needs --discovery, such as'], rows))
      for (const { name, about } of PRESETS) terminal.print(`\n${name}: ${about}`)
    })
}

function presetJson({ name, title, about, needsDiscovery, settings }: (typeof PRESETS)[number]) {
  return { name, title, about, ...(needsDiscovery === undefined ? {} : { needs_discovery: needsDiscovery }), settings }
}
