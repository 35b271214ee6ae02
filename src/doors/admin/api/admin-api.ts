/** The admin API: every operation of the list, as requests below `/api/admin/v1`. Nothing in here knows any of them by name. */

import type { Actor } from '../../../core/administration/actor.ts'
import { hasRole } from '../../../core/administration/actor.ts'
import { ADMIN_API_PATH, adminResource } from '../../../core/administration/admin-scopes.ts'
import { administer } from '../../../core/administration/administer.ts'
import type { Operation } from '../../../core/administration/operation.ts'
import type { AdministrationPorts } from '../../../core/administration/ports.ts'
import { isProblem, notFound } from '../../../core/administration/problem.ts'
import type { Resource } from '../../../core/administration/resource.ts'
import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { KeyRing } from '../../../core/keys/key-ring.ts'
import type { DpopProofs } from '../../../core/proof-of-possession/dpop-proofs.ts'
import type { Cookies } from '../../../http/cookies.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import type { Logger } from '../../../lib/logger.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import { allowReply, failureReply, outcomeReply, problemReply } from './api-replies.ts'
import type { Stranger } from './asker.ts'
import { createOperationFinder, type FindOperation } from './find-operation.ts'
import { MAX_BYTES, readCall } from './read-call.ts'
import { createRefusalRecorder, type RecordRefusal } from './record-refusals.ts'
import { refusedReply } from './refused-reply.ts'
import { type WhoAsksPorts, whoAsks } from './who-asks.ts'
import { MethodNotAllowed } from './wire-problems.ts'

/** Everything that can be managed. */
export interface Managed {
  readonly operations: readonly Operation[]
  readonly resources: readonly Resource[]
}

export interface AdminApiPorts {
  /** Called when somebody asks: a start does not wait for what few of the requests need. */
  readonly loadManaged: () => Promise<Managed>
  readonly administration: AdministrationPorts
  readonly keys: Pick<KeyRing, 'handles' | 'findPublicKey'>
  readonly cookies: Pick<Cookies, 'read'>
  readonly dpop: DpopProofs
  readonly logger: Logger
}

interface Room extends AdminApiPorts {
  readonly api: string
  readonly whoAsksPorts: WhoAsksPorts
  readonly recordRefusal: RecordRefusal
}

export function adminApiEndpoint(ports: AdminApiPorts): Endpoint {
  const room = furnish(ports)
  let finder: FindOperation | undefined
  return {
    name: 'admin-api',
    path: ADMIN_API_PATH,
    isTree: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    takes: 'bytes',
    bodyBytes: MAX_BYTES,
    async handle(request) {
      finder ??= createOperationFinder((await ports.loadManaged()).operations)
      const found = finder(request.method, request.path.slice(ADMIN_API_PATH.length))
      if (found.kind === 'nothing') return problemReply(notFound('operation at', request.path.slice(0, 200)), room.api)
      if (found.kind === 'other-method') {
        // No headers of CORS: a page of another site gets no further than this, whatever its cookies.
        if (request.method === 'OPTIONS') return allowReply(found.allow)
        return problemReply(new MethodNotAllowed(request.method, found.allow), room.api)
      }
      try {
        return await perform(request, found.operation, found.path, room)
      } catch (err) {
        const traceCode = newTraceCode(ports.administration.random)
        const { name: operation } = found.operation
        ports.logger.error({ err, requestId: request.requestId, operation, traceCode }, 'request failed')
        return failureReply(traceCode)
      }
    },
  }
}

function furnish(ports: AdminApiPorts): Room {
  const { administration, keys, cookies, dpop } = ports
  const { issuer, repositories, journal, clock } = administration
  const { grants, clients, sessions, policies } = repositories
  const whoAsksPorts = {
    issuer,
    keys,
    handles: keys.handles,
    cookies,
    dpop,
    grants,
    clients,
    sessions,
    policies,
    repositories,
  }
  return {
    ...ports,
    api: adminResource(issuer),
    whoAsksPorts,
    recordRefusal: createRefusalRecorder({ journal, clock }),
  }
}

async function perform(
  request: HttpRequest,
  operation: Operation,
  path: Readonly<Record<string, string>>,
  room: Room,
): Promise<Reply> {
  const { administration, api, whoAsksPorts } = room
  const asker = await whoAsks(request, whoAsksPorts, administration.clock.now())
  if ('refusal' in asker) return refuseStranger(asker, request, operation, room)
  const { actor } = asker
  // Before anything of the body is looked at.
  if (!hasRole(actor, operation.role))
    return refuseActor(roleRefusal(operation, actor), actor, request, operation, room)
  const call = readCall(request, operation, path)
  const outcome = isProblem(call) ? call : await administer(operation, call, actor, administration)
  if (!isProblem(outcome)) return outcomeReply(outcome, request, api)
  if (outcome.kind !== 'forbidden') return problemReply(outcome, api)
  const refusal = refuse('access_denied', outcome.detail, 'the role allows what was asked for', { role: actor.role })
  return refuseActor(refusal, actor, request, operation, room)
}

function roleRefusal({ name, role }: Operation, actor: Actor): Refusal {
  return refuse(
    'insufficient_scope',
    `${name} needs the role ${role}; ${actor.name} has ${actor.role} here`,
    'the role allows the operation',
    { needed: role, role: actor.role },
  )
}

function refuseStranger({ refusal, about }: Stranger, request: HttpRequest, operation: Operation, room: Room): Reply {
  const { address, requestId } = request
  const event = { ...about, address, requestId, detail: { operation: operation.name } }
  return refusedReply(refusal, request, room.api, room.recordRefusal(refusal, event))
}

function refuseActor(refusal: Refusal, actor: Actor, request: HttpRequest, operation: Operation, room: Room): Reply {
  const { accountId, clientUid } = actor
  const about = { ...(accountId && { accountId }), ...(clientUid && { clientUid }) }
  return refuseStranger({ refusal, about }, request, operation, room)
}
