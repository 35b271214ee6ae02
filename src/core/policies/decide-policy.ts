/** What a policy asks of a person: the first rule that fits decides, and every outcome says why. Pure. */

import { type AddressList, createAddressList, isAddress } from '../../lib/addresses.ts'
import { loginKey } from '../accounts/account.ts'
import { POLICY_OUTCOMES, type Policy, type PolicyOutcome, type PolicyRule } from './policy.ts'
import { parseSubject } from './policy-subject.ts'

/** Whom and where it is about. */
export interface PolicyFacts {
  readonly username: string
  readonly groups: readonly string[]
  readonly clientId: string
  /** From where the person comes; absent, or no IP address: nobody knows (an app came with somebody's word about them). */
  readonly address?: string | undefined
}

export interface PolicyDecision {
  readonly outcome: PolicyOutcome
  /** `rule 2`, counted from 1, or `default_policy`. */
  readonly decidedBy: string
  /** What it fitted on: `group:staff`, `10.0.0.0/8`. Empty: the rule is for everybody, or no rule fitted. */
  readonly on: readonly string[]
}

type DecidingPolicy = Pick<Policy, 'rules' | 'standard'>

/**
 * Where the address is not known, a rule that asks for a network may fit or not: the strictest of what could come out counts, so that
 * staying silent about where one is never opens anything.
 */
export function decidePolicy(policy: DecidingPolicy, facts: PolicyFacts): PolicyDecision {
  const possible: PolicyDecision[] = []
  for (const [index, rule] of policy.rules.entries()) {
    const fits = fitOf(rule, facts)
    if (fits === undefined) continue
    possible.push({ outcome: knownOutcome(rule.outcome), decidedBy: `rule ${index + 1}`, on: fits.on })
    if (fits.isCertain) return strictest(possible)
  }
  return strictest([...possible, { outcome: knownOutcome(policy.standard), decidedBy: 'default_policy', on: [] }])
}

/** What is stored may be of another version, or broken: whatever is no outcome opens nothing. */
function knownOutcome(stored: PolicyOutcome): PolicyOutcome {
  return POLICY_OUTCOMES.includes(stored) ? stored : 'deny'
}

/** In the order of their names: `one_factor`, `two_factor`, `deny`. */
export function isStricter(a: PolicyOutcome, b: PolicyOutcome): boolean {
  return POLICY_OUTCOMES.indexOf(a) > POLICY_OUTCOMES.indexOf(b)
}

function strictest(possible: readonly PolicyDecision[]): PolicyDecision {
  return possible.reduce((strict, other) => (isStricter(other.outcome, strict.outcome) ? other : strict))
}

interface Fit {
  readonly on: readonly string[]
  /** False when it hangs on an address that nobody knows. */
  readonly isCertain: boolean
}

function fitOf({ subjects, networks }: PolicyRule, facts: PolicyFacts): Fit | undefined {
  const on = subjects.length === 0 ? [] : subjects.find(all => all.length > 0 && all.every(one => isAbout(one, facts)))
  if (on === undefined) return undefined
  if (networks.length === 0) return { on, isCertain: true }
  const { address } = facts
  if (address === undefined || !isAddress(address))
    return { on: [...on, 'an address that is not known'], isCertain: false }
  const network = networks[listsOf(networks).findIndex(list => list.has(address))]
  return network === undefined ? undefined : { on: [...on, network], isCertain: true }
}

const LISTS = new WeakMap<readonly string[], readonly AddressList[]>()

/** Policies are kept in memory as they are; their networks are read once. */
function listsOf(networks: readonly string[]): readonly AddressList[] {
  const known = LISTS.get(networks)
  if (known !== undefined) return known
  const lists = networks.map(range => createAddressList([range]))
  LISTS.set(networks, lists)
  return lists
}

function isAbout(text: string, { username, groups, clientId }: PolicyFacts): boolean {
  const subject = parseSubject(text)
  switch (subject?.kind) {
    case 'user':
      // Nobody else can have that name in another case.
      return loginKey(subject.name) === loginKey(username)
    case 'group':
      return groups.includes(subject.name)
    case 'client':
      return subject.name === clientId
    case undefined:
      return false
  }
}
