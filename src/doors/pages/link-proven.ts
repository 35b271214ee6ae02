/** An existing account was proven: the identity that waits is linked to it, in the same commit as what its proof brings. */

import type { Flow, PendingLink } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { nextVersion, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { ArrivalFacts, OfferedLink } from '../../core/upstreams/arrival/arrival-decision.ts'
import { decideArrival } from '../../core/upstreams/arrival/decide-arrival.ts'
import { type Arrival, loadArrivalFacts, openArrival } from '../../core/upstreams/arrival/open-arrival.ts'
import { freshIdentity, newIdentity, proofOf, useUpAnswer } from '../../core/upstreams/arrival/settle-arrival.ts'
import type { LinkProof } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { type Arriving, toPage, withoutUpstream } from './arrival-progress.ts'
import { linkedEvent, mailAboutLink, signInByArrival, syncedAccount } from './arrival-sign-in.ts'
import { upstreamUrl } from './login-upstreams.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'

export interface OpenLink {
  readonly arrival: Arrival
  readonly facts: ArrivalFacts
  readonly offer: OfferedLink
}

/** Looked at again at every step: the account, the settings and the identity may have changed since the person was asked. */
export async function findOpenLink(
  flow: Flow,
  pending: PendingLink,
  now: Date,
  ports: PagesPorts,
): Promise<OpenLink | undefined> {
  const opened = await openArrival(pending.attemptId, flow, now, ports)
  if (opened.kind !== 'open') return undefined
  const facts = await loadArrivalFacts(opened.arrival, flow, pending, undefined, ports)
  const offer = decideArrival(facts)
  if (offer.kind !== 'offer-link' || offer.account.id !== pending.accountId) return undefined
  return { arrival: opened.arrival, facts, offer }
}

export interface ProvenLink {
  readonly by: 'mail' | 'password' | 'upstream'
  readonly rule: string
  /** RFC 8176. */
  readonly amr: readonly string[]
  readonly writes: readonly Write[]
  /** The other upstream's answer that proved it. */
  readonly from?: Arrival
}

/** The link was asked for, is still possible, and may be proven this way. */
export function mayProve({ offer }: OpenLink, proof: LinkProof): boolean {
  return offer.proofs.includes(proof)
}

export async function linkProven(
  flow: Flow,
  { arrival, facts, offer }: OpenLink,
  proven: ProvenLink,
  current: SignedIn | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { by, rule } = proven
  const linking = traced(flow, now, {
    step: 'linking',
    outcome: 'passed',
    rule,
    facts: { upstream: arrival.upstream.alias, username: offer.account.username, by },
  })
  const synced = await syncedAccount(linking, arrival, offer.account, facts, now, request, ports)
  const writes = [...proven.writes, ...synced.writes]
  if (arrival.upstream.postLogin === 'password' && by !== 'password')
    return linkBeforePassword(linking, { arrival, facts, offer }, by, writes, request, now, ports)
  const arrived = {
    arrival,
    account: synced.account,
    linkedBy: by,
    rule,
    amr: proven.amr,
    isFresh: by === 'password',
    writes,
    ...(proven.from === undefined ? {} : { provenThrough: proven.from }),
  }
  return signInByArrival(linking, arrived, current, request, ports)
}

/** The link is proven, the sign-in is not: a password is asked for after every sign-in through this upstream. */
async function linkBeforePassword(
  flow: Flow,
  { arrival, offer }: OpenLink,
  by: string,
  writes: readonly Write[],
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { identities, flows } = ports.repositories
  const { account } = offer
  const identity = freshIdentity(newIdentity(arrival, account, now, ports.random), arrival, undefined, ports)
  const event = linkedEvent(flow, arrival, account, by, now, request, ports)
  const upstream = { at: 'post-login', attemptId: arrival.attempt.id, accountId: account.id } as const
  const next = nextVersion({ ...withoutUpstream(flow), upstream })
  const mail = mailAboutLink(arrival, account, now, request, ports)
  const outcome = await ports.journal.commit([
    ...writes,
    identities.link(identity),
    event,
    ...mail,
    flows.advance(next),
  ])
  ports.upstreams.deliveries.soon()
  return redirectReply(pageUrl(outcome.committed ? 'login' : 'arrive', flow, ports))
}

/** The person went to another upstream to prove the account: it counts when that one knows them as this very account. */
export async function arriveForLink(arriving: Arriving, ports: PagesPorts): Promise<Reply> {
  const { flow, arrival, facts, current, request, now } = arriving
  const { pendingLink: pending } = flow
  const open = pending && (await findOpenLink(flow, pending, now, ports))
  if (pending === undefined || open === undefined) return giveUpLink(flow, ports)
  const decision = decideArrival(facts)
  const isProven =
    (decision.kind === 'sign-in' || decision.kind === 'prove-password') && decision.account.id === pending.accountId
  const { attemptId, accountId, entered } = pending
  const back: Flow = { ...flow, upstream: { at: 'linking', attemptId, accountId, ...(entered && { entered }) } }
  if (!isProven || !mayProve(open, 'sign_in')) return answerOtherAccount(back, arrival, now, ports)
  // Its own password decides: the sign-in page takes it for the link as well.
  if (decision.kind === 'prove-password') return toPage('login', back, [], ports)
  // An answer from before anything was to be proven, perhaps without a question: this time there is one.
  if (arrival.attempt.terms.maxAgeSeconds !== 0)
    return redirectReply(upstreamUrl(arrival.upstream.alias, flow, [], ports))
  const { identities } = ports.repositories
  const proven: ProvenLink = {
    by: 'upstream',
    rule: 'link_proofs sign_in: another linked identity of the account signed in',
    amr: proofOf(arrival, now).amr,
    writes: [useUpAnswer(arrival, ports), identities.touch(freshIdentity(decision.identity, arrival, now, ports))],
    from: arrival,
  }
  return linkProven(flow, open, proven, current, request, now, ports)
}

/** Signed in there as somebody else: nothing is linked, nobody is signed in, and the page says so. */
function answerOtherAccount(flow: Flow, { upstream }: Arrival, now: Date, ports: PagesPorts): Promise<Reply> {
  const told = traced(flow, now, {
    step: 'linking',
    outcome: 'refused',
    rule: 'the account that is to be linked is the one that is proven',
    facts: { upstream: upstream.alias },
  })
  return toPage('link-account', told, [], ports, '&problem=other-account')
}

/** The account, its links or the upstream have changed meanwhile, somebody was first, or it took too long. */
export function giveUpLink({ pendingLink: _, ...flow }: Flow, ports: PagesPorts): Promise<Reply> {
  return toPage('arrive', flow, [], ports)
}
