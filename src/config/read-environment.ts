/** Settings from environment variables, laid over those of the file. */

import { nearestName } from '../lib/nearest-name.ts'
import type { Mistake } from './mistake.ts'
import { listSettings, type Setting } from './settings.ts'
import { removeAt, setAt, type WrittenSettings } from './written-settings.ts'
import { valueOfText } from './written-text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that are no settings: which file to read, which server is managed and by whom, and the values of `client create` and `account create`. */
const OTHER_VARIABLES = /^SALLYPORT_(CONFIG$|CLIENT_|ACCOUNT_|SERVER$|SERVER_CLIENT_|TOKEN(_FILE)?$)/

/** Environment over file. A variable that is set to nothing counts as not set. */
export function readEnvironment(env: Environment, file: WrittenSettings): WrittenSettings {
  const settings = listSettings()
  const fromEnvironment = new Map<string, string>()
  for (const setting of settings) {
    const text = env[setting.variable]
    if (text === undefined || text === '') continue
    // A secret from the environment replaces the file's, whichever of the two ways each of them uses.
    for (const twin of twinsOf(setting, settings)) {
      if (!fromEnvironment.has(twin.path.join('.'))) removeAt(file.tree, twin.path)
    }
    setAt(file.tree, setting.path, valueOfText(setting.kind, text))
    fromEnvironment.set(setting.path.join('.'), setting.variable)
  }
  return {
    tree: file.tree,
    mistakes: [...file.mistakes, ...misspeltVariables(env, settings)],
    place(path, atKey) {
      const variable = fromEnvironment.get(path.slice(0, 2).join('.')) ?? fromEnvironment.get(String(path[0]))
      return variable === undefined ? file.place(path, atKey) : { kind: 'environment', variable }
    },
  }
}

function twinsOf(setting: Setting, settings: readonly Setting[]): readonly Setting[] {
  const name = setting.path.join('.')
  return settings.filter(({ path, fileSibling }) => {
    const other = path.join('.')
    return other === `${name}_file`
      ? setting.fileSibling !== undefined
      : fileSibling !== undefined && `${other}_file` === name
  })
}

/**
 * Only near misses: an orchestrator sets variables of its own that begin like ours
 * (Kubernetes: `SALLYPORT_SERVICE_HOST` for a service named sallyport).
 */
function misspeltVariables(env: Environment, settings: readonly Setting[]): readonly Mistake[] {
  const known = new Set(settings.map(({ variable }) => variable))
  return Object.keys(env).flatMap(variable => {
    if (!variable.startsWith('SALLYPORT_') || known.has(variable) || OTHER_VARIABLES.test(variable)) return []
    const meant = nearestName(variable, known)
    return meant === undefined
      ? []
      : [{ place: { kind: 'environment', variable }, setting: '', rule: `is no setting; did you mean ${meant}?` }]
  })
}
