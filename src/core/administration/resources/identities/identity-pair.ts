/** An account and an upstream by the names that were written, and who may tie them together. */

import { didYouMean } from '../../../../lib/nearest-name.ts'
import type { Account } from '../../../accounts/account.ts'
import type { Identity } from '../../../upstreams/identity.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import { hasRole, mayChangeAccount } from '../../actor.ts'
import type { Acting } from '../../ports.ts'
import { forbidden, notFound, Problem } from '../../problem.ts'
import { findAccount } from '../accounts/account-document.ts'

export interface Pair {
  readonly account: Account
  readonly upstream: Upstream
  /** Absent when the account is not linked there. */
  readonly identity?: Identity
}

export async function findPair(login: string, alias: string, { repositories }: Acting): Promise<Pair | Problem> {
  const account = await findAccount(login, repositories.accounts)
  if (account === undefined) return notFound('account', login)
  const upstream = await repositories.upstreams.findByAlias(alias)
  if (upstream === undefined) {
    const known = (await repositories.upstreams.list()).map(({ alias: name }) => name)
    return new Problem('not-found', `there is no upstream ${alias}${didYouMean(alias, known)}`)
  }
  const identities = await repositories.identities.listOfAccount(account.id)
  const identity = identities.find(({ upstreamUid }) => upstreamUid === upstream.uid)
  return { account, upstream, ...(identity === undefined ? {} : { identity }) }
}

/**
 * Who ties an identity to an account decides who signs in to it, and what that account becomes: where the upstream gives the right to manage
 * this server, an operator could have it given to an account whose password they know.
 */
export function checkMayTie({ account, upstream }: Pair, { actor }: Acting): Problem | undefined {
  if (!mayChangeAccount(actor, account))
    return forbidden(`${account.username}: only an administrator changes how an account with a role signs in`)
  const givesRole = upstream.mappings.some(({ kind }) => kind === 'administrator')
  return givesRole && !hasRole(actor, 'administrator')
    ? forbidden(`${upstream.alias}: its mappings make administrators, so only an administrator links accounts to it`)
    : undefined
}
