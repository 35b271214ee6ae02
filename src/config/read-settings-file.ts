/** The settings file and what it includes, with what its references stand for. */

import { resolve } from 'node:path'
import { type ListFolder, listFolder } from './include-paths.ts'
import type { Mistake } from './mistake.ts'
import type { Environment } from './read-environment.ts'
import { type ReferencePorts, reasonOf, resolveReferences } from './references.ts'
import { kindsOfSettings, resolveTree } from './resolve-tree.ts'
import { listSettings, variableOf } from './settings.ts'
import { isThingSection } from './thing-sections.ts'
import { textAt, type WrittenSettings } from './written-settings.ts'

const USUAL_FILE = 'sallyport.yaml'
const VAULT = ['secrets', 'vault']

export interface FileSources {
  /** `--config FILE`; before `SALLYPORT_CONFIG`, before `sallyport.yaml` in `cwd`, which alone may be missing. */
  readonly argvConfigPath?: string | undefined
  readonly env: Environment
  /** Every relative path in the settings is relative to this folder. */
  readonly cwd: string
  /** The UTF-8 text at an absolute path; throws when there is none. */
  readonly readFile: (path: string) => string
  /** The names in a folder, for `include`. Absent: those on the disk. */
  readonly listFolder?: ListFolder
}

/** Nothing is written where the usual file is not there. */
export async function readSettingsFile(
  { argvConfigPath, env, cwd, readFile, listFolder: given }: FileSources,
  readText: (path: string) => string,
): Promise<WrittenSettings> {
  const asked = argvConfigPath ?? (env.SALLYPORT_CONFIG || undefined)
  const file = asked ?? USUAL_FILE
  let text: string
  try {
    text = readFile(resolve(cwd, file))
  } catch (error) {
    const reason = reasonOf(error)
    if (asked === undefined && reason === 'no such file') return nothingWritten()
    const place =
      argvConfigPath === undefined && asked !== undefined
        ? ({ kind: 'environment', variable: 'SALLYPORT_CONFIG' } as const)
        : ({ kind: 'nowhere' } as const)
    return nothingWritten([{ place, setting: '', rule: `the settings file ${file} cannot be read: ${reason}` }])
  }
  // Loaded when there is a file only: a server without one starts sooner.
  const { readFiles } = await import('./read-files.ts')
  const ports = { env, readText, cwd, readFile, listFolder: given ?? listFolder }
  return resolved(readFiles(file, text, ports), ports)
}

/** With what its references stand for. */
async function resolved(files: WrittenSettings, ports: ReferencePorts): Promise<WrittenSettings> {
  const ofSettings = kindsOfSettings()
  const hasThings = Object.keys(files.tree).some(isThingSection)
  const kinds = hasThings ? (await import('./declared-things.ts')).kindsOfThings(ofSettings) : ofSettings
  return resolveTree(files, kinds, { ...ports, vault: vaultIn(files, ports) })
}

/** Where `${vault.…}` looks is a setting itself. */
function vaultIn({ tree }: WrittenSettings, ports: ReferencePorts): string | undefined {
  const given = ports.env[variableOf(VAULT)] || textAt(tree, VAULT)
  const text = given === undefined ? undefined : resolveReferences(given, ports)
  return text !== undefined && 'text' in text && text.text !== '' ? text.text : undefined
}

/** `sessions:` with nothing below it (all commented out) is no mistake. */
export function withoutEmptySections(written: WrittenSettings): WrittenSettings {
  const sections = new Set(
    listSettings().flatMap(({ path: [section = ''], path }) => (path.length > 1 ? [section] : [])),
  )
  const tree = Object.entries(written.tree).filter(([key, value]) => value !== null || !sections.has(key))
  return { ...written, tree: Object.fromEntries(tree) }
}

function nothingWritten(mistakes: readonly Mistake[] = []): WrittenSettings {
  return { tree: {}, mistakes, place: () => ({ kind: 'nowhere' }) }
}
