/** The fast lane: protocol endpoints straight from node:http, with nothing between the parser and the endpoint but what is needed. */

import type { IncomingMessage } from 'node:http'
import type { Endpoint, HttpRequest, Reply } from './endpoint.ts'
import type { FailureReplies } from './failure-replies.ts'
import { decodeBody, readBody } from './read-body.ts'
import type { Route } from './routes.ts'
import { isForm, isJson } from './visit.ts'

export type Answer = (reply: Reply) => void

/** Calls `answer` once; not at all when the visitor goes away while sending. */
export type FastLane = (route: Route, raw: IncomingMessage, visit: HttpRequest, answer: Answer) => void

export function createFastLane(failures: FailureReplies, bodyBytes: number): FastLane {
  const handle = ({ endpoint }: Route, raw: IncomingMessage, visit: HttpRequest, answer: Answer): void => {
    const fail = (error: unknown): void => answer(failures.serverError(visit, raw.headers, error))
    let reply: Promise<Reply> | Reply
    try {
      reply = endpoint.handle(visit)
    } catch (error) {
      fail(error)
      return
    }
    if (reply instanceof Promise) reply.then(answer, fail)
    else answer(reply)
  }
  return (route, raw, visit, answer) => {
    if (!hasReadableBody(visit, route.endpoint)) {
      handle(route, raw, visit, answer)
      return
    }
    const limit = route.endpoint.bodyBytes ?? bodyBytes
    if (route.endpoint.takes === 'bytes') {
      const pass = (content: Buffer | 'too-large') => handle(route, raw, { ...visit, content }, answer)
      readBody(raw, limit, pass, () => pass('too-large'))
      return
    }
    readBody(
      raw,
      limit,
      bytes => {
        const body = decodeBody(bytes)
        if (body === undefined) answer(failures.badRequest(visit, raw.headers, 'the body is not valid UTF-8'))
        else handle(route, raw, { ...visit, body }, answer)
      },
      () => answer(failures.tooLarge(visit, raw.headers)),
    )
  }
}

// RFC 9110 §9.3: what comes with a GET or a DELETE has no meaning.
function hasReadableBody({ method, contentType }: HttpRequest, { takes }: Endpoint): boolean {
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH') return false
  if (takes === 'bytes') return true
  return takes === 'json' ? isJson(contentType) : isForm(contentType)
}
