/** `settings.change` and `settings.reset`: settings that stand in the database, below files and environment, and count on every node at once. */

import type { StoredSetting } from '../../../settings/stored-setting.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import { type Field, shown } from '../../field.ts'
import type { Operation, Outcome } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting, Document, LeftSetting, SettingsWithStored, ShownSetting } from '../../ports.ts'
import { conflict, invalid, invalidField, notFound, type Problem } from '../../problem.ts'
import type { Change } from '../../resource.ts'
import { SETTING_FIELDS, settingDocument, VALUE } from './setting-document.ts'
import { settingWarnings } from './setting-warnings.ts'

/** A list of APIs with their keys is long; a setting is no store for files. */
const MAX_LENGTH = 100_000

const BODY: readonly Field[] = [{ ...VALUE, required: true, about: 'As it would be written in the file.' }]
const ANSWER = { kind: 'document', fields: shown(SETTING_FIELDS) } as const

const changeSetting: Operation = {
  name: 'settings.change',
  method: 'PATCH',
  path: '/settings/{name}',
  role: 'administrator',
  summary: 'Change a setting while the server runs',
  about:
    'It counts at once here and within about a second on every other node. A setting that a file or a variable says is changed there; those that are not changeable count from the next start. The rules are those of the file.',
  body: BODY,
  isPatch: true,
  answer: ANSWER,
  ifMatch: 'optional',
  perform: ({ path, body = {}, ifMatch }, acting) =>
    performOn(path, ifMatch, acting, found => decideChange(found, body, acting)),
}

const resetSetting: Operation = {
  name: 'settings.reset',
  method: 'POST',
  path: '/settings/{name}/reset',
  role: 'administrator',
  summary: 'Give a setting its standard again',
  about: 'What the database says of it is taken back, also where a file or a variable wins.',
  answer: ANSWER,
  ifMatch: 'optional',
  perform: ({ path, ifMatch }, acting) => performOn(path, ifMatch, acting, found => decideReset(found, acting)),
}

export const SETTING_ACTIONS: readonly Operation[] = [changeSetting, resetSetting]

interface FoundSetting {
  readonly setting: ShownSetting
  readonly stored: StoredSetting | undefined
  /** The others in the database that count. */
  readonly others: readonly StoredSetting[]
}

async function performOn(
  { name = '' }: Readonly<Record<string, string>>,
  ifMatch: string | undefined,
  acting: Acting,
  decide: (found: FoundSetting) => Change | Problem,
): Promise<Outcome | Problem> {
  const stored = await acting.repositories.settings.list()
  const { all, left } = acting.settings.withStored(stored)
  const setting = all.find(known => known.name === name)
  if (setting === undefined) return notFound('setting', name)
  const found: FoundSetting = {
    setting,
    stored: stored.find(known => known.name === name),
    others: stored.filter(known => known.name !== name && !left.some(gone => gone.name === known.name)),
  }
  const before = settingDocument(setting, acting.settings)
  return performChange({ resource: KIND, key: name, before, ifMatch }, async () => decide(found), acting)
}

const KIND = { name: 'settings', singular: 'setting', key: 'name', fields: SETTING_FIELDS } as const

function decideChange({ setting, stored, others }: FoundSetting, body: Document, acting: Acting): Change | Problem {
  const { name } = setting
  const refused = checkMayChange(setting)
  if (refused !== undefined) return refused
  const mistakes = documentMistakes(body, [...SETTING_FIELDS.filter(field => field !== VALUE), ...BODY], 'changing')
  if (mistakes.length > 0) return invalid(mistakes)
  const { value } = body
  if (JSON.stringify(value).length > MAX_LENGTH) {
    return invalidField('value', 'size', `must be at most ${MAX_LENGTH} characters of JSON`)
  }
  const next: StoredSetting = { name, value, updatedAt: acting.now, updatedBy: acting.actor.name }
  const then = acting.settings.withStored([...others, next])
  if (then.left.length > 0) return invalid(then.left.map(gone => mistakeOf(gone, name)))
  return {
    writes: [acting.repositories.settings.put(next, stored)],
    events: [{ type: 'setting.changed', detail: { setting: name } }],
    ...takenUp(setting, then, acting),
  }
}

/** What was wrong before is among `others` no more, so all of this follows from the new value. */
function mistakeOf({ name, rule }: LeftSetting, changed: string): SettingsMistake {
  return { member: 'value', rule: name, message: name === changed ? rule : `would break ${name}, which ${rule}` }
}

function decideReset({ setting, stored, others }: FoundSetting, acting: Acting): Change | Problem {
  const { name } = setting
  if (stored === undefined) return checkMayChange(setting) ?? conflict(`${name} has its standard already`)
  const then = acting.settings.withStored(others)
  if (then.left.length > 0) return invalid(then.left.map(gone => mistakeOf(gone, name)))
  return {
    writes: [acting.repositories.settings.delete(stored)],
    events: [{ type: 'setting.reset', detail: { setting: name } }],
    ...takenUp(setting, then, acting),
  }
}

function checkMayChange({ name, source, variable, isOwned, isChangeable }: ShownSetting): Problem | undefined {
  if (!isChangeable) {
    const where = isOwned ? (source ?? variable) : `the settings file, or in ${variable}`
    return conflict(
      `${name} cannot be changed while the server runs: say it in ${where}; it counts from the next start`,
    )
  }
  if (!isOwned) return undefined
  return conflict(`${name}: declared in ${source ?? variable}; change it there, and it counts from the next start`)
}

/** As it is then, and how this process comes to go by it before anybody is answered. */
function takenUp(setting: ShownSetting, then: SettingsWithStored, { settings, takeUpSettings }: Acting) {
  const after = then.all.find(({ name }) => name === setting.name) ?? setting
  const warnings = settingWarnings(setting.name, setting.value, after.value)
  return {
    after: settingDocument(after, settings),
    warnings,
    async afterwards() {
      await takeUpSettings()
      return { after: settingDocument(after, settings), warnings: [] }
    },
  }
}
