/** The guarded fetch in the shape that oauth4webapi calls, with what came kept beside for our own eyes. */

import type { GuardedFetch, OutboundAnswer, OutboundRefusal, OutboundRequest } from '../lib/guarded-fetch.ts'

export interface UpstreamFetch {
  /** For `customFetch`. */
  send(
    url: string,
    init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown },
  ): Promise<Response>
  /** What came last; nothing before the first request. */
  readonly answer: OutboundAnswer | OutboundRefusal | undefined
}

/** `read`: what the library gets to see of an answer. */
export function createUpstreamFetch(
  guarded: GuardedFetch,
  read: (answer: OutboundAnswer) => Response,
  clientCertificate?: OutboundRequest['clientCertificate'],
): UpstreamFetch {
  let last: OutboundAnswer | OutboundRefusal | undefined
  return {
    get answer() {
      return last
    },
    async send(url, { method, headers = {}, body }) {
      last = await guarded({
        url,
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        ...(body instanceof URLSearchParams || typeof body === 'string' ? { body: String(body) } : {}),
        ...(clientCertificate === undefined ? {} : { clientCertificate }),
      })
      if (last.kind === 'refused') throw new Error(last.reason)
      return read(last)
    },
  }
}
