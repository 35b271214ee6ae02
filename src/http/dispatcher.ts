/** Where every request comes in: it is given an id and an origin, sent down its lane, and counted when it is answered. */

import type { IncomingMessage, RequestListener } from 'node:http'
import type { LogAccess } from './access-log.ts'
import type { HttpRequest, Reply } from './endpoint.ts'
import type { FailureReplies } from './failure-replies.ts'
import type { FastLane } from './fast-lane.ts'
import type { ReplyWriter } from './reply-writer.ts'
import { splitTarget } from './request-target.ts'
import type { Route, Routes } from './routes.ts'
import type { OpenVisit } from './visit.ts'

export interface DispatcherPorts {
  readonly routes: Routes
  readonly fastLane: FastLane
  readonly openVisit: OpenVisit
  readonly writer: ReplyWriter
  readonly failures: FailureReplies
  /** For paths where nothing stands: their names must not become labels, there is no end of them. */
  readonly observeUnknown: Route['observe']
  readonly logAccess: LogAccess | undefined
}

export interface Dispatcher {
  dispatch(framework: RequestListener): RequestListener
  /** What was found out about a request that went to the framework. */
  visitOf(raw: IncomingMessage): HttpRequest
}

export function createDispatcher(ports: DispatcherPorts): Dispatcher {
  const { routes, fastLane, openVisit, writer, failures, observeUnknown, logAccess } = ports
  const visits = new WeakMap<IncomingMessage, HttpRequest>()

  const done = (
    raw: IncomingMessage,
    visit: HttpRequest,
    route: Route | undefined,
    status: number,
    startedAt: number,
  ): void => {
    const seconds = (performance.now() - startedAt) / 1000
    if (route === undefined) observeUnknown(status, seconds)
    else route.observe(status, seconds)
    logAccess?.(withoutNames(visit, route), raw.method, route?.endpoint.name, status, seconds)
  }

  return {
    dispatch: framework => (raw, response) => {
      const startedAt = performance.now()
      const target = splitTarget(raw.url ?? '/')
      const route = routes.get(target.path)
      const visit = openVisit(raw, target)
      if (route !== undefined && (route.lane === 'fast' || !mayUse(route, raw))) {
        const answer = (reply: Reply): void => {
          writer.write(response, reply, visit.requestId)
          done(raw, visit, route, reply.status, startedAt)
        }
        if (mayUse(route, raw)) fastLane(route, raw, visit, answer)
        else answer(failures.wrongMethod(visit, raw.headers, route.allow))
        return
      }
      visits.set(raw, visit)
      response.once('close', () => done(raw, visit, route, response.statusCode, startedAt))
      framework(raw, response)
    },
    visitOf(raw) {
      const visit = visits.get(raw)
      if (visit === undefined) throw new Error('the framework answers a request that did not come in here')
      return visit
    },
  }
}

/** What stands deeper in a tree are names of people and things: as little of the log as what stands in a query. */
function withoutNames(visit: HttpRequest, route: Route | undefined): HttpRequest {
  if (route?.endpoint.isTree !== true) return visit
  const { path } = route.endpoint
  const [first = '', ...deeper] = visit.path.slice(path.length).split('/').slice(1)
  return deeper.length === 0 ? visit : { ...visit, path: `${path}/${first}/…` }
}

function mayUse({ methods }: Route, { method }: IncomingMessage): boolean {
  return methods.has(method ?? '')
}
