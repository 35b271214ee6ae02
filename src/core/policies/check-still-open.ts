/** Is the app still open to the person a grant is about? Groups and policies change after a sign-in, so every use of a grant asks again. */

import type { Refusal } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Grant } from '../grants/grant.ts'
import { checkAccess } from './check-access.ts'
import { type AppPolicy, policyOf } from './find-policy.ts'
import type { PolicyRepository } from './policy.ts'

export interface GrantUse {
  readonly client: Client
  readonly account: Account
  /** Networks are held against the address from which the person allowed it: whoever calls now is the app. */
  readonly grant: Pick<Grant, 'amr' | 'address'>
}

/** Known at once where the app has no policy. */
export function checkStillOpen(
  use: GrantUse,
  policies: Pick<PolicyRepository, 'find'>,
): Refusal | undefined | Promise<Refusal | undefined> {
  const found = policyOf(use.client, policies)
  return found instanceof Promise ? found.then(policy => decide(policy, use)) : decide(found, use)
}

function decide(policy: AppPolicy | undefined, { client, account, grant }: GrantUse): Refusal | undefined {
  const access = { client, account, amr: grant.amr, address: grant.address }
  // RFC 6749 §5.2: what the person allowed is no longer valid.
  const decision = checkAccess(policy, access, 'invalid_grant')
  return decision.kind === 'open' ? undefined : decision.refusal
}
