/** What operations come to, on the wire: documents with their version, bytes, and problems (RFC 9457). */

import { STATUS_CODES } from 'node:http'
import type { Outcome } from '../../../core/administration/operation.ts'
import type { Problem, ProblemKind } from '../../../core/administration/problem.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import { formatTraceCode } from '../../../core/audit/trace-code.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import { type Headers, NO_STORE } from '../../../http/replies.ts'
import { matchesNone } from './entity-tags.ts'
import { wireOf } from './wire-problems.ts'

export const PROBLEM_STATUS: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'changed-meanwhile': 409,
  'precondition-failed': 412,
  'unsupported-media-type': 415,
  'precondition-required': 428,
  unavailable: 503,
}

/** A JSON list of sentences, in ASCII: answers without a body have warnings, too. */
export const WARNINGS_HEADER = 'sallyport-warnings'
/** Headers are short; whoever sends more is told the first ones. */
const MAX_WARNINGS_LENGTH = 4000

/** No answer is ever a page: a picture that somebody uploaded could be one, on our own origin. */
const API_HEADERS = { ...NO_STORE, 'content-security-policy': "default-src 'none'; sandbox" } as const

/** `api`: the URL of `/api/admin/v1`. */
export function outcomeReply(outcome: Outcome, request: HttpRequest, api: string): Reply {
  const { status = 200, document, bytes, version, location, warnings = [] } = outcome
  const headers: Headers = {
    ...API_HEADERS,
    // RFC 9110 §8.8.3: strong, as equal versions are equal documents.
    ...(version === undefined ? {} : { etag: `"${version}"` }),
    ...(location === undefined ? {} : { location: api + location }),
    ...(warnings.length === 0 ? {} : { [WARNINGS_HEADER]: warningsText(warnings) }),
  }
  // RFC 9110 §13.1.2.
  if (request.method === 'GET' && version !== undefined && !matchesNone(request.ifNoneMatch, version)) {
    return { status: 304, headers, body: '' }
  }
  if (bytes !== undefined) {
    return { status, headers: { ...headers, 'content-type': bytes.mediaType }, body: Buffer.from(bytes.content) }
  }
  if (document === undefined) return { status: status === 200 ? 204 : status, headers, body: '' }
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(document) }
}

function warningsText(warnings: readonly string[]): string {
  const told = [...warnings]
  while (told.length > 0 && asciiJson(told).length > MAX_WARNINGS_LENGTH) told.pop()
  return asciiJson(told)
}

/** RFC 9110 §5.5: new headers had better be ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export interface ProblemExtras {
  readonly status?: number
  readonly headers?: Headers
  readonly traceCode?: TraceCode | undefined
}

export function problemReply(problem: Problem, api: string, extras: ProblemExtras = {}): Reply {
  const { kind, detail, mistakes } = problem
  const { status: own, headers } = wireOf(problem)
  const status = extras.status ?? own ?? PROBLEM_STATUS[kind]
  return problemJson(status, headers, extras, {
    // RFC 9457 §3.1.1: a URL at which people read what this kind of problem is.
    type: `${api}/docs#problem-${kind}`,
    title: STATUS_CODES[status],
    status,
    code: kind,
    detail,
    ...(mistakes.length === 0
      ? {}
      : { errors: mistakes.map(({ member, rule, message }) => ({ field: member, rule, message })) }),
  })
}

/** A bug or an outage: it was logged under this code, and nothing of it is told. */
export function failureReply(traceCode: TraceCode): Reply {
  const told = {
    type: 'about:blank',
    title: STATUS_CODES[500],
    status: 500,
    code: 'server-error',
    detail: 'something went wrong here; it was logged under this trace_code',
  }
  return problemJson(500, {}, { traceCode }, told)
}

function problemJson(status: number, own: Headers, { headers = {}, traceCode }: ProblemExtras, told: object): Reply {
  const code = traceCode === undefined ? undefined : formatTraceCode(traceCode)
  return {
    status,
    headers: {
      ...API_HEADERS,
      'content-type': 'application/problem+json',
      ...own,
      ...headers,
      ...(code === undefined ? {} : { 'x-trace-code': code }),
    },
    body: JSON.stringify({ ...told, ...(code === undefined ? {} : { trace_code: code }) }),
  }
}

export function allowReply(allow: readonly string[]): Reply {
  return { status: 204, headers: { ...API_HEADERS, allow: allow.join(', ') }, body: '' }
}
