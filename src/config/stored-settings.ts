/** Settings from the database: the lowest layer, below the files and the environment, and held to the same rules. */

import type { LeftSetting } from '../core/administration/ports.ts'
import type { StoredSetting } from '../core/settings/stored-setting.ts'
import { isChangeable } from './changeable.ts'
import { checkSettings } from './check-settings.ts'
import type { ParsedSettings } from './config-schema.ts'
import type { Mistake } from './mistake.ts'
import { listSettings } from './settings.ts'
import { isTree, setAt, valueAt, type WrittenSettings } from './written-settings.ts'

export interface LayeredSettings {
  readonly settings: ParsedSettings
  readonly written: WrittenSettings
  readonly left: readonly LeftSetting[]
}

/**
 * `written` is without mistakes. What the database says and breaks a rule is left out: first what is wrong by itself, then, where it does
 * not go together with what the files say now, all that the database says of that section. So a file that was changed always wins.
 */
export function layerStored(written: WrittenSettings, stored: readonly StoredSetting[]): LayeredSettings {
  const known = new Set(listSettings().map(({ path }) => path.join('.')))
  const unknown = stored.filter(({ name }) => !known.has(name) || !isChangeable(name))
  const left: LeftSetting[] = unknown.map(({ name }) => ({ name, rule: UNKNOWN_RULE }))
  let counting = stored.filter(setting => !unknown.includes(setting) && !isSaid(written, setting))
  for (;;) {
    const layered = withLayer(written, counting)
    const { settings, mistakes } = checkSettings(layered)
    if (settings !== undefined && mistakes.length === 0) return { settings, written: layered, left }
    const leaving = leavingFor(mistakes, counting)
    // Nothing from the database is left, and the rest was good: this cannot be.
    if (leaving.length === 0) throw new Error('settings without mistakes have mistakes')
    left.push(...leaving.map(({ name, rule }) => ({ name, rule })))
    counting = counting.filter(({ name }) => !leaving.some(gone => gone.name === name))
  }
}

const UNKNOWN_RULE = 'is no setting that may stand in the database'

function leavingFor(mistakes: readonly Mistake[], counting: readonly StoredSetting[]): readonly LeftSetting[] {
  const alone = counting.flatMap(({ name }) => {
    const mistake = mistakes.find(({ setting }) => isWithin(setting, name))
    return mistake === undefined ? [] : [{ name, rule: ruleFor(name, mistake) }]
  })
  if (alone.length > 0) return alone
  const together = counting.flatMap(({ name }) => {
    const mistake = mistakes.find(({ setting }) => sectionOf(setting) === sectionOf(name))
    return mistake === undefined ? [] : [{ name, rule: `does not go together with the rest: ${sentence(mistake)}` }]
  })
  return together.length > 0 ? together : counting.map(({ name }) => ({ name, rule: 'does not go with the rest' }))
}

/** The setting itself, or what stands in it: `resources[0].uri`. */
function isWithin(setting: string, name: string): boolean {
  return setting === name || setting.startsWith(`${name}.`) || setting.startsWith(`${name}[`)
}

/** Which item of a list it is about belongs to the sentence. */
function ruleFor(name: string, { setting, rule }: Mistake): string {
  const inside = setting.slice(name.length).replace(/^\./, '')
  return inside === '' ? rule : `${inside} ${rule}`
}

function sentence({ setting, rule }: Mistake): string {
  return `${setting} ${rule}`
}

function sectionOf(setting: string): string {
  return setting.split(/[.[]/)[0] ?? ''
}

function pathOf(name: string): readonly string[] {
  return name.split('.')
}

function isSaid({ tree }: WrittenSettings, { name }: StoredSetting): boolean {
  return valueAt(tree, pathOf(name)) !== undefined
}

function withLayer(written: WrittenSettings, stored: readonly StoredSetting[]): WrittenSettings {
  // Sections are copied: the files and the environment are layered again and again.
  const tree = Object.fromEntries(
    Object.entries(written.tree).map(([key, value]) => [key, isTree(value) ? { ...value } : value]),
  )
  for (const { name, value } of stored) setAt(tree, pathOf(name), value)
  return {
    ...written,
    tree,
    place(path, atKey) {
      const from = stored.find(({ name }) => pathOf(name).every((step, index) => step === path[index]))
      return from === undefined ? written.place(path, atKey) : { kind: 'database', by: from.updatedBy }
    },
  }
}
