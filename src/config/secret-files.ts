/** Secrets that stand in files of their own (`master_key_file`, `database_file`, `mail.password_file`): read, and held to the same rules as the settings they replace. */

import type { Mistake } from './mistake.ts'
import { reasonOf } from './references.ts'
import { DATABASE_RULE, isDatabaseUrl } from './sections/database.ts'
import { isMasterKey, MASTER_KEY_RULE } from './sections/master-key.ts'
import { textAt, type WrittenSettings } from './written-settings.ts'

export interface Secrets {
  /** Absent when no file is named for it, or the file is no good. */
  readonly database: string | undefined
  readonly masterKey: string | undefined
  readonly mailPassword: string | undefined
  readonly mistakes: readonly Mistake[]
}

export function readSecrets(written: WrittenSettings, readText: (path: string) => string): Secrets {
  const mistakes: Mistake[] = []
  const read = (setting: readonly string[], isGood: (text: string) => boolean, rule: string) => {
    const path = textAt(written.tree, setting)
    if (path === undefined) return undefined
    const wrong = (problem: string): undefined => {
      mistakes.push({ place: written.place(setting), setting: setting.join('.'), rule: problem })
    }
    try {
      const text = readText(path)
      return isGood(text) ? text : wrong(`names ${path}, whose content ${rule}`)
    } catch (error) {
      return wrong(`names ${path}, which cannot be read: ${reasonOf(error)}`)
    }
  }
  const database = read(['database_file'], isDatabaseUrl, DATABASE_RULE)
  const masterKey = read(['master_key_file'], isMasterKey, MASTER_KEY_RULE)
  const mailPassword = read(['mail', 'password_file'], text => text !== '', 'must not be empty')
  return { database, masterKey, mailPassword, mistakes }
}
