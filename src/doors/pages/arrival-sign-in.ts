/** A person who came back from an upstream is signed in: account, identity, session and the used-up answer in one commit. */

import type { Account } from '../../core/accounts/account.ts'
import { gainsRole, linksOfOthers, withRoleGained } from '../../core/accounts/gain-role.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { ArrivalFacts } from '../../core/upstreams/arrival/arrival-decision.ts'
import type { Arrival } from '../../core/upstreams/arrival/open-arrival.ts'
import {
  freshIdentity,
  newIdentity,
  proofOf,
  rememberSession,
  useUpAnswer,
} from '../../core/upstreams/arrival/settle-arrival.ts'
import { synchronise } from '../../core/upstreams/arrival/synchronise.ts'
import type { Identity } from '../../core/upstreams/identity.ts'
import { identityDetail, LINKED, UNLINKED } from '../../core/upstreams/linking/identity-events.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { arriveAgain, withoutUpstream } from './arrival-progress.ts'
import { frameOf } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { signInAs } from './sign-in-as.ts'
import { mailAboutWayIn } from './way-in-mail.ts'

export interface ArrivedSignIn {
  readonly arrival: Arrival
  readonly account: Account
  /** Absent: it is linked now. */
  readonly identity?: Identity
  /** What convinced us that it may be linked; only with a new link. */
  readonly linkedBy?: 'creation' | 'mail' | 'password' | 'upstream'
  readonly rule: string
  /** What was proven to us besides (RFC 8176). */
  readonly amr?: readonly string[]
  /** Proven to us just now, whenever that was at the upstream. */
  readonly isFresh?: boolean
  /** Before the link: the account that is made, a proof that is used up. */
  readonly writes?: readonly Write[]
  /** Another upstream, where the account was proven: the session came from there, too. */
  readonly provenThrough?: Arrival
}

export async function signInByArrival(
  flow: Flow,
  arrived: ArrivedSignIn,
  current: SignedIn | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const { arrival, account, rule, amr = [], isFresh = false } = arrived
  const now = ports.clock.now()
  const there = proofOf(arrival, now)
  const proven = {
    now,
    account,
    amr: [...new Set([...amr, ...there.amr])],
    ...(isFresh || there.authTime === undefined ? {} : { authTime: there.authTime }),
    rule,
    facts: aboutArrival(arrival),
    writes: (session: Parameters<typeof rememberSession>[1]) => [
      useUpAnswer(arrival, ports),
      ...(arrived.writes ?? []),
      ...linkWrites(flow, arrived, now, request, ports),
      ...[arrival, arrived.provenThrough].flatMap(from => (from ? [rememberSession(from, session, now, ports)] : [])),
    ],
    // A name is taken now, or the identity is linked.
    onLost: async () => arriveAgain(flow, request, ports),
  }
  const reply = await signInAs(withoutUpstream(flow), proven, current, request, ports)
  ports.upstreams.deliveries.soon()
  return reply
}

function linkWrites(
  flow: Flow,
  { arrival, account, identity, linkedBy }: ArrivedSignIn,
  now: Date,
  request: HttpRequest,
  ports: PagesPorts,
): readonly Write[] {
  const { identities } = ports.repositories
  if (identity !== undefined) return [identities.touch(freshIdentity(identity, arrival, now, ports))]
  const linked = freshIdentity(newIdentity(arrival, account, now, ports.random), arrival, now, ports)
  const event = linkedEvent(flow, arrival, account, linkedBy ?? 'creation', now, request, ports)
  const isNewTo = linkedBy !== undefined && linkedBy !== 'creation'
  return [identities.link(linked), event, ...(isNewTo ? mailAboutLink(arrival, account, now, request, ports) : [])]
}

export function mailAboutLink(
  { upstream }: Arrival,
  account: Account,
  now: Date,
  request: HttpRequest,
  ports: PagesPorts,
): readonly Write[] {
  return mailAboutWayIn('added', account, upstream, { now, locale: frameOf(request, ports).locale }, ports)
}

export function linkedEvent(
  flow: Flow,
  arrival: Arrival,
  account: Account,
  by: string,
  now: Date,
  request: HttpRequest,
  { journal }: PagesPorts,
): Write {
  return journal.record(LINKED, {
    at: now,
    accountId: account.id,
    ...aboutFlow(flow, request),
    detail: { username: account.username, ...aboutArrival(arrival), by },
  })
}

function aboutArrival({ upstream, patch }: Arrival) {
  return identityDetail(upstream, patch)
}

/** What is synchronised at every sign-in; the event says what changed. */
export async function syncedAccount(
  flow: Flow,
  { patch, upstream }: Arrival,
  account: Account,
  facts: Pick<ArrivalFacts, 'emailOwner' | 'usernameOwner' | 'entered'>,
  now: Date,
  request: HttpRequest,
  { repositories, journal }: PagesPorts,
): Promise<{ readonly account: Account; readonly writes: readonly Write[] }> {
  const synchronised = await synchronise(account, patch, facts, { repositories, now })
  const { account: patched, changes, losesAdministrator } = synchronised
  if (changes.length === 0) return { account, writes: [] }
  const isMore = gainsRole(account, patched)
  const next: Account = {
    ...(isMore ? withRoleGained(patched, now) : patched),
    updatedBy: `upstream ${upstream.alias}`,
  }
  const isPasswordGone = account.passwordHash !== undefined && next.passwordHash === undefined
  const lost = isPasswordGone ? ['the password is gone: whoever set it was no administrator'] : []
  const event = journal.record('account.changed', {
    at: now,
    accountId: account.id,
    ...aboutFlow(flow, request),
    detail: { username: next.username, by: `upstream ${upstream.alias}`, changes: [...changes, ...lost] },
  })
  const guard = losesAdministrator ? [repositories.accounts.keepAdministrator(now)] : []
  const unlinked = isMore
    ? await unlinkOthers(flow, { patch, upstream }, account, now, request, { repositories, journal })
    : []
  return { account: next, writes: [repositories.accounts.replace(next, account), ...guard, ...unlinked, event] }
}

/** Whoever gains a role keeps no link that somebody without the rights of an administrator made; this upstream said itself who they are. */
async function unlinkOthers(
  flow: Flow,
  { patch, upstream }: Pick<Arrival, 'patch' | 'upstream'>,
  { id: accountId, username }: Account,
  now: Date,
  request: HttpRequest,
  { repositories: { identities, upstreams }, journal }: Pick<PagesPorts, 'repositories' | 'journal'>,
): Promise<readonly Write[]> {
  const others = linksOfOthers(await identities.listOfAccount(accountId)).filter(
    ({ upstreamUid, subject }) => upstreamUid !== upstream.uid || subject !== patch.subject,
  )
  const writes = others.map(async (identity): Promise<readonly Write[]> => {
    const { alias = '' } = (await upstreams.find(identity.upstreamUid)) ?? {}
    const detail = { username, ...identityDetail({ alias }, identity), because: 'the account gained a role' }
    const event = journal.record(UNLINKED, { at: now, accountId, ...aboutFlow(flow, request), detail })
    return [identities.unlink(identity.id), event]
  })
  return (await Promise.all(writes)).flat()
}
