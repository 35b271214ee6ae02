/** The policy of an app: one that is always there, one of this house, or a name behind which there is none. */

import type { Client } from '../clients/client.ts'
import { POLICY_OUTCOMES, type Policy, type PolicyRepository } from './policy.ts'

/** What an app names, and what it stands for; without `policy` nobody gets in. */
export interface AppPolicy {
  readonly name: string
  readonly policy?: Pick<Policy, 'rules' | 'standard'>
}

/** Nothing when nothing is asked beyond a sign-in, which is known at once. */
export function policyOf(
  { authorizationPolicy: name }: Pick<Client, 'authorizationPolicy'>,
  policies: Pick<PolicyRepository, 'find'>,
): undefined | AppPolicy | Promise<AppPolicy> {
  if (name === undefined || name === 'one_factor') return undefined
  const builtIn = builtInPolicy(name)
  return builtIn === undefined ? findNamed(name, policies) : { name, policy: builtIn }
}

export function builtInPolicy(name: string): Pick<Policy, 'rules' | 'standard'> | undefined {
  const standard = POLICY_OUTCOMES.find(outcome => outcome === name)
  return standard === undefined ? undefined : { rules: [], standard }
}

async function findNamed(name: string, policies: Pick<PolicyRepository, 'find'>): Promise<AppPolicy> {
  const policy = await policies.find(name)
  return policy === undefined ? { name } : { name, policy }
}
