/** `sallyport export`: prints what is in the database as YAML, ready for a file that sallyport.yaml includes. */

import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { THING_SECTIONS } from '../../config/thing-sections.ts'
import { COMMAND_LINE } from '../../core/administration/actor.ts'
import type { ShownSetting } from '../../core/administration/ports.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { checkNoServer } from '../here-only.ts'
import { inHouse } from '../open-house.ts'
import type { Terminal } from '../terminal.ts'

const SETTINGS = 'settings'
const KINDS: readonly string[] = [...THING_SECTIONS, SETTINGS]

const HELP = `
KIND is one of ${KINDS.join(', ')}; without one, all of them. Without --all only what no file owns and what no app
registered by itself is printed: what was made by hand.

What is printed applies to an empty database as it stands, and makes the same things. Secrets cannot be read: where a thing has one, a
comment shows where to write it. After "sallyport apply" with the printed file, the things belong to that file. Settings are those that
were changed while the server ran; once they stand in a file, the file wins ("sallyport setting reset" takes back what it covers).

It works on the database, not with --server.

Examples:
  $ sallyport export
  $ sallyport export clients --key wiki
  $ sallyport export clients upstreams -o conf.d/things.yaml
  $ sallyport export settings
  $ sallyport export --all`

interface ExportOptions {
  readonly all?: boolean
  readonly key?: readonly string[]
  readonly output?: string
}

export function define(command: Command, terminal: Terminal): void {
  command
    .description('Print what was made by hand as YAML.')
    .argument('[kind...]', KINDS.join(', '))
    .addOption(new Option('--all', 'also what files own, and apps that registered themselves').conflicts('unowned'))
    .option('--unowned', 'only what was made by hand (the standard)')
    .option('--key <name...>', 'only these, whoever owns them: client_id, alias, user name, name')
    .option('-o, --output <file>', 'write it to a new file')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async (kinds: readonly string[], options: ExportOptions) => {
      checkNoServer(terminal)
      checkKinds(kinds)
      const path = options.output === undefined ? undefined : resolve(terminal.cwd, options.output)
      if (path !== undefined && existsSync(path)) {
        throw new CommandFailure(EXIT.conflict, `${options.output} exists already; nothing was written`)
      }
      const yaml = await inHouse(command, terminal, async (house, config) => {
        const { administrationPorts } = await import('../../house.ts')
        const { exportThings } = await import('../../core/declarations/export-things.ts')
        const { writeYaml } = await import('../../config/write-yaml.ts')
        const ports = administrationPorts(config, house)
        const keys = options.key ?? []
        const wanted = { kinds: kinds.filter(kind => kind !== SETTINGS), keys, isAll: options.all === true }
        const acting = { ...ports, actor: COMMAND_LINE, now: ports.clock.now() }
        const isSettingsOnly = kinds.length > 0 && wanted.kinds.length === 0
        const sections = isSettingsOnly ? [] : await exportThings(wanted, acting)
        const hasSettings = kinds.length === 0 || kinds.includes(SETTINGS)
        const settings = hasSettings ? settingsToExport(ports.settings.all, keys) : []
        checkFound(keys, [
          ...sections.flatMap(({ things }) => things.map(({ key }) => key)),
          ...settings.map(({ name }) => name),
        ])
        return sections.length + settings.length === 0 ? '' : writeYaml(sections, settings)
      })
      if (yaml === '') terminal.warn('There is nothing that was made by hand (--all: also what files own).')
      else if (path === undefined) terminal.print(yaml.trimEnd())
      else writeFileSync(path, yaml, { flag: 'wx' })
    })
}

/** What the database says and what counts: the rest stands in a file already, or breaks a rule. */
function settingsToExport(all: readonly ShownSetting[], keys: readonly string[]) {
  return all.flatMap(({ name, stored, isOwned, problem }) => {
    const isWanted = keys.length === 0 || keys.includes(name)
    return stored !== undefined && !isOwned && problem === undefined && isWanted ? [{ name, value: stored.value }] : []
  })
}

function checkKinds(kinds: readonly string[]): void {
  const unknown = kinds.filter(kind => !KINDS.includes(kind))
  if (unknown.length === 0) return
  const lines = unknown.map(kind => `${kind} is no kind of thing${didYouMean(kind, KINDS)}`)
  throw new CommandFailure(EXIT.usage, `${lines.join('; ')}; choose ${KINDS.join(', ')}`)
}

function checkFound(wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.filter(key => !found.includes(key))
  if (missing.length > 0) throw new CommandFailure(EXIT.notFound, `there is no ${missing.join(', ')}`)
}
