/** What token endpoints really send, put into the one form of RFC 6749 §5.1 and §5.2 that the library reads. */

import type { JsonObject } from '../core/clients/client.ts'
import { TOKENS } from '../core/upstreams/mapping/look-up.ts'
import type { OutboundAnswer } from '../lib/guarded-fetch.ts'

export interface NormalisedAnswer {
  /** 200, or 400 for an error in the sense of RFC 6749 §5.2, or what came where neither can be read. */
  readonly status: number
  readonly json?: JsonObject
}

/** Members that are read by code; whatever else stands in the answer is left as it is, for mappings. */
export function normaliseTokenAnswer({
  status,
  headers,
  body,
}: Pick<OutboundAnswer, 'status' | 'headers' | 'body'>): NormalisedAnswer {
  const text = body
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
  const json = jsonObject(text) ?? formObject(text, headers['content-type'])
  if (json === undefined) return { status: status >= 200 && status < 300 ? 502 : status }
  // GitHub and others answer an error with 200. RFC 6749 §5.2: its mark is the member `error`.
  if (typeof json.error === 'string' && json.error !== '') return { status: 400, json }
  if (status < 200 || status >= 300) return { status, json }
  return { status: 200, json: withTokenMembers(json) }
}

function withTokenMembers(json: JsonObject): JsonObject {
  const { token_type, expires_in, refresh_token, scope, id_token, ...others } = json
  const seconds = secondsOf(expires_in)
  return {
    ...others,
    // RFC 6749 §5.1: required, and left out or misspelt by many; what they mean is Bearer, as nothing else was asked for.
    token_type: typeof token_type === 'string' && /^(bearer|dpop)$/i.test(token_type) ? token_type : 'bearer',
    ...(seconds === undefined ? {} : { expires_in: seconds }),
    ...(isText(refresh_token) ? { refresh_token } : {}),
    ...scopeOf(scope),
    ...(isText(id_token) ? { id_token } : {}),
  }
}

function scopeOf(scope: unknown): { readonly scope?: string } {
  if (isText(scope)) return { scope }
  return Array.isArray(scope) && scope.every(isText) ? { scope: scope.join(' ') } : {}
}

/** A number, or one as text; anything else is as if it were not there. */
function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A JSON object; nothing when it is none. */
export function jsonObject(text: string): JsonObject | undefined {
  const value = jsonValue(text)
  return isObject(value) ? value : undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** No honest claim is deeper; what is would end whoever walks through it, or writes it down again. */
const MAX_DEPTH = 50

/** Any JSON value; nothing when it is none. */
export function jsonValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isDeeperThan(value, MAX_DEPTH) ? undefined : value
  } catch {
    return undefined
  }
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some(member => isDeeperThan(member, depth - 1))
}

/** As Facebook and GitHub once answered: `access_token=…&expires=…`. Never a page of HTML that happens to hold `=`. */
function formObject(text: string, type = ''): JsonObject | undefined {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type) || /^(access_token|error)=[^<\s]*$/.test(text)
  return isForm && text !== '' ? Object.fromEntries(new URLSearchParams(text)) : undefined
}

/** For mappings and dry runs: everything but the tokens, however deep they stand. */
export function withoutTokens(json: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => (TOKENS.includes(name) ? [] : [[name, stripped(value)]])),
  )
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped)
  return isObject(value) ? withoutTokens(value) : value
}
