/** The fast lane: protocol endpoints straight from node:http, with nothing between the parser and the endpoint but what is needed. */

import type { IncomingMessage } from 'node:http'
import type { Endpoint, HttpRequest, Reply } from './endpoint.ts'
import type { FailureReplies } from './failure-replies.ts'
import { readBody } from './read-body.ts'
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
    readBody(
      raw,
      bodyBytes,
      body => handle(route, raw, { ...visit, body }, answer),
      problem =>
        answer(
          problem === 'too-large'
            ? failures.tooLarge(visit, raw.headers)
            : failures.badRequest(visit, raw.headers, 'the body is not valid UTF-8'),
        ),
    )
  }
}

// RFC 9110 §9.3: what comes with a GET or a DELETE has no meaning.
function hasReadableBody({ method, contentType }: HttpRequest, { takes }: Endpoint): boolean {
  if (method !== 'POST' && method !== 'PUT') return false
  return takes === 'json' ? isJson(contentType) : isForm(contentType)
}
