/** Protocol parameters: `application/x-www-form-urlencoded` text, from a query or a body, read in a single pass (RFC 6749 Appendix B). */

import { type Refusal, refuse } from './refusal.ts'

export interface Params {
  get(name: string): string | undefined
  /** Every value in the order they came, for the few parameters that may be repeated (RFC 8707 §2 `resource`). */
  getAll(name: string): readonly string[]
  /** Each name that came with a value, once. */
  names(): readonly string[]
  /** Names that came more than once; a rule decides what that means. */
  readonly repeated: readonly string[]
}

/** Limits that no honest request comes near; the body's size is limited before. */
const MAX_PARAMETERS = 100

export function parseParams(text: string): Params | Refusal {
  const values = new Map<string, string>()
  const repeated: string[] = []
  /** Only of what came more than once, without the first. */
  const further: (readonly [name: string, value: string])[] = []
  let count = 0
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start)
    if (end === -1) end = text.length
    if (end > start) {
      if (++count > MAX_PARAMETERS) return refuse('invalid_request', 'too many parameters', 'at most 100 parameters')
      const equals = text.indexOf('=', start)
      const hasValue = equals !== -1 && equals < end
      const name = decode(text.slice(start, hasValue ? equals : end))
      const value = hasValue ? decode(text.slice(equals + 1, end)) : ''
      if (name === undefined || value === undefined) {
        return refuse('invalid_request', 'a parameter is not form-urlencoded UTF-8', 'RFC 6749 Appendix B encoding')
      }
      if (values.has(name)) {
        repeated.push(name)
        if (value !== '' && !value.includes('\0')) further.push([name, value])
      }
      // RFC 6749 §3.1: a parameter sent without a value is treated as if it were omitted. A NUL never has a meaning here, and
      // databases disagree about it.
      else if (value !== '') {
        if (value.includes('\0'))
          return refuse('invalid_request', 'a parameter contains NUL', 'RFC 6749 Appendix A syntax')
        values.set(name, value)
      }
    }
    start = end + 1
  }
  const getAll = (name: string): readonly string[] => {
    const first = values.get(name)
    if (first === undefined) return []
    return [first, ...further.flatMap(([other, value]) => (other === name ? [value] : []))]
  }
  return { get: name => values.get(name), getAll, names: () => [...values.keys()], repeated }
}

/** The name in `name=value`, or nothing when it is not form-urlencoded. */
export function decodeName(pair: string): string | undefined {
  const equals = pair.indexOf('=')
  return decode(equals === -1 ? pair : pair.slice(0, equals))
}

function decode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** RFC 6749 §3.1, §3.2: request parameters MUST NOT be included more than once, apart from those that an RFC says may (`mayRepeat`). */
export function checkNotRepeated(params: Params, mayRepeat: readonly string[] = []): Refusal | undefined {
  const first = params.repeated.find(name => !mayRepeat.includes(name))
  if (first === undefined) return undefined
  const name = printable(first)
  return refuse('invalid_request', `${name} was sent more than once`, 'RFC 6749 §3.1 parameters are not repeated', {
    parameter: name,
  })
}

export function encodeParams(params: readonly (readonly [string, string | undefined])[]): string {
  let text = ''
  for (const [name, value] of params) {
    if (value !== undefined) text += `${text === '' ? '' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  return text
}

/** RFC 6749 §4.1.2.1: an error_description holds printable ASCII without `"` and `\`; what a client sent is cut to that. */
export function printable(text: string, maxLength = 60): string {
  return text.slice(0, maxLength).replace(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '?')
}

/** Any JSON value as text, for facts. `String()` would call a `toString` that the sender put into an object, and throw. */
export function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Form text as a query: what a request line cannot hold is percent-encoded, so that a posted request can come again as a GET. */
export function asQuery(form: string): string {
  return form.toWellFormed().replace(/[^\x21\x22\x24-\x7E]/gu, encodeURIComponent)
}
