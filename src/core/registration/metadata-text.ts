/** Client metadata as it comes over the wire: JSON text from somebody we do not know. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { JsonObject } from '../clients/client.ts'

/** Far above what metadata needs (`jwks` → `keys` → key → `x5c`), far below what a recursive reader minds. */
const MAX_DEPTH = 12

export function parseMetadata(text: string, rule: string): JsonObject | Refusal {
  const json = parseJson(text)
  return isObject(json)
    ? checkMetadata(json, rule)
    : refuse('invalid_client_metadata', 'the body must be one JSON object', rule)
}

export function checkMetadata(json: JsonObject, rule: string): JsonObject | Refusal {
  const broken = brokenValue(json, 0)
  return broken === undefined ? json : refuse('invalid_client_metadata', broken, rule)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** What no metadata has, and what databases, terminals and pages disagree about. */
function brokenValue(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return 'the metadata is nested too deeply'
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return 'a text is not valid Unicode'
    return /\p{Cc}/u.test(value) ? 'a text contains control characters' : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, item] of Object.entries(value)) {
    const broken = brokenValue(name, depth + 1) ?? brokenValue(item, depth + 1)
    if (broken !== undefined) return broken
  }
  return undefined
}
