/** A value of a custom attribute, from text or JSON, held to its definition. Pure. */

import { isEmailAddress } from '../email-address.ts'
import type { AttributeDefinition, AttributeType } from './attribute-definition.ts'

/** `value` absent: it is taken away. */
export type AttributeValue = { readonly value?: unknown } | { readonly broken: string }

type Rules = Pick<AttributeDefinition, 'type' | 'isList' | 'choices'>

const MOST_VALUES = 100
const MAX_TEXT = 1000
const MAX_JSON = 16_384

/** An empty text, an empty list and null take it away. `broken` is a sentence that the attribute's name begins. */
export function parseAttributeValue(definition: Rules, written: unknown): AttributeValue {
  if (written === '' || written === null || written === undefined) return {}
  return definition.isList ? parseList(definition, written) : parseOne(definition, written)
}

/** Is it one as it would be kept? */
export function isAttributeValue(definition: Rules, value: unknown): boolean {
  const parsed = parseAttributeValue(definition, value)
  return 'value' in parsed && JSON.stringify(parsed.value) === JSON.stringify(value)
}

/** As text: separated by commas, or a JSON list where a value has a comma of its own. */
function parseList(definition: Rules, written: unknown): AttributeValue {
  const values = typeof written === 'string' ? listIn(written) : written
  if (!Array.isArray(values)) return { broken: 'must be a list' }
  if (values.length === 0) return {}
  if (values.length > MOST_VALUES) return { broken: `must have at most ${MOST_VALUES} values` }
  const parsed = values.map(value => parseOne(definition, value))
  const wrong = parsed.find(result => 'broken' in result)
  return wrong ?? { value: parsed.flatMap(result => ('value' in result ? [result.value] : [])) }
}

function listIn(text: string): unknown {
  if (text.trimStart().startsWith('[')) return jsonIn(text)
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function parseOne({ type, choices }: Rules, written: unknown): AttributeValue {
  if (type === 'json') return parseJson(written)
  const value = typedValue(type, written)
  const broken = brokenRule(type, value)
  if (broken !== undefined) return { broken }
  if (choices.length > 0 && !choices.some(choice => choice === value)) {
    return { broken: `must be one of ${choices.join(', ')}` }
  }
  return { value }
}

/** Command lines and upstreams write everything as text. */
function typedValue(type: AttributeType, written: unknown): unknown {
  if (typeof written !== 'string') return written
  if (type === 'boolean' && (written === 'true' || written === 'false')) return written === 'true'
  return type === 'number' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(written) ? Number(written) : written
}

function brokenRule(type: AttributeType, value: unknown): string | undefined {
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false'
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number'
  if (typeof value !== 'string') return 'must be text'
  if (value.length > MAX_TEXT) return `must have at most ${MAX_TEXT} characters`
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return 'must not contain control characters'
  return brokenTextRule(type, value)
}

function brokenTextRule(type: AttributeType, text: string): string | undefined {
  switch (type) {
    case 'date':
      return isDate(text) ? undefined : 'must be a date such as 2026-01-31'
    case 'url':
      return /^https?:\/\/[^/\s]\S*$/i.test(text) && URL.canParse(text)
        ? undefined
        : 'must be a URL such as https://example.com/me'
    case 'email':
      return isEmailAddress(text) ? undefined : 'must be an e-mail address'
    case 'phone':
      return /^\+?[0-9][0-9 ()./-]{1,38}$/.test(text) ? undefined : 'must be a phone number such as +49 30 1234567'
    default:
      return undefined
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** A text that is JSON is read as such; any other one is no JSON text, so it has to be written as one. */
function parseJson(written: unknown): AttributeValue {
  const value = typeof written === 'string' ? jsonIn(written) : written
  const text = value === undefined ? undefined : JSON.stringify(value)
  if (text === undefined) return { broken: 'must be JSON such as {"floor":3}' }
  return text.length > MAX_JSON ? { broken: `must have at most ${MAX_JSON} characters of JSON` } : { value }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
