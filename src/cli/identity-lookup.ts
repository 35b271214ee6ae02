/** Identities for commands: found by account and upstream, shown for people and for programs. */

import type { Account } from '../core/accounts/account.ts'
import type { Repositories } from '../core/repositories.ts'
import type { Identity } from '../core/upstreams/identity.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { getAccount } from './account-lookup.ts'
import { getUpstream } from './upstream-lookup.ts'

export interface Pair {
  readonly account: Account
  readonly upstream: Upstream
  /** Nothing when the account is not linked there. */
  readonly identity: Identity | undefined
}

export async function getPair(repositories: Repositories, login: string, alias: string): Promise<Pair> {
  const account = await getAccount(repositories.accounts, login)
  const upstream = await getUpstream(repositories, alias)
  const identities = await repositories.identities.listOfAccount(account.id)
  return { account, upstream, identity: identities.find(({ upstreamUid }) => upstreamUid === upstream.uid) }
}

export function identityJson(
  { subject, label, linkedAt, lastSignInAt, sealedTokens }: Identity,
  alias: string,
  username?: string,
): Readonly<Record<string, unknown>> {
  return {
    ...(username === undefined ? {} : { account: username }),
    upstream: alias,
    subject,
    label,
    linked_at: linkedAt,
    last_sign_in_at: lastSignInAt,
    has_tokens: sealedTokens !== undefined,
  }
}

/** `corp: a-1 (Ada)` */
export function identityText({ subject, label }: Pick<Identity, 'subject' | 'label'>, alias: string): string {
  return `${alias}: ${subject}${label === undefined ? '' : ` (${label})`}`
}
