/** References inside of what was written become what they stand for; secrets of things stay references until they are needed. */

import { type Mistake, settingName } from './mistake.ts'
import { type ReferencePorts, resolveReferences } from './references.ts'
import { listSettings, type SettingKind } from './settings.ts'
import { INCLUDE, isThingSection } from './thing-sections.ts'
import type { WrittenSettings, WrittenTree } from './written-settings.ts'
import { valueOfText } from './written-text.ts'

/** How the text behind a reference at a path becomes a value; `as-is`: the reference stays. */
export type KindAt = (path: readonly PropertyKey[]) => SettingKind | 'as-is'

/** A few lines of anchors within anchors can stand for more than fits into memory. */
const MAX_VALUES = 1_000_000

export function resolveTree(written: WrittenSettings, kindAt: KindAt, ports: ReferencePorts): WrittenSettings {
  const mistakes: Mistake[] = []
  let values = 0

  function resolve(value: unknown, path: readonly PropertyKey[]): unknown {
    values += 1
    if (values > MAX_VALUES) throw new TooMuch()
    if (typeof value === 'string') return value.includes('${') ? behind(value, path) : value
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, [...path, key])]))
  }

  function behind(text: string, path: readonly PropertyKey[]): unknown {
    const kind = kindAt(path)
    if (kind === 'as-is') return text
    const resolved = resolveReferences(text, isThingSection(String(path[0])) ? { ...ports, isForeign } : ports)
    if ('text' in resolved) return resolved.changed ? valueOfText(kind, resolved.text) : text
    mistakes.push({ place: written.place(path), setting: settingName(path), rule: resolved.broken })
    return null
  }

  try {
    const tree = resolve(written.tree, []) as WrittenTree
    return { ...written, tree, mistakes: [...written.mistakes, ...mistakes] }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    const rule = `stands for more than ${MAX_VALUES} values: use fewer anchors within anchors`
    return { ...written, tree: {}, mistakes: [...written.mistakes, { place: written.place([]), setting: '', rule }] }
  }
}

/** `${CLAIM.email}`, `${ALIAS}`: what templates of mappings are made of is written in capitals. */
function isForeign(reference: string): boolean {
  return /^[A-Z]/.test(reference)
}

class TooMuch extends Error {}

/** A reference always gives text; `log.requests: ${env.LOG_REQUESTS}` wants true or false. */
export function kindsOfSettings(): KindAt {
  const kinds = new Map(listSettings().map(({ path, kind }) => [path.join('\0'), kind]))
  return path => (path[0] === INCLUDE ? 'text' : (kinds.get(path.map(String).join('\0')) ?? 'text'))
}
