/** What was written, file and environment together, and where each setting stands. */

import type { Mistake, MistakePlace } from './mistake.ts'

export type WrittenTree = { [key: string]: unknown }

/** Settings as they were written, before any rule but the syntax was checked. */
export interface WrittenSettings {
  readonly tree: WrittenTree
  readonly mistakes: readonly Mistake[]
  /** Where a setting, or the nearest thing around it, stands. `atKey` points at the name instead of the value. */
  place(path: readonly PropertyKey[], atKey?: boolean): MistakePlace
}

export function valueAt(tree: WrittenTree, path: readonly string[]): unknown {
  let value: unknown = tree
  for (const key of path) value = isTree(value) ? value[key] : undefined
  return value
}

/** Undefined when nothing is there, or something that is no text. */
export function textAt(tree: WrittenTree, path: readonly string[]): string | undefined {
  const value = valueAt(tree, path)
  return typeof value === 'string' ? value : undefined
}

/** Sections on the way are made; what stands there and is no section is replaced. */
export function setAt(tree: WrittenTree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path
  if (key === undefined) return
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const section = tree[key]
  const inner: WrittenTree = isTree(section) ? section : {}
  tree[key] = inner
  setAt(inner, rest, value)
}

export function removeAt(tree: WrittenTree, path: readonly string[]): void {
  const section = valueAt(tree, path.slice(0, -1))
  const key = path.at(-1)
  if (key !== undefined && isTree(section)) delete section[key]
}

export function isTree(value: unknown): value is WrittenTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
