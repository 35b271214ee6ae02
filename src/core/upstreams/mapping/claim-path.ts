/** Claim paths: where in a JSON document a claim stands, such as `address.locality` or `emails[primary=true].email`. */

import type { JsonObject } from '../../clients/client.ts'
import { scalarText } from './claim-value.ts'

export type ClaimStep =
  | { readonly kind: 'member'; readonly name: string }
  /** `[0]`: from the beginning. */
  | { readonly kind: 'index'; readonly index: number }
  /** `[primary=true]`: the first element whose member has this value. */
  | { readonly kind: 'where'; readonly name: string; readonly value: string }

export type ClaimPath = readonly ClaimStep[]

const MAX_LENGTH = 1000
/** Deeper than any honest document. */
const MAX_STEPS = 16
/** What a backslash may stand before, so that it means itself. */
const ESCAPED = '.[]=\\'

/** The steps, or the mistake as a sentence that the path's name begins. */
export function parseClaimPath(text: string): ClaimPath | string {
  if (text === '') return 'is empty'
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`
  const steps: ClaimStep[] = []
  let at = 0
  while (at < text.length) {
    const isBracket = text[at] === '['
    if (isBracket && steps.length === 0) return 'begins with the name of a claim, not with ['
    // After the first name, each step begins with its dot or its bracket.
    if (!isBracket && steps.length > 0 && text[at] !== '.') return `needs a dot or a bracket after ]`
    const begin = isBracket || steps.length > 0 ? at + 1 : at
    const end = endOf(text, begin, isBracket ? ']' : '.[')
    const step = isBracket ? bracketStep(text, begin, end) : memberStep(text.slice(begin, end))
    if (typeof step === 'string') return step
    steps.push(step)
    at = isBracket ? end + 1 : end
  }
  return steps.length > MAX_STEPS ? `must have at most ${MAX_STEPS} steps` : steps
}

/** Where the first of `ends` stands that no backslash escapes; the text's length when there is none. */
function endOf(text: string, begin: number, ends: string): number {
  for (let at = begin; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (ends.includes(text.charAt(at))) return at
  }
  return text.length
}

function memberStep(raw: string): ClaimStep | string {
  const name = unescaped(raw)
  if (name === undefined) return WRONG_ESCAPE
  return name === '' ? 'has an empty name: a dot in a name is written \\.' : { kind: 'member', name }
}

function bracketStep(text: string, begin: number, end: number): ClaimStep | string {
  if (end >= text.length) return 'has a [ without its ]'
  const inner = text.slice(begin, end)
  if (/^\d{1,5}$/.test(inner)) return { kind: 'index', index: Number(inner) }
  const equals = endOf(inner, 0, '=')
  if (equals === inner.length) return 'has brackets with neither a number nor name=value in them'
  const name = unescaped(inner.slice(0, equals))
  const value = unescaped(inner.slice(equals + 1))
  if (name === undefined || value === undefined) return WRONG_ESCAPE
  return name === '' ? 'has brackets with neither a number nor name=value in them' : { kind: 'where', name, value }
}

const WRONG_ESCAPE = 'has a backslash that stands before none of . [ ] = \\'

function unescaped(raw: string): string | undefined {
  let text = ''
  for (let at = 0; at < raw.length; at++) {
    const isEscape = raw[at] === '\\'
    if (isEscape && (at + 1 === raw.length || !ESCAPED.includes(raw.charAt(at + 1)))) return undefined
    text += raw.charAt(isEscape ? ++at : at)
  }
  return text
}

/** What stands there; nothing when there is none. JSON `null` says nothing (OIDC Core §5.3.2), so it is none. */
export function findClaim(document: JsonObject, path: ClaimPath): unknown {
  let value: unknown = document
  for (const step of path) {
    value = takeStep(value, step)
    if (value === undefined || value === null) return undefined
  }
  return value
}

function takeStep(value: unknown, step: ClaimStep): unknown {
  if (step.kind === 'member') return Array.isArray(value) ? undefined : memberOf(value, step.name)
  if (!Array.isArray(value)) return undefined
  if (step.kind === 'index') return value[step.index]
  return value.find(item => !Array.isArray(item) && scalarText(memberOf(item, step.name)) === step.value)
}

/** Its own members only: `constructor` and `__proto__` are claims like any other, and mostly absent. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as JsonObject)[name]
}
