/** A password that was typed on the sign-in page for a reason: it proves the account that is to be linked, or the one that came home. */

import type { PasswordSignIn } from '../../core/authentication/password-sign-in.ts'
import { PASSWORD_AMR } from '../../core/authentication/sign-in-methods.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { nextVersion, traced } from '../../core/flow/steps.ts'
import { decideArrival } from '../../core/upstreams/arrival/decide-arrival.ts'
import { loadArrivalFacts, openArrival } from '../../core/upstreams/arrival/open-arrival.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { refuse } from '../../spec/refusal.ts'
import { type AskedProof, toPage, withoutUpstream } from './arrival-progress.ts'
import { signInByArrival, syncedAccount } from './arrival-sign-in.ts'
import { findOpenLink, giveUpLink, linkProven, mayProve } from './link-proven.ts'
import { loginPage } from './login-page.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'

type ProvenPassword = Extract<PasswordSignIn, { kind: 'proven' }>

export async function proveInLogin(
  flow: Flow,
  asked: AskedProof,
  result: ProvenPassword,
  current: SignedIn | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  if (result.account.id !== asked.accountId) return refuseOther(flow, result, current, request, now, ports)
  if (asked.kind === 'post-login') return completeSignIn(flow, asked, result, current, request, now, ports)
  const open = await findOpenLink(flow, asked, now, ports)
  if (open === undefined || !mayProve(open, 'sign_in')) return giveUpLink(flow, ports)
  const proven = {
    by: 'password',
    rule: 'link_proofs sign_in: the password matches',
    amr: PASSWORD_AMR,
    writes: result.writes,
  } as const
  return linkProven(flow, open, proven, current, request, now, ports)
}

async function completeSignIn(
  flow: Flow,
  { attemptId, accountId }: AskedProof,
  result: ProvenPassword,
  current: SignedIn | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const opened = await openArrival(attemptId, flow, now, ports)
  if (opened.kind !== 'open') return toPage('login', withoutUpstream(flow), result.writes, ports)
  const { arrival } = opened
  const facts = await loadArrivalFacts(arrival, flow, {}, current, ports)
  const decision = decideArrival(facts)
  const isWaiting = decision.kind === 'prove-password' || decision.kind === 'sign-in'
  if (!isWaiting || decision.account.id !== accountId) {
    const upstream = { at: 'answered', attemptId } as const
    return toPage('arrive', { ...flow, upstream }, result.writes, ports)
  }
  const synced = await syncedAccount(flow, arrival, decision.account, facts, now, request, ports)
  const arrived = {
    arrival,
    account: synced.account,
    identity: decision.identity,
    rule: 'post_login password: the password matches',
    amr: PASSWORD_AMR,
    isFresh: true,
    writes: [...result.writes, ...synced.writes],
  }
  return signInByArrival(flow, arrived, current, request, ports)
}

/** The right password of the wrong account: nothing is linked, and nobody is signed in. */
async function refuseOther(
  flow: Flow,
  { account, writes }: ProvenPassword,
  current: SignedIn | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const refusal = refuse(
    'access_denied',
    'another account was proven than the one that is asked for',
    'the account that is to be linked is the one that is proven',
    { username: account.username },
  )
  const { error, description, rule, facts } = refusal
  const told = traced(flow, now, { step: 'sign-in', outcome: 'refused', rule, facts })
  const event = ports.journal.record('sign-in.refused', {
    at: now,
    accountId: account.id,
    ...aboutFlow(flow, request),
    detail: { ...facts, error, description, rule },
  })
  const outcome = await ports.journal.commit([...writes, event, ports.repositories.flows.advance(nextVersion(told))])
  if (!outcome.committed) return redirectReply(pageUrl('login', flow, ports))
  const { username } = account
  return loginPage(told, { signedIn: current, username, problem: { kind: 'other-account' } }, request, ports)
}
