/** The browser leaves for the upstream: one more attempt of its flow, under which alone it can come back. */

import type { Flow } from '../../core/flow/flow.ts'
import { traced } from '../../core/flow/steps.ts'
import type { Attempt } from '../../core/upstreams/attempt.ts'
import { redirectUriOf } from '../../core/upstreams/relying-party.ts'
import { type Wishes, wishesOf } from '../../core/upstreams/setting-out/wishes.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Params } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { advanceFlow } from './advance-flow.ts'
import { arriveUrl, checkEnabled, loginUrl } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'
import { refusalEvent, upstreamErrorPage } from './refuse-sign-in.ts'
import { silentlyFailed } from './silent-failure.ts'
import { whatIsAsked } from './what-is-asked.ts'

/** Nobody needs longer to sign in elsewhere; whoever does begins again. */
const ATTEMPT_SECONDS = 15 * 60

export interface Leaving {
  readonly upstream: Upstream
  /** As it is stored; or not yet stored, at version 1, with the cookie that binds it. */
  readonly flow: Flow
  readonly newCookies?: readonly string[]
  readonly registration: boolean
  /** Of our sign-in URL. */
  readonly params: Params
}

export async function sendAway(leaving: Leaving, request: HttpRequest, now: Date, ports: BrokerPorts): Promise<Reply> {
  const { upstream, flow, registration, params, newCookies = [] } = leaving
  const asked = wishesOf(await whatIsAsked(flow, params, request, now, ports), upstream)
  const attempt = newAttempt(leaving, asked, now, ports)
  const { relyingParty } = ports.upstreams
  const url = checkMayLeave(flow, upstream) ?? (await relyingParty.authorizationUrl(upstream, attempt, asked.wishes))
  if (isRefusal(url)) return cannotLeave(url, attempt, leaving, request, now, ports)
  const { prompt, maxAgeSeconds, further } = asked.wishes
  const away = (current: Flow): Flow =>
    traced({ ...current, upstream: { at: 'away', attemptId: attempt.id } }, now, {
      step: 'upstream-start',
      outcome: 'shown',
      rule: 'OIDC Core §3.1.2.1 the person is sent to the upstream',
      facts: {
        upstream: upstream.alias,
        redirect_uri: attempt.terms.redirectUri,
        ...(prompt === undefined ? {} : { prompt }),
        ...(maxAgeSeconds === undefined ? {} : { max_age: maxAgeSeconds }),
        ...(registration ? { registration } : {}),
        ...(further.length === 0 ? {} : { further: further.map(([name]) => name) }),
        address: request.address,
      },
    })
  const stored = await store(attempt, away, leaving, request, ports)
  return stored ? redirectReply(url, newCookies) : redirectReply(loginUrl(flow, ports))
}

/** An upstream that may only be linked signs nobody in; somebody who links one is sent to that one and no other. */
export function checkMayLeave({ purpose }: Pick<Flow, 'purpose'>, upstream: Upstream): Refusal | undefined {
  const { uid, alias, linkOnly } = upstream
  const disabled = checkEnabled(upstream)
  if (disabled !== undefined) return disabled
  if (purpose.kind === 'link-identity') {
    if (purpose.upstreamUid === uid) return undefined
    const rule = 'the upstream is the one that is being linked'
    return refuse('access_denied', 'another upstream is being linked', rule, { upstream: alias })
  }
  if (!linkOnly) return undefined
  return refuse('access_denied', 'nobody signs in through this upstream', 'link_only', { upstream: alias })
}

function newAttempt(
  { upstream, flow, registration }: Leaving,
  { terms }: Wishes,
  now: Date,
  ports: BrokerPorts,
): Attempt {
  const latest = addSeconds(now, ATTEMPT_SECONDS)
  return {
    id: newId(now, ports.random),
    flowId: flow.id,
    upstreamUid: upstream.uid,
    traceCode: flow.traceCode,
    state: 'started',
    terms: { redirectUri: redirectUriOf(ports.issuer, upstream), scopes: upstream.scopes, ...terms, registration },
    createdAt: now,
    expiresAt: latest < flow.expiresAt ? latest : flow.expiresAt,
  }
}

/** False when the flow ended meanwhile. */
async function store(
  attempt: Attempt,
  away: (flow: Flow) => Flow,
  { flow, newCookies }: Leaving,
  request: HttpRequest,
  ports: BrokerPorts,
): Promise<boolean> {
  const { attempts, flows } = ports.repositories
  const insert = attempts.insert(attempt)
  if (newCookies === undefined) return advanceFlow(flow, away, [insert], request, ports)
  await ports.journal.commit([flows.insert(away(flow)), insert])
  return true
}

/** The upstream may not be asked, or cannot: it was not found, or its settings contradict each other. */
async function cannotLeave(
  refusal: Refusal,
  attempt: Attempt,
  { upstream, flow, newCookies }: Leaving,
  request: HttpRequest,
  now: Date,
  ports: BrokerPorts,
): Promise<Reply> {
  const { attempts, flows } = ports.repositories
  const { error, description, rule, facts } = refusal
  const after = (current: Flow): Flow => {
    const told = { upstream: upstream.alias, ...facts, error, description }
    const next = traced(current, now, { step: 'upstream-start', outcome: 'refused', rule, facts: told })
    return attempt.terms.silent ? silentlyFailed(next, attempt.id, refusal) : next
  }
  const event = refusalEvent(refusal, flow, upstream, request, ports)
  // What is written down counts even when two tabs race for the flow, so it does not hang on the flow's version.
  await ports.journal.commit([event, attempts.insert({ ...attempt, state: 'failed' })])
  if (newCookies === undefined) await advanceFlow(flow, after, [], request, ports)
  else await ports.journal.commit([flows.insert(after(flow))])
  if (attempt.terms.silent) return redirectReply(arriveUrl(flow, ports))
  const page = withTraceCode(upstreamErrorPage(flow, upstream, request, ports), flow.traceCode)
  return newCookies === undefined ? page : { ...page, headers: { ...page.headers, 'set-cookie': newCookies } }
}
