/** Replies that every door gives. */

import type { TraceCode } from '../core/audit/audit-event.ts'
import { formatTraceCode } from '../core/audit/trace-code.ts'
import type { Reply } from './endpoint.ts'

export type Headers = Reply['headers']

/** RFC 6749 §5.1: whatever carries tokens, codes or claims is never cached. */
export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

export function jsonReply(status: number, body: unknown, headers: Headers = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...NO_STORE, ...headers },
    body: JSON.stringify(body),
  }
}

/** `type`: which kind of JWT, as a media type (RFC 7519 §10.3.1). */
export function jwtReply(status: number, jwt: string, type: string, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': type, ...NO_STORE, ...headers }, body: jwt }
}

export function emptyReply(status: number, headers: Headers = {}): Reply {
  return { status, headers: { ...NO_STORE, ...headers }, body: '' }
}

/** RFC 9700 §4.12: 303, so that a form with a password in it is never sent on. */
export function redirectReply(location: string, cookies: readonly string[] = []): Reply {
  const headers = cookies.length === 0 ? { location, ...NO_STORE } : { location, ...NO_STORE, 'set-cookie': cookies }
  return { status: 303, headers, body: '' }
}

export function htmlReply(status: number, html: string, cookies: readonly string[] = []): Reply {
  const headers = { 'content-type': 'text/html; charset=utf-8', ...NO_STORE }
  return { status, headers: cookies.length === 0 ? headers : { ...headers, 'set-cookie': cookies }, body: html }
}

/** A refusal that travels through the browser: whoever sets an app up finds the code for `sallyport why` in its traffic. */
export function withTraceCode(reply: Reply, traceCode: TraceCode): Reply {
  return { ...reply, headers: { ...reply.headers, 'x-trace-code': formatTraceCode(traceCode) } }
}
