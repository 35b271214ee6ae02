/** Versions of documents, for `If-Match` (RFC 9110 §8.8.3), and what differs between two of them. */

import { hash } from 'node:crypto'
import type { Facts } from '../../spec/refusal.ts'
import type { Document } from './ports.ts'

/** The same for the same content, whatever the order of its members. */
export function versionOf(document: Document): string {
  return hash('sha256', canonical(withoutUse(document)), 'base64url').slice(0, 22)
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner !== 'object' || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
}

/** Moments of use (`last_used_at`), at any depth: whoever read a thing before it was used still knows what it is. */
function withoutUse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUse)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (OF_USE.test(name) ? [] : [[name, withoutUse(inner)]])),
  )
}

const OF_USE = /^last_\w+_at$/

/** What changes by itself is no change. */
const BY_ITSELF = ['updated_at', 'updated_by']

export function changedFields(before: Document, after: Document): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .filter(name => !BY_ITSELF.includes(name) && !OF_USE.test(name) && differs(before[name], after[name]))
    .sort()
}

function differs(before: unknown, after: unknown): boolean {
  return canonical(withoutUse(before ?? null)) !== canonical(withoutUse(after ?? null))
}

const MAX_TEXT = 1000

/** Before and after of every field that differs, for the audit. Documents hold no secrets. */
export function beforeAndAfter(before: Document | undefined, after: Document | undefined): Facts {
  const names = changedFields(before ?? {}, after ?? {})
  const facts: Record<string, Facts[string]> = { changed: names }
  for (const name of names) {
    if (before?.[name] !== undefined) facts[`before.${name}`] = factOf(before[name])
    if (after?.[name] !== undefined) facts[`after.${name}`] = factOf(after[name])
  }
  return facts
}

function factOf(value: unknown): Facts[string] {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') return cut(value)
  if (Array.isArray(value) && value.length <= 100 && value.every(item => typeof item === 'string'))
    return value.map(cut)
  return cut(canonical(value ?? null))
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
