/** What a request says to an operation: query, body or bytes, and the version that was seen. All of it is held against the operation's list. */

import type { Field } from '../../../core/administration/field.ts'
import type { Call, Operation } from '../../../core/administration/operation.ts'
import { invalid, invalidField, isProblem, Problem } from '../../../core/administration/problem.ts'
import type { SettingsMistake } from '../../../core/settings-mistake.ts'
import type { HttpRequest } from '../../../http/endpoint.ts'
import { didYouMean } from '../../../lib/nearest-name.ts'
import { parseIfMatch } from './entity-tags.ts'
import { parseDocument } from './parse-document.ts'
import { TooLarge, UnsupportedMediaType } from './wire-problems.ts'

export const MAX_DOCUMENT_BYTES = 256 * 1024
/** Pictures and files; the limit of every body. */
export const MAX_BYTES = 1024 * 1024

export const JSON_TYPE = 'application/json'
/** RFC 7396 §4. */
export const MERGE_PATCH_TYPE = 'application/merge-patch+json'

type Content = Pick<Call, 'body' | 'bytes'>

export function readCall(request: HttpRequest, operation: Operation, path: Call['path']): Call | Problem {
  const query = readQuery(request.query, operation)
  if (isProblem(query)) return query
  const ifMatch = readIfMatch(request, operation)
  if (isProblem(ifMatch)) return ifMatch
  const content = readContent(request, operation)
  if (isProblem(content)) return content
  return { path, query, ...content, ...(ifMatch === undefined ? {} : { ifMatch }) }
}

function readQuery(text: string, { query: fields = [] }: Operation): Call['query'] | Problem {
  const given = [...new URLSearchParams(text)]
  const mistakes = given.flatMap(([name, value], index) => {
    const field = fields.find(known => known.name === name)
    if (field === undefined) return [unknownParameter(name, fields)]
    if (given.findIndex(([other]) => other === name) < index) return [parameterMistake(name, 'is there twice')]
    return parameterMistakes(value, field)
  })
  return mistakes.length > 0 ? invalid(mistakes) : Object.fromEntries(given)
}

function parameterMistake(member: string, message: string): SettingsMistake {
  return { member, rule: 'query parameter', message }
}

function unknownParameter(name: string, fields: readonly Field[]): SettingsMistake {
  const known = fields.map(field => field.name)
  const told = known.length === 0 ? 'none is taken here' : `known: ${known.join(', ')}`
  return parameterMistake(name.slice(0, 100), `is no parameter of this operation${didYouMean(name, known)}; ${told}`)
}

function parameterMistakes(value: string, { name, kind, choices }: Field): readonly SettingsMistake[] {
  if (value.includes('\0')) return [parameterMistake(name, 'has the character U+0000')]
  if (choices !== undefined && !choices.includes(value)) {
    return [parameterMistake(name, `must be one of ${choices.join(', ')}`)]
  }
  if (kind === 'boolean' && value !== 'true' && value !== 'false') {
    return [parameterMistake(name, 'must be true or false')]
  }
  if ((kind === 'integer' || kind === 'seconds') && !/^-?\d{1,15}$/.test(value)) {
    return [parameterMistake(name, 'must be a whole number')]
  }
  return []
}

function readIfMatch(request: HttpRequest, { ifMatch: use }: Operation): string | undefined | Problem {
  if (use === undefined) return undefined
  const header = request.header('if-match')
  if (header === undefined) {
    return use === 'required'
      ? // RFC 6585 §3: or the last writer would undo what others did since.
        new Problem(
          'precondition-required',
          'send the ETag of what you read as If-Match, or * to replace whatever it is',
        )
      : undefined
  }
  return (
    parseIfMatch(header) ??
    invalidField('If-Match', 'RFC 9110 §13.1.1 If-Match', 'must be * or entity tags in quotes, such as "8uSv…"')
  )
}

function readContent(request: HttpRequest, operation: Operation): Content | Problem {
  const { content } = request
  if (content === 'too-large') return new TooLarge(MAX_BYTES)
  const { body, takesBytes, isPatch } = operation
  if (content === undefined || content.length === 0) return withoutContent(operation)
  const { contentType } = request
  if (takesBytes?.some(type => matchesType(contentType, type)) === true) {
    return { bytes: { mediaType: contentType, content } }
  }
  const types = [
    ...(takesBytes ?? []),
    ...(body === undefined && takesBytes !== undefined ? [] : [JSON_TYPE]),
    ...(isPatch === true ? [MERGE_PATCH_TYPE] : []),
  ]
  if (!types.includes(contentType)) return new UnsupportedMediaType(contentType, types)
  if (content.length > MAX_DOCUMENT_BYTES) return new TooLarge(MAX_DOCUMENT_BYTES)
  const document = parseDocument(content)
  if (isProblem(document)) return document
  if (body !== undefined) return { body: document }
  const unknown = Object.keys(document)
  return unknown.length === 0
    ? {}
    : invalid(unknown.map(member => ({ member, rule: 'known field', message: 'is no field: nothing is taken here' })))
}

/** Nothing at all would be a document where everything has its standard, and never what somebody means who changes something. */
function withoutContent({ method, body, takesBytes }: Operation): Content | Problem {
  if (takesBytes !== undefined && body === undefined) return invalidField('body', 'required', 'is missing')
  if (body === undefined) return {}
  return method === 'PUT' || method === 'PATCH' ? invalidField('body', 'required', 'is missing') : { body: {} }
}

/** `image/*` stands for every picture. */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}
