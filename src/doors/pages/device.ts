/** The page at `/device` (RFC 8628 §3.3): a person types the code that their device shows. */

import { createUserCodeGuesses, type FindByUserCode } from '../../core/deferred-grants/user-code-guesses.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { formatUserCode, parseUserCode } from '../../spec/user-code.ts'
import { beginApproval } from './begin-approval.ts'
import { flowSession } from './flow-session.ts'
import { errorPageReply, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { type DeviceProblem, renderDevice } from './views/device.ts'

const MAX_SHOWN = 32

export function deviceEndpoint(ports: PagesPorts): Endpoint {
  const { deferredGrants, throttle, commit } = ports.repositories
  const { throttlePrefix } = ports
  const findByUserCode = createUserCodeGuesses({ deferredGrants, throttle, commit, throttlePrefix })
  return {
    name: 'device',
    path: '/device',
    methods: ['GET', 'POST'],
    async handle(request) {
      const params = parseParams(request.method === 'POST' ? request.body : request.query)
      if (isRefusal(params)) return errorPageReply(request, { status: 400, kind: 'bad-request' }, ports)
      const typed = params.get('user_code')
      // RFC 8628 §3.3.1: a code that came with the link is shown, and the person says that it is the one on the device.
      // A form of another site could only use up the tries of whoever opens it.
      if (request.method === 'GET' || isForeign(request, ports)) return formPage({ typed }, request, ports)
      return enter(typed ?? '', findByUserCode, request, ports)
    },
  }
}

/** Fetch Metadata §2.4 where the browser sends it; our pages send no Referer, so `Origin` is often `null`. */
function isForeign({ origin, header }: HttpRequest, { issuer }: PagesPorts): boolean {
  const site = header('sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  return origin !== undefined && origin !== 'null' && origin !== new URL(issuer).origin
}

async function enter(
  typed: string,
  findByUserCode: FindByUserCode,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const now = ports.clock.now()
  const signedIn = await flowSession(undefined, request, now, ports)
  const { address, requestId } = request
  const accountId = signedIn?.account.id
  const guessed = await findByUserCode({ text: typed, address, accountId, now })
  if (guessed.kind === 'found') {
    const client = await ports.repositories.clients.find(guessed.deferred.clientUid)
    return beginApproval(guessed.deferred, client, request, now, ports)
  }
  const about = { address, requestId, ...(accountId === undefined ? {} : { accountId }) }
  ports.journal.recordRefusal('user-code.refused', guessed.refusal, about)
  const problem: DeviceProblem =
    guessed.kind === 'slow-down'
      ? { kind: 'slow-down', seconds: guessed.seconds }
      : { kind: parseUserCode(typed) === undefined ? 'not-a-code' : 'unknown-code' }
  return formPage({ typed, problem }, request, ports)
}

function formPage(
  { typed, problem }: { readonly typed?: string | undefined; readonly problem?: DeviceProblem },
  request: HttpRequest,
  ports: PagesPorts,
): Reply {
  const code = typed === undefined ? undefined : parseUserCode(typed)
  const userCode = code === undefined ? typed?.slice(0, MAX_SHOWN) : formatUserCode(code)
  const html = renderDevice({ ...frameOf(request, ports), userCode, problem, isFromLink: request.method === 'GET' })
  if (problem?.kind !== 'slow-down') return pageReply(html)
  const reply = pageReply(html, 429)
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(problem.seconds) } }
}
