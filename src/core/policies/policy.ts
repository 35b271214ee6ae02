/** A policy: what somebody has to prove to get to an app, by who they are, their groups and where they come from. */

import type { Write } from '../unit-of-work.ts'

export const POLICY_OUTCOMES = ['one_factor', 'two_factor', 'deny'] as const
export type PolicyOutcome = (typeof POLICY_OUTCOMES)[number]

/** Policies that are always there and have no rules: a client may name them like any other. */
export const BUILT_IN_POLICIES: readonly string[] = POLICY_OUTCOMES

export interface PolicyRule {
  readonly outcome: PolicyOutcome
  /** Any of the inner lists; of an inner list all: `user:ada`, `group:staff`, `client:wiki`. Empty: everybody. */
  readonly subjects: readonly (readonly string[])[]
  /** Addresses and networks (`10.0.0.0/8`). Empty: from anywhere. */
  readonly networks: readonly string[]
}

export interface Policy {
  /** Unique; clients name it. */
  readonly name: string
  readonly description?: string
  /** The first rule that fits decides. */
  readonly rules: readonly PolicyRule[]
  /** When none fits. */
  readonly standard: PolicyOutcome
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly createdBy?: string
  readonly updatedBy?: string
}

/** Few and read with every sign-in: kept in memory and checked against the revision. */
export interface PolicyRepository {
  find(name: string): Promise<Policy | undefined>
  /** By name. */
  list(): Promise<readonly Policy[]>
  /** Lost (`policies.insert`) when the name is taken. */
  insert(policy: Policy): Write
  /** Lost (`policies.replace`) when it is gone or was changed since `seen`. */
  replace(policy: Policy, seen: Policy): Write
  /** Lost (`policies.delete`) when it is gone already. */
  delete(name: string): Write
}
