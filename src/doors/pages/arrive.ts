/** Where people come back to from an upstream: its answer becomes a sign-in, a new account, a question, or a refusal. */

import type { Account } from '../../core/accounts/account.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { ArrivalDecision } from '../../core/upstreams/arrival/arrival-decision.ts'
import { decideArrival } from '../../core/upstreams/arrival/decide-arrival.ts'
import { loadArrivalFacts, openArrival } from '../../core/upstreams/arrival/open-arrival.ts'
import { freshIdentity, newIdentity, useUpAnswer } from '../../core/upstreams/arrival/settle-arrival.ts'
import { accountFromPatch } from '../../core/upstreams/mapping/apply-patch.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { refuse } from '../../spec/refusal.ts'
import {
  type Arriving,
  arriveAgain,
  leave,
  toPage,
  tracedMapping,
  type Waiting,
  withoutUpstream,
} from './arrival-progress.ts'
import { refuseArrived, refuseSilent } from './arrival-refused.ts'
import { linkedEvent, mailAboutLink, signInByArrival, syncedAccount } from './arrival-sign-in.ts'
import { flowSession } from './flow-session.ts'
import { visitFlow } from './flow-visit.ts'
import { arriveForLink } from './link-proven.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'

export function arriveEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'arrive',
    path: '/arrive',
    methods: ['GET'],
    async handle(request) {
      const now = ports.clock.now()
      const visit = await visitFlow(request, ports, now)
      if (visit.kind === 'closed') return visit.reply
      const { flow } = visit
      switch (flow.upstream?.at) {
        case 'answered':
          return arrive(flow, flow.upstream, request, now, ports)
        case 'failed': {
          const { error, description } = flow.upstream
          const refusal = refuse(error, description, 'OIDC Core §3.1.2.6 the upstream signs in without a page')
          return refuseSilent(flow, refusal, [], request, now, ports)
        }
        case 'linking':
          return redirectReply(pageUrl('link-account', flow, ports))
        default:
          return leave(flow, ports)
      }
    },
  }
}

async function arrive(
  flow: Flow,
  waiting: Waiting,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const opened = await openArrival(waiting.attemptId, flow, now, ports)
  if (opened.kind === 'gone') return leave(flow, ports)
  const { lines } = opened.kind === 'open' ? opened.arrival : opened
  const { alias } = opened.kind === 'open' ? opened.arrival.upstream : opened.upstream
  const mapped = tracedMapping(flow, now, alias, lines)
  if (opened.kind === 'refused')
    return refuseArrived(mapped, opened, { page: 'mapping', refusal: opened.refusal }, request, now, ports)
  const current = await flowSession(undefined, request, now, ports)
  const facts = await loadArrivalFacts(opened.arrival, flow, waiting, current, ports)
  const arriving = { flow: mapped, arrival: opened.arrival, facts, current, request, now }
  const isForLink = flow.pendingLink !== undefined && flow.pendingLink.attemptId !== waiting.attemptId
  return isForLink ? arriveForLink(arriving, ports) : settleArrival(arriving, ports)
}

async function settleArrival(arriving: Arriving, ports: PagesPorts): Promise<Reply> {
  const { facts, arrival, now, request } = arriving
  const decision = decideArrival(facts)
  const { rule } = decision
  const isRefused = decision.kind === 'refuse'
  const flow = isRefused
    ? arriving.flow
    : traced(arriving.flow, now, { step: 'linking', outcome: outcomeOf(decision), rule, facts: decision.facts })
  switch (decision.kind) {
    case 'sign-in': {
      const synced = await syncedAccount(flow, arrival, decision.account, facts, now, request, ports)
      const { identity } = decision
      return signInByArrival(flow, { arrival, ...synced, identity, rule }, arriving.current, request, ports)
    }
    case 'create':
      return create({ ...arriving, flow }, decision, ports)
    case 'prove-password': {
      const { attempt } = arrival
      const next = { at: 'post-login', attemptId: attempt.id, accountId: decision.account.id } as const
      return toPage('login', { ...flow, upstream: next }, [], ports)
    }
    case 'ask-profile':
      return toPage('profile', flow, [], ports)
    case 'offer-link': {
      const { entered } = facts
      const next = { at: 'linking', attemptId: arrival.attempt.id, accountId: decision.account.id } as const
      return toPage('link-account', { ...flow, upstream: { ...next, ...(entered && { entered }) } }, [], ports)
    }
    case 'link':
    case 'linked-already':
      return linkFromAccount({ ...arriving, flow }, decision.account, ports)
    case 'refuse':
      return refuseArrived(flow, arrival, decision, request, now, ports)
  }
}

