/** Ways to the account page and on from it: a sign-in to our own pages that comes back there, and a flow that links an identity. */

import type { AccountId } from '../../core/accounts/account.ts'
import { newTraceCode } from '../../core/audit/trace-code.ts'
import { errandStep } from '../../core/flow/errand.ts'
import type { AccountErrand, Flow, FlowPurpose } from '../../core/flow/flow.ts'
import { sealFlowCookie } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { startFlow, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { loadWaysIn } from './load-ways-in.ts'
import type { PagesPorts } from './ports.ts'
import type { AccountProblem } from './views/account.ts'

/** Where a browser goes, once `writes` are committed. */
export interface Onward {
  readonly location: string
  readonly writes: readonly Write[]
  readonly cookies: readonly string[]
}

/** The person signs in, then does what they came for. */
export async function beginErrand(errand: AccountErrand, now: Date, ports: PagesPorts): Promise<Reply> {
  const flow = newFlow({ kind: 'own-pages', errand }, now, ports)
  return go(onwardTo(flow, `${ports.issuer}/login?flow=${flow.id}`, ports), ports)
}

export async function go({ location, writes, cookies }: Onward, ports: PagesPorts): Promise<Reply> {
  await ports.journal.commit(writes)
  return redirectReply(location, cookies)
}

/** To the upstream, and back to `/arrive` as somebody who links. Only for who has just proven who they are. */
export function startLinking(accountId: AccountId, upstream: Upstream, now: Date, ports: PagesPorts): Onward {
  const begun = newFlow({ kind: 'link-identity', accountId, upstreamUid: upstream.uid }, now, ports)
  const flow = traced(begun, now, {
    step: 'link',
    outcome: 'passed',
    rule: 'asked for on the account page',
    facts: { upstream: upstream.alias },
  })
  return onwardTo(flow, `${ports.issuer}/broker/${upstream.alias}/login?flow=${flow.id}`, ports)
}

/** The person has signed in: on with what they came for, unless somebody else sits there by now. */
export async function goOnWith(
  errand: AccountErrand,
  flow: Flow,
  signedIn: SignedIn | undefined,
  now: Date,
  ports: PagesPorts,
): Promise<Onward> {
  if (errand.kind === 'look') return toAccount(ports)
  const step = errandStep(errand, flow, signedIn, now)
  if (step !== 'go-on') return toAccount(ports, step === 'not-fresh' ? 'not-fresh' : undefined)
  if (errand.kind === 'unlink') return { ...toAccount(ports), location: unlinkUrl(errand.identityId, ports) }
  const ways = await loadWaysIn(errand.accountId, ports)
  const upstream = ways?.linkable.find(({ uid }) => uid === errand.upstreamUid)
  return upstream === undefined ? toAccount(ports, 'gone') : startLinking(errand.accountId, upstream, now, ports)
}

export function toAccount({ issuer }: Pick<PagesPorts, 'issuer'>, problem?: AccountProblem): Onward {
  const query = problem === undefined ? '' : `?problem=${problem}`
  return { location: `${issuer}/account${query}`, writes: [], cookies: [] }
}

export function unlinkUrl(identityId: string, { issuer }: Pick<PagesPorts, 'issuer'>): string {
  return `${issuer}/account/unlink?identity=${identityId}`
}

/** Whoever comes back to a screen that was left at the upstream's page must not end there what somebody else began. */
const MAX_SECONDS = 600

function newFlow(purpose: FlowPurpose, now: Date, { random, flowSeconds }: PagesPorts): Flow {
  return startFlow({
    id: newId(now, random),
    traceCode: newTraceCode(random),
    purpose,
    now,
    expiresAt: addSeconds(now, Math.min(flowSeconds, MAX_SECONDS)),
  })
}

function onwardTo(flow: Flow, location: string, { repositories, cookies, handles, flowSeconds }: PagesPorts): Onward {
  return {
    location,
    writes: [repositories.flows.insert(flow)],
    cookies: [cookies.set(`flow-${flow.id}`, sealFlowCookie(handles, flow.id), flowSeconds)],
  }
}
