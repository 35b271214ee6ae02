/** What the server itself answers when no endpoint can: a page for people, JSON for apps. */

import type { IncomingHttpHeaders } from 'node:http'
import { newTraceCode } from '../core/audit/trace-code.ts'
import type { Logger } from '../lib/logger.ts'
import type { Random } from '../lib/random.ts'
import type { HttpRequest, Reply } from './endpoint.ts'
import type { ErrorPage, RenderErrorPage } from './error-page.ts'
import { jsonReply } from './replies.ts'

export interface FailureReplies {
  notFound(request: HttpRequest, headers: IncomingHttpHeaders): Reply
  wrongMethod(request: HttpRequest, headers: IncomingHttpHeaders, allow: string): Reply
  tooLarge(request: HttpRequest, headers: IncomingHttpHeaders): Reply
  /** `description`: printable ASCII, it goes to the visitor. */
  badRequest(request: HttpRequest, headers: IncomingHttpHeaders, description: string): Reply
  /** A bug or an outage: logged here, once, with a code that the visitor can read out. */
  serverError(request: HttpRequest, headers: IncomingHttpHeaders, error: unknown): Reply
}

export interface FailurePorts {
  readonly errorPage: RenderErrorPage
  readonly logger: Logger
  readonly random: Random
}

interface Failure extends ErrorPage {
  readonly error: string
  readonly description: string
}

export function createFailureReplies({ errorPage, logger, random }: FailurePorts): FailureReplies {
  const reply = (request: HttpRequest, { accept }: IncomingHttpHeaders, failure: Failure): Reply => {
    const { error, description, ...page } = failure
    if (accept?.includes('text/html') === true) return errorPage(request, page)
    return jsonReply(page.status, {
      error,
      error_description: description,
      ...(page.traceCode === undefined ? {} : { trace_code: page.traceCode }),
    })
  }
  return {
    notFound: (request, headers) =>
      reply(request, headers, { status: 404, kind: 'not-found', error: 'not_found', description: 'nothing is here' }),
    wrongMethod(request, headers, allow) {
      const description = `only ${allow} can be used here`
      const answer = reply(request, headers, {
        status: 405,
        kind: 'bad-request',
        error: 'invalid_request',
        description,
      })
      // RFC 9110 §15.5.6: a 405 names what is allowed.
      return { ...answer, headers: { ...answer.headers, allow } }
    },
    tooLarge: (request, headers) =>
      reply(request, headers, {
        status: 413,
        kind: 'too-large',
        error: 'invalid_request',
        description: 'the body is too large',
      }),
    badRequest: (request, headers, description) =>
      reply(request, headers, { status: 400, kind: 'bad-request', error: 'invalid_request', description }),
    serverError(request, headers, err) {
      const traceCode = newTraceCode(random)
      logger.error({ err, requestId: request.requestId, path: request.path, traceCode }, 'request failed')
      const failure = { status: 500, kind: 'server-error', error: 'server_error', traceCode } as const
      try {
        return reply(request, headers, { ...failure, description: 'something went wrong here, it was logged' })
      } catch (pageError) {
        logger.error({ err: pageError, requestId: request.requestId }, 'the error page failed')
        return { status: 500, headers: { 'content-type': 'text/plain' }, body: `Server error ${traceCode}` }
      }
    },
  }
}
