/** Request ids: what ties a log line, an audit event and an answer together. Unique across processes, not secret. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Random } from '../lib/random.ts'

/** `incoming` only counts when a trusted proxy sent it. */
export type NextRequestId = (headers: IncomingHttpHeaders, isProxied: boolean) => string

const PLAIN = /^[\w.:-]{8,128}$/

export function createRequestIds(random: Random): NextRequestId {
  const process = random.bytes(6).toString('base64url')
  let count = 0
  return (headers, isProxied) => {
    const incoming = isProxied ? headers['x-request-id'] : undefined
    return typeof incoming === 'string' && PLAIN.test(incoming) ? incoming : `${process}-${(++count).toString(36)}`
  }
}
