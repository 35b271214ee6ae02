/** Values of foreign files, looked at before they are used. */

import type { JsonObject } from '../clients/client.ts'

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject)
}

/** Texts and numbers as texts. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap(item => textOf(item) ?? [])
}

/** Nothing when it is empty or no text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `true` as a boolean or as Keycloak writes it. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Members that say nothing are left out. */
export function without(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null))
}

/** A row of a table by a name that somebody else wrote: `constructor` is none. */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
