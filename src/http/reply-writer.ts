/** Puts a reply on the wire: its own headers, the security headers it does not name, its length, and what keeps or closes the connection. */

import type { ServerResponse } from 'node:http'
import type { Reply } from './endpoint.ts'
import type { SecurityHeaders } from './security-headers.ts'

export type WireHeaders = Record<string, string | string[] | number>

export interface ReplyWriter {
  headersOf(reply: Reply, requestId: string): WireHeaders
  write(response: ServerResponse, reply: Reply, requestId: string): void
}

/** `isClosing`: the server shuts down, so every answer ends its connection. */
export function createReplyWriter(securityHeaders: SecurityHeaders, isClosing: () => boolean): ReplyWriter {
  const headersOf: ReplyWriter['headersOf'] = (reply, requestId) => {
    const headers = { ...securityHeaders(reply), ...reply.headers, 'x-request-id': requestId } as WireHeaders
    if (isClosing()) headers.connection = 'close'
    return headers
  }
  return {
    headersOf,
    write(response, reply, requestId) {
      const { status, body } = reply
      const headers = headersOf(reply, requestId)
      // RFC 9110 §8.6: no length where there can be no content.
      if (status !== 204 && status !== 304) headers['content-length'] = Buffer.byteLength(body)
      response.writeHead(status, headers)
      response.end(body)
    },
  }
}
