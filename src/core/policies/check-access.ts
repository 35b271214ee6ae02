/** May this person use this app, signed in as they are? The policy of the app, held against the person. Pure. */

import { type Facts, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import { decidePolicy, type PolicyDecision } from './decide-policy.ts'
import type { AppPolicy } from './find-policy.ts'
import { hasTwoFactors } from './two-factors.ts'

export interface Access {
  readonly client: Pick<Client, 'clientId'>
  readonly account: Pick<Account, 'username' | 'groups'>
  /** RFC 8176 methods of the sign-in. */
  readonly amr: readonly string[]
  /** From where the person allows it, or allowed it; absent: nobody knows. */
  readonly address?: string | undefined
}

export type AccessDecision =
  /** `facts` are absent where the app has no policy. */
  | { readonly kind: 'open'; readonly facts?: Facts }
  | { readonly kind: 'second-factor'; readonly refusal: Refusal }
  | { readonly kind: 'denied'; readonly refusal: Refusal }

export const POLICY_LETS_IN = 'the policy of the app lets the person in (authorization_policy)'
export const POLICY_TWO_FACTORS =
  'RFC 8176 §2 the sign-in used the two factors that the policy asks for (authorization_policy)'
export const POLICY_EXISTS = 'the policy that the app names exists (authorization_policy)'

/** `error`: as it is called where it is asked, `access_denied` or `invalid_grant`. */
export function checkAccess(applied: AppPolicy | undefined, access: Access, error: string): AccessDecision {
  if (applied === undefined) return { kind: 'open' }
  const { name, policy } = applied
  const { client, account, amr, address } = access
  // Never open because something is missing: a policy that is gone may have kept everybody out.
  if (policy === undefined) {
    const facts = { client_id: client.clientId, policy: name }
    return { kind: 'denied', refusal: refuse(error, 'the policy of the app is missing', POLICY_EXISTS, facts) }
  }
  const decision = decidePolicy(policy, {
    username: account.username,
    groups: account.groups,
    clientId: client.clientId,
    address,
  })
  const facts = factsOf(name, decision, access)
  if (decision.outcome === 'deny')
    return { kind: 'denied', refusal: refuse(error, 'the app is not open to this account', POLICY_LETS_IN, facts) }
  if (decision.outcome === 'one_factor' || hasTwoFactors(amr)) return { kind: 'open', facts }
  const description = 'the app asks for a second factor, and the sign-in had none'
  return { kind: 'second-factor', refusal: refuse(error, description, POLICY_TWO_FACTORS, { ...facts, amr }) }
}

const MAX_GROUPS = 20

function factsOf(policy: string, { outcome, decidedBy, on }: PolicyDecision, access: Access): Facts {
  const { client, account, address } = access
  return {
    client_id: client.clientId,
    policy,
    outcome,
    decided_by: decidedBy,
    ...(on.length === 0 ? {} : { on }),
    username: account.username,
    groups: account.groups.slice(0, MAX_GROUPS),
    from: address ?? null,
  }
}
