/** Every setting as it counts, for people: what was written or the standard, and where it is said. Secrets are never among it. */

import type { LeftSetting, ShownSetting } from '../core/administration/ports.ts'
import type { StoredSetting } from '../core/settings/stored-setting.ts'
import { isChangeable } from './changeable.ts'
import { listSettings, type Setting } from './settings.ts'
import { valueAt, type WrittenSettings } from './written-settings.ts'

const HIDDEN = '•••'

/** `stored`: what the database says, whether it counts or not; `left`: what of it breaks a rule. */
export function shownSettings(
  written: WrittenSettings,
  stored: readonly StoredSetting[] = [],
  left: readonly LeftSetting[] = [],
): readonly ShownSetting[] {
  return listSettings().map(setting => {
    const { path, standard, description, variable } = setting
    const name = path.join('.')
    const value = valueAt(written.tree, path)
    const source = value === undefined ? undefined : sourceOf(written, path)
    const inDatabase = stored.find(other => other.name === name)
    const problem = left.find(other => other.name === name)?.rule
    return {
      name,
      value: value === undefined ? standard : shownValue(value, setting),
      standard,
      ...(source === undefined ? {} : { source }),
      isOwned: value !== undefined && written.place(path).kind !== 'database',
      isChangeable: isChangeable(name),
      ...(inDatabase === undefined ? {} : { stored: inDatabase }),
      ...(problem === undefined ? {} : { problem }),
      variable,
      about: description,
    }
  })
}

/** `sallyport.yaml:12`, `SALLYPORT_ISSUER` */
function sourceOf({ place }: WrittenSettings, path: readonly string[]): string | undefined {
  const at = place(path)
  switch (at.kind) {
    case 'file':
      return `${at.file}:${at.line}`
    case 'environment':
      return at.variable
    case 'database':
      return `database, by ${at.by}`
    case 'nowhere':
      return undefined
  }
}

/** What may come from a file of its own is a secret. Of a database URL everything but the password is none. */
function shownValue(value: unknown, { path, fileSibling }: Setting): unknown {
  if (fileSibling === undefined) return value
  return path.join('.') === 'database' && typeof value === 'string' ? withoutPassword(value) : HIDDEN
}

function withoutPassword(database: string): string {
  if (database.startsWith('sqlite:')) return database
  const url = URL.parse(database)
  // Parameters may hold a password as well, so only what is known to be none is shown.
  return url === null ? HIDDEN : `${url.protocol}//${url.username === '' ? '' : `${HIDDEN}@`}${url.host}${url.pathname}`
}
