/** What a sign-in with these claims would do, in words: to the account that is linked, or as a first sign-in. Nothing is written. */

import type { Account } from '../../accounts/account.ts'
import type { Repositories } from '../../repositories.ts'
import type { ArrivalDecision, ArrivalFacts } from '../arrival/arrival-decision.ts'
import { decideArrival } from '../arrival/decide-arrival.ts'
import type { ProfileProblem } from '../arrival/entered-profile.ts'
import { loadArrivalFacts } from '../arrival/open-arrival.ts'
import { synchronise } from '../arrival/synchronise.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'
import type { Upstream } from '../upstream.ts'

export interface WouldHappen {
  /** As `decideArrival` calls it; `change` where an account was named. */
  readonly outcome: ArrivalDecision['kind'] | 'change'
  /** A sentence. */
  readonly what: string
  readonly account?: string
  /** The rule or setting that decides. */
  readonly rule?: string
  /** A sentence for each. */
  readonly changes: readonly string[]
}

export interface DryRunPorts {
  readonly repositories: Repositories
  readonly sendsMail: boolean
  readonly now: Date
}

export async function wouldHappen(
  patch: AccountPatch,
  upstream: Upstream,
  named: Account | undefined,
  ports: DryRunPorts,
): Promise<WouldHappen> {
  const facts = await factsOf(patch, upstream, ports)
  if (named !== undefined) return wouldChange(named, facts, ports)
  const decision = decideArrival(facts)
  const account = 'account' in decision ? decision.account : undefined
  const { linked } = facts
  const changed = decision.kind === 'refuse' ? undefined : linked?.account
  return {
    outcome: decision.kind,
    what: sentenceOf(decision),
    ...(account === undefined ? {} : { account: account.username }),
    rule: decision.kind === 'refuse' ? decision.refusal.rule : decision.rule,
    changes: changed === undefined ? [] : await changesOf(changed, facts, ports),
  }
}

function factsOf(
  patch: AccountPatch,
  upstream: Upstream,
  { repositories, sendsMail }: DryRunPorts,
): Promise<ArrivalFacts> {
  const flow = { purpose: { kind: 'own-pages' } } as const
  return loadArrivalFacts({ patch, upstream }, flow, {}, undefined, { repositories, upstreams: { sendsMail } })
}

/** As if this account were the linked one. */
async function wouldChange(account: Account, facts: ArrivalFacts, ports: DryRunPorts): Promise<WouldHappen> {
  const changes = await changesOf(account, facts, ports)
  const what = `a sign-in as ${account.username} ${changes.length === 0 ? 'changes nothing' : 'changes the account'}`
  return { outcome: 'change', what, account: account.username, changes }
}

async function changesOf(account: Account, facts: ArrivalFacts, ports: DryRunPorts): Promise<readonly string[]> {
  return (await synchronise(account, facts.patch, facts, ports)).changes
}

function sentenceOf(decision: ArrivalDecision): string {
  switch (decision.kind) {
    case 'sign-in':
      return `the person is ${decision.account.username}, and is signed in`
    case 'prove-password':
      return `the person is ${decision.account.username}, and is asked for the password`
    case 'create':
      return `the account ${decision.patch.username?.value ?? ''} is created`
    case 'ask-profile':
      return `the person is asked for what is missing${problemsText(decision.problems)}`
    case 'offer-link':
      return `the account ${decision.account.username} has the same ${WORDS[decision.by]}: the person may prove that it is theirs (${decision.proofs.join(', ')})`
    case 'link':
    case 'linked-already':
      return `the identity is linked to ${decision.account.username}`
    case 'refuse':
      return `the person is not let in: ${decision.refusal.description}`
  }
}

const WORDS = { email: 'e-mail address', username: 'user name', name: 'name' } as const

function problemsText(problems: readonly ProfileProblem[]): string {
  if (problems.length === 0) return ''
  return `: ${problems.map(({ field, kind }) => `the ${WORDS[field]} is ${kind === 'linked' ? 'taken' : kind}`).join(', ')}`
}
