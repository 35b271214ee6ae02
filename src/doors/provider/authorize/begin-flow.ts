/** A page is needed, or an upstream: the request becomes a flow, bound to this browser, and the browser goes to the first page of it. */

import { acrWishOf, decideAcr } from '../../../core/authentication/acr.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { Flow } from '../../../core/flow/flow.ts'
import { sealFlowCookie } from '../../../core/flow/flow-handles.ts'
import { ruleOfSignIn, type SignedIn } from '../../../core/flow/next-step.ts'
import type { Settled, Visit } from '../../../core/flow/settle.ts'
import { refusedHere, startFlow, traced } from '../../../core/flow/steps.ts'
import { canReachTwoFactors } from '../../../core/policies/two-factors.ts'
import type { Write } from '../../../core/unit-of-work.ts'
import { type Choice, chooseUpstream, hintOf } from '../../../core/upstreams/setting-out/choose-upstream.ts'
import { forwardable } from '../../../core/upstreams/setting-out/travelling-parameters.ts'
import { wayOf } from '../../../core/upstreams/setting-out/usable-upstreams.ts'
import type { Upstream } from '../../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import { redirectReply } from '../../../http/replies.ts'
import { dropStaleFlowCookies } from '../../../http/stale-flow-cookies.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import type { Params } from '../../../spec/params.ts'
import type { ProviderPorts } from '../ports.ts'

export interface Beginning {
  readonly client: Client
  readonly request: AuthorizationRequest
  /** As they count: of the query, the request object or the pushed request. */
  readonly params: Params
  readonly from: HttpRequest
  readonly signedIn: SignedIn | undefined
  readonly visit: Visit
  readonly now: Date
}

export async function beginFlow(
  step: Extract<Settled, { kind: 'sign-in' | 'consent' | 'denied' }>,
  beginning: Beginning,
  ports: ProviderPorts,
): Promise<Reply> {
  const upstreams = await ports.repositories.upstreams.list()
  const flow = newFlow(beginning, upstreams, ports)
  if (step.kind === 'consent') return begin(shown(flow, 'consent', step.why, beginning), 'consent', beginning, ports)
  if (step.kind === 'denied') {
    const told = refusedHere(flow, beginning.now, step.refusal)
    return begin(told, 'no-access', beginning, ports, step.writes)
  }
  const needsTwo = step.why === 'second-factor'
  const { upstream, lines } = await choose(beginning, upstreams, ports, needsTwo)
  const asked = lines.reduce((current, line) => traced(current, beginning.now, line), flow)
  const next = shown(asked, 'sign-in', ruleOfSignIn(step.why), beginning)
  return begin(next, upstream === undefined ? 'login' : upstreamPath(upstream), beginning, ports)
}

/**
 * OIDC Core §3.1.2.1: the upstream that people go to without being asked may answer without a page, too (`accepts_prompt_none`). Nothing
 * when there is none: then the answer is that somebody has to sign in.
 */
export async function askUpstreamSilently(beginning: Beginning, ports: ProviderPorts): Promise<Reply | undefined> {
  if (isInForeignFrame(beginning.from)) return undefined
  const upstreams = await ports.repositories.upstreams.list()
  const { upstream, lines } = await choose(beginning, upstreams, ports)
  if (upstream?.acceptsPromptNone !== true) return undefined
  const flow = newFlow(beginning, upstreams, ports)
  const asked = lines.reduce((current, line) => traced(current, beginning.now, line), flow)
  return begin(asked, upstreamPath(upstream), beginning, ports)
}

/** Fetch Metadata §2.1, §2.3: in a frame of another site the browser keeps no `SameSite=Lax` cookie, so it would never find its way back. */
function isInForeignFrame({ header }: HttpRequest): boolean {
  const destination = header('sec-fetch-dest')
  return (destination === 'iframe' || destination === 'frame') && header('sec-fetch-site') === 'cross-site'
}

async function choose(
  { request, client, params, signedIn }: Beginning,
  upstreams: readonly Upstream[],
  ports: ProviderPorts,
  needsTwoFactors = false,
): Promise<Choice> {
  const wish = acrWishOf(request, client)
  const mayReach = (upstream: Upstream): boolean => {
    const way = wayOf(upstream)
    if (needsTwoFactors && !canReachTwoFactors([way])) return false
    return wish.values.length === 0 || way === 'any' || decideAcr(wish, ports.acrLevels, way).isMet
  }
  const defaultAlias = signedIn === undefined ? ports.upstreams.defaultAlias : await signedInThrough(signedIn, ports)
  return chooseUpstream(upstreams, { hint: hintOf(params), loginHint: request.loginHint, defaultAlias }, mayReach)
}

/** Who proves once more who they are does it the way they did before: whoever has a password needs the page, whatever the default is. */
async function signedInThrough({ session }: SignedIn, { repositories, upstreams }: ProviderPorts) {
  if (upstreams.defaultAlias === undefined) return undefined
  const standard = await repositories.upstreams.findByAlias(upstreams.defaultAlias)
  const through = await repositories.upstreamSessions.listOfSession(session.id)
  return through.some(({ upstreamUid }) => upstreamUid === standard?.uid) ? upstreams.defaultAlias : undefined
}

function upstreamPath({ alias }: Upstream): string {
  return `broker/${alias}/login`
}

function newFlow(
  { client, request, params, visit, now }: Beginning,
  upstreams: readonly Upstream[],
  ports: ProviderPorts,
): Flow {
  const kept = forwardable(params, upstreams)
  const flow = startFlow({
    id: newId(now, ports.random),
    traceCode: visit.traceCode,
    purpose: {
      kind: 'authorization',
      clientUid: client.uid,
      request: kept.length === 0 ? request : { ...request, forwardable: kept },
    },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  return traced(flow, now, {
    step: 'authorize',
    outcome: 'passed',
    rule: 'RFC 6749 §4.1.1, OIDC Core §3.1.2.1 the request is valid',
    facts: {
      client_id: client.clientId,
      redirect_uri: request.redirectUri,
      scopes: request.scopes,
      prompt: request.prompt,
      address: visit.address,
    },
  })
}

function shown(flow: Flow, step: 'sign-in' | 'consent', rule: string, { now }: Beginning): Flow {
  return traced(flow, now, { step, outcome: 'shown', rule })
}

async function begin(
  flow: Flow,
  path: string,
  { from }: Beginning,
  ports: ProviderPorts,
  writes: readonly Write[] = [],
): Promise<Reply> {
  await ports.journal.commit([ports.repositories.flows.insert(flow), ...writes])
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.keys.handles, flow.id), ports.flowSeconds)
  return redirectReply(`${ports.issuer}/${path}?flow=${flow.id}`, [
    cookie,
    ...dropStaleFlowCookies(from.cookie, ports.cookies),
  ])
}
