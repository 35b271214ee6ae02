/** The JSON of a body → a document, as strictly as what manages a server is read: nothing in it can be taken for two things. */

import { isUtf8 } from 'node:buffer'
import type { Document } from '../../../core/administration/ports.ts'
import { invalid, invalidField, type Problem } from '../../../core/administration/problem.ts'

/** Far more than any field needs, and far less than what a recursion could not hold. */
const MAX_DEPTH = 32

export function parseDocument(content: Buffer): Document | Problem {
  if (!isUtf8(content)) return broken('RFC 8259 §8.1 UTF-8', 'the body is not valid UTF-8')
  const text = content.toString('utf8')
  const parsed = parseJson(text)
  if (parsed === undefined) return broken('RFC 8259 §2 JSON', 'the body is not JSON')
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) {
    return broken('JSON object', 'the body must be a JSON object')
  }
  const twice = nameSaidTwice(text)
  if (twice !== undefined) {
    // RFC 8259 §4: what such an object means is unpredictable, so somebody on the way may have read the other one.
    return invalidField(twice, 'RFC 8259 §4 member names are unique', 'is there twice')
  }
  const strange = strangePart(parsed.value, '', 0)
  return strange ?? (parsed.value as Document)
}

function broken(rule: string, detail: string): Problem {
  return invalid([{ member: 'body', rule, message: detail.replace('the body ', '') }], detail)
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Walks through text that is valid JSON. */
function nameSaidTwice(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else {
      const names = open.at(-1)
      if (names === undefined || !isBeforeColon(text, index + token.length)) continue
      const name = JSON.parse(token) as string
      if (names.has(name)) return name
      names.add(name)
    }
  }
  return undefined
}

/** In an object, that makes a text a name. */
function isBeforeColon(text: string, from: number): boolean {
  const colon = /[ \t\r\n]*:/y
  colon.lastIndex = from
  return colon.test(text)
}

function strangePart(value: unknown, path: string, depth: number): Problem | undefined {
  if (typeof value === 'string') return strangeText(value, path)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === MAX_DEPTH) return invalidField(path, 'depth of JSON', `is deeper than ${MAX_DEPTH} levels`)
  for (const [name, inner] of Object.entries(value)) {
    const member = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    // What is put into an object by this name would become its prototype.
    if (name === '__proto__') return invalidField(member, 'member name', 'is no name that a field can have')
    const strange = strangeText(name, path) ?? strangePart(inner, member, depth + 1)
    if (strange !== undefined) return strange
  }
  return undefined
}

/** What no database keeps, and what is a text to nobody: half of a character. */
function strangeText(text: string, path: string): Problem | undefined {
  if (text.includes('\0')) return invalidField(path, 'text', 'has the character U+0000')
  if (text.isWellFormed()) return undefined
  return invalidField(path, 'RFC 8259 §8.2 Unicode characters', 'has half of a character: an unpaired surrogate')
}
