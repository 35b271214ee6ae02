/** What a flow brought home from an upstream: the sealed answer opened, its claims mapped, and who they are known to be. */

import { hash } from 'node:crypto'
import { newUuid } from '../../../lib/id.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { AccountId } from '../../accounts/account.ts'
import type { EnteredProfile, Flow } from '../../flow/flow.ts'
import type { SignedIn } from '../../flow/next-step.ts'
import type { Repositories } from '../../repositories.ts'
import type { Attempt, UpstreamAnswer } from '../attempt.ts'
import type { AttemptId } from '../attempt-id.ts'
import type { KnownAccount } from '../linking/link-proofs.ts'
import type { AccountPatch, MappingLine } from '../mapping/account-patch.ts'
import { mapClaims } from '../mapping/map-claims.ts'
import type { UpstreamPorts } from '../ports.ts'
import { isUsable } from '../setting-out/usable-upstreams.ts'
import type { Upstream } from '../upstream.ts'
import type { ArrivalFacts } from './arrival-decision.ts'
import { withEntered } from './entered-profile.ts'
import { openAnswer } from './recorded-answer.ts'

export interface Arrival {
  readonly attempt: Attempt
  readonly upstream: Upstream
  readonly answer: UpstreamAnswer
  readonly patch: AccountPatch
  readonly lines: readonly MappingLine[]
}

export interface FactPorts {
  readonly repositories: Repositories
  readonly upstreams: Pick<UpstreamPorts, 'sendsMail'>
}

export interface ArrivalPorts {
  readonly repositories: Repositories
  readonly upstreams: Pick<UpstreamPorts, 'sealer' | 'sendsMail'>
  readonly issuer: string
}

export type OpenedArrival =
  | { readonly kind: 'open'; readonly arrival: Arrival }
  /** Nothing waits for a decision: it was used, it is over, or the upstream is gone. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'refused'
      readonly attempt: Attempt
      readonly upstream: Upstream
      readonly refusal: Refusal
      readonly lines: readonly MappingLine[]
    }

export async function openArrival(
  attemptId: AttemptId,
  flow: Pick<Flow, 'id'>,
  now: Date,
  { repositories, upstreams: { sealer } }: ArrivalPorts,
): Promise<OpenedArrival> {
  const attempt = await repositories.attempts.find(attemptId)
  if (attempt === undefined || attempt.flowId !== flow.id) return { kind: 'gone' }
  const { state, sealedAnswer, expiresAt } = attempt
  if (state !== 'answered' || sealedAnswer === undefined || expiresAt <= now) return { kind: 'gone' }
  const upstream = await repositories.upstreams.find(attempt.upstreamUid)
  if (upstream === undefined) return { kind: 'gone' }
  // It was switched off while the person was there.
  if (!upstream.enabled) return { kind: 'refused', attempt, upstream, refusal: refuseDisabled(upstream), lines: [] }
  const answer = openAnswer(sealedAnswer, attemptId, sealer)
  const existingGroups = new Set((await repositories.groups.list()).map(({ name }) => name))
  const definitions = await repositories.attributeDefinitions.list()
  const mapped = mapClaims(answer.sources, { upstream, existingGroups, definitions, uuid: uuidOf(attemptId) })
  if ('refusal' in mapped) return { kind: 'refused', attempt, upstream, refusal: mapped.refusal, lines: mapped.lines }
  return { kind: 'open', arrival: { attempt, upstream, answer, ...mapped } }
}

/** `${UUID}`: each visit maps the same answer, and must come to the same. */
function uuidOf(attemptId: AttemptId): string {
  return newUuid({ bytes: length => hash('sha256', `uuid ${attemptId}`, 'buffer').subarray(0, length) })
}

function refuseDisabled({ alias }: Upstream): Refusal {
  return refuse('access_denied', 'the upstream is disabled', 'the upstream exists and is enabled', {
    upstream: alias,
    known: true,
  })
}

/** What the person has said by now, besides what the upstream did. */
export interface Said {
  readonly entered?: EnteredProfile
  readonly declined?: AccountId
}

export async function loadArrivalFacts(
  { patch, upstream }: Pick<Arrival, 'patch' | 'upstream'>,
  { purpose }: Pick<Flow, 'purpose'>,
  { entered, declined }: Said,
  signedIn: SignedIn | undefined,
  { repositories, upstreams }: FactPorts,
): Promise<ArrivalFacts> {
  const { accounts, identities } = repositories
  const { email, username } = withEntered(patch, entered)
  const owner = async (login: string | undefined): Promise<KnownAccount | undefined> => {
    const account = login === undefined ? undefined : await accounts.findByLogin(login)
    return account && known(account.id, upstream, repositories)
  }
  const identity = await identities.find(upstream.uid, patch.subject)
  const linkedTo = identity && (await accounts.find(identity.accountId))
  return {
    upstream,
    purpose: purpose.kind === 'link-identity' ? purpose : { kind: 'sign-in' },
    signedIn: signedIn && (await known(signedIn.account.id, upstream, repositories)),
    patch,
    linked: identity && linkedTo && { identity, account: linkedTo },
    emailOwner: await owner(email?.value),
    usernameOwner: await owner(username?.value),
    entered,
    declined,
    silent: purpose.kind === 'authorization' && purpose.request.prompt.includes('none'),
    sendsMail: upstreams.sendsMail,
  }
}

async function known(
  accountId: AccountId,
  { uid }: Upstream,
  { accounts, identities, upstreams }: Repositories,
): Promise<KnownAccount | undefined> {
  const account = await accounts.find(accountId)
  if (account === undefined) return undefined
  const links = await identities.listOfAccount(accountId)
  const usable = new Set((await upstreams.list()).filter(isUsable).map(upstream => upstream.uid))
  return {
    account,
    hasIdentityHere: links.some(({ upstreamUid }) => upstreamUid === uid),
    hasIdentityElsewhere: links.some(({ upstreamUid }) => upstreamUid !== uid && usable.has(upstreamUid)),
  }
}
