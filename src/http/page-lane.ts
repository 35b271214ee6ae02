/** The pages' lane: everything that is not hot goes through fastify, which routes, reads the body and catches what goes wrong. */

import type { IncomingMessage, RequestListener, Server } from 'node:http'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Endpoint, HttpRequest, Reply } from './endpoint.ts'
import type { FailureReplies } from './failure-replies.ts'
import { decodeBody } from './read-body.ts'
import type { ReplyWriter } from './reply-writer.ts'
import type { Route } from './routes.ts'
import { isForm } from './visit.ts'

export interface PageLanePorts {
  readonly pages: readonly Route[]
  /** The endpoint that stands there now: settings may have changed since the paths were laid out. */
  readonly endpointAt: (path: string) => Endpoint
  /** What was found out about a request before it came here. */
  readonly visitOf: (raw: IncomingMessage) => HttpRequest
  readonly failures: FailureReplies
  readonly writer: ReplyWriter
  readonly bodyBytes: number
  /** Makes the server around the framework's listener: the framework never opens a port of its own. */
  readonly createServer: (framework: RequestListener) => Server
}

export interface PageLane {
  close(): Promise<void>
}

export async function createPageLane(ports: PageLanePorts): Promise<PageLane> {
  const { pages, endpointAt, visitOf, failures, writer, bodyBytes, createServer } = ports
  const send = (reply: FastifyReply, visit: HttpRequest, { status, headers, body }: Reply): FastifyReply =>
    reply
      .code(status)
      .headers(writer.headersOf({ status, headers, body }, visit.requestId))
      .send(body === '' ? undefined : body)
  const sendFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const visit = visitOf(request.raw)
    return send(reply, visit, failureOf(error, visit, request, failures))
  }
  const app = fastify({
    serverFactory: createServer,
    bodyLimit: bodyBytes,
    frameworkErrors: sendFailure,
    // Requests in flight at a shutdown are answered; the server sees to the connections.
    return503OnClosing: false,
  })
  takeFormsOnly(app)
  for (const { path, methods } of pages) {
    app.route({
      method: [...methods].filter(method => method !== 'HEAD'),
      url: path,
      async handler(request, reply) {
        const visit = visitOf(request.raw)
        const endpoint = endpointAt(path)
        if (!isForm(visit.contentType) || !Buffer.isBuffer(request.body)) {
          return send(reply, visit, await endpoint.handle(visit))
        }
        const body = decodeBody(request.body)
        return body === undefined
          ? send(reply, visit, failures.badRequest(visit, request.headers, 'the body is not valid UTF-8'))
          : send(reply, visit, await endpoint.handle({ ...visit, body }))
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const visit = visitOf(request.raw)
    return send(reply, visit, failures.notFound(visit, request.headers))
  })
  app.setErrorHandler(sendFailure)
  await app.ready()
  return { close: () => app.close() }
}

function takeFormsOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  // Other content is dropped, not refused: the page knows what to say about it.
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
}

function failureOf(
  error: unknown,
  visit: HttpRequest,
  { headers, raw }: FastifyRequest,
  failures: FailureReplies,
): Reply {
  // Whoever goes away in the middle of a body is no outage. Nobody reads this answer.
  if (raw.destroyed && !raw.complete) return failures.badRequest(visit, headers, 'the request has no end')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return failures.tooLarge(visit, headers)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return failures.badRequest(visit, headers, 'Content-Type or Content-Length is not valid')
    case 'FST_ERR_BAD_URL':
      return failures.notFound(visit, headers)
    default:
      return failures.serverError(visit, headers, error)
  }
}