function outcomeOf({ kind }: ArrivalDecision): 'passed' | 'shown' {
  return kind === 'ask-profile' || kind === 'offer-link' || kind === 'prove-password' ? 'shown' : 'passed'
}

async function create(
  { flow, arrival, current, request, now }: Arriving,
  decision: Extract<ArrivalDecision, { kind: 'create' }>,
  ports: PagesPorts,
): Promise<Reply> {
  const { accounts } = ports.repositories
  const { upstream } = arrival
  const made = accountFromPatch(decision.patch, undefined, { random: ports.random, now })
  if ('mistakes' in made) {
    const mistakes = made.mistakes.map(({ member, message }) => `${member} ${message}`)
    const rule = 'the mapped attributes make an account'
    const facts = { upstream: upstream.alias, mistakes }
    const refusal = refuse('access_denied', 'no account can be made of what the upstream says', rule, facts)
    return refuseArrived(flow, arrival, { page: 'mapping', refusal }, request, now, ports)
  }
  const account: Account = { ...made.account, createdBy: `upstream ${upstream.alias}` }
  const { releases } = decision
  const created = ports.journal.record('account.created', {
    at: now,
    accountId: account.id,
    ...aboutFlow(flow, request),
    detail: { username: account.username, by: `upstream ${upstream.alias}` },
  })
  const writes = [
    ...(releases === undefined ? [] : releaseAddress(flow, releases, upstream.alias, now, request, ports)),
    accounts.insert(account),
    created,
  ]
  const arrived = { arrival, account, linkedBy: 'creation', rule: decision.rule, writes } as const
  return signInByArrival(flow, arrived, current, request, ports)
}

/** The account only claimed the address. It keeps everything else. */
function releaseAddress(
  flow: Flow,
  account: Account,
  alias: string,
  now: Date,
  request: HttpRequest,
  { repositories, journal }: PagesPorts,
): readonly Write[] {
  const { email: _, ...others } = account
  const released = { ...others, emailVerified: false, updatedAt: now, updatedBy: `upstream ${alias}` }
  const event = journal.record('account.changed', {
    at: now,
    accountId: account.id,
    ...aboutFlow(flow, request),
    detail: {
      username: account.username,
      by: `upstream ${alias}`,
      changes: ['loses its unproven e-mail address to whoever proved it'],
    },
  })
  return [repositories.accounts.replace(released, account), event]
}

/** From the account page: whoever is signed in stays signed in as they are. */
async function linkFromAccount(arriving: Arriving, account: Account, ports: PagesPorts): Promise<Reply> {
  const { flow, arrival, facts, current, request, now } = arriving
  const { identities } = ports.repositories
  const { linked } = facts
  const fresh = (): readonly Write[] => {
    const identity = freshIdentity(newIdentity(arrival, account, now, ports.random), arrival, undefined, ports)
    const event = linkedEvent(flow, arrival, account, 'account page', now, request, ports)
    return [identities.link(identity), event, ...mailAboutLink(arrival, account, now, request, ports)]
  }
  const writes =
    linked === undefined
      ? fresh()
      : [identities.touch(freshIdentity(linked.identity, arrival, linked.identity.lastSignInAt, ports))]
  const synced = await syncedAccount(flow, arrival, account, facts, now, request, ports)
  const onLost = async (): Promise<Reply> => arriveAgain(flow, request, ports)
  const all = [useUpAnswer(arrival, ports), ...synced.writes, ...writes]
  const done = withoutUpstream(flow)
  const progress = { flow: done, signedIn: current, approved: false, writes: all, cookies: [], onLost }
  const reply = await proceed(progress, request, now, ports)
  ports.upstreams.deliveries.soon()
  return reply
}
