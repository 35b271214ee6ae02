/** A request parameter that is JSON text: whoever comes may send one, so its size and depth are bounded before anybody looks inside. */

import { type Refusal, refuse } from './refusal.ts'

/** More than any honest request says; a pushed request or a request object may be longer than a query. */
const MAX_LENGTH = 20_000
const MAX_DEPTH = 8

export function parseJsonParameter(
  name: string,
  text: string,
  rule: string,
  error = 'invalid_request',
): unknown | Refusal {
  if (text.length > MAX_LENGTH) return refuse(error, `${name} is too long`, rule, { length: text.length })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refuse(error, `${name} is not JSON`, rule)
  }
  return isPlain(json, MAX_DEPTH) ? json : refuse(error, `${name} is nested too deeply or holds no text`, rule)
}

/** Within the depth, and of text that every database keeps: no NUL, no half of a surrogate pair. */
function isPlain(json: unknown, depth: number): boolean {
  if (typeof json === 'string') return json.isWellFormed() && !json.includes('\0')
  if (typeof json !== 'object' || json === null) return true
  return depth > 0 && Object.entries(json).every(([name, member]) => isPlain(name, depth) && isPlain(member, depth - 1))
}
