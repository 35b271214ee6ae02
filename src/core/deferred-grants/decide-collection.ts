/** May the tokens that the person allowed be handed out now? Time passes between the decision and the collection. Pure. */

import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import { checkAccount, checkIssuedTo, checkNotRevoked, checkSessionAlive } from '../grants/check-grant.ts'
import type { Grant, GrantFacts } from '../grants/grant.ts'

export interface Collection {
  readonly grant: Grant
  readonly account: Account
  /** A client that was narrowed since the person allowed it gets no more than it may have today. */
  readonly scopes: readonly string[]
}

export function decideCollection(facts: GrantFacts | undefined, client: Client): Collection | Refusal {
  if (facts === undefined) return refuse('invalid_grant', 'the grant is gone', 'the grant exists')
  const { grant } = facts
  const refusal = firstRefusal(checkIssuedTo(client, grant), checkNotRevoked(grant), checkSessionAlive(facts))
  if (refusal !== undefined) return refusal
  const account = checkAccount(facts.account, grant)
  if (isRefusal(account)) return account
  return { grant, account, scopes: grant.scopes.filter(scope => client.scopes.includes(scope)) }
}

/** CIBA Core §11 invalid_grant, RFC 6749 §5.2: it was used before. */
export function collected(grant: Grant): Refusal {
  return refuse('invalid_grant', 'the tokens were already collected', 'RFC 8628 §3.5 tokens are collected once', {
    first_used_at: grant.redeemedAt?.toISOString() ?? null,
  })
}
