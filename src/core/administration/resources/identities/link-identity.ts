/** Linking and unlinking by whoever manages: a link is never moved without being seen. */

import { newId } from '../../../../lib/id.ts'
import { type Facts, isRefusal } from '../../../../spec/refusal.ts'
import type { Identity } from '../../../upstreams/identity.ts'
import { identityDetail, LINKED } from '../../../upstreams/linking/identity-events.ts'
import { unlinkIdentity } from '../../../upstreams/linking/unlink-identity.ts'
import { hasRole } from '../../actor.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, Problem } from '../../problem.ts'
import type { Change } from '../../resource.ts'
import { checkMayTie, type Pair } from './identity-pair.ts'

export function identityDocument(
  { id, subject, label, linkedAt, lastSignInAt, sealedTokens }: Identity,
  account: string,
  upstream: string,
): Document {
  return {
    id,
    account,
    upstream,
    subject,
    ...(label === undefined ? {} : { label }),
    linked_at: linkedAt.toISOString(),
    ...(lastSignInAt === undefined ? {} : { last_sign_in_at: lastSignInAt.toISOString() }),
    has_tokens: sealedTokens !== undefined,
  }
}

export interface NewLink {
  readonly subject: string
  readonly label?: string | undefined
}

export async function linkChange(
  pair: Pair,
  { subject, label }: NewLink,
  acting: Acting,
  detail: Facts = {},
): Promise<Change | Problem> {
  const { account, upstream, identity } = pair
  const { repositories, now, random, actor } = acting
  const isAdministrator = hasRole(actor, 'administrator')
  const refused = checkMayTie(pair, acting)
  if (refused !== undefined) return refused
  if (identity !== undefined)
    return conflict(
      `${account.username} is linked at ${upstream.alias} already, to ${identity.subject}; an account has one identity of an upstream`,
    )
  const taken = await repositories.identities.find(upstream.uid, subject)
  if (taken !== undefined) {
    const owner = await repositories.accounts.find(taken.accountId)
    return conflict(
      `${subject} at ${upstream.alias} is linked to the account ${owner?.username ?? 'that is being deleted'}; an identity belongs to one account`,
    )
  }
  const linked: Identity = {
    id: newId(now, random),
    upstreamUid: upstream.uid,
    subject,
    accountId: account.id,
    ...(label === undefined ? {} : { label }),
    linkedAt: now,
    ...(isAdministrator ? {} : { linkedByRole: actor.role }),
  }
  const told = { username: account.username, ...identityDetail(upstream, linked), ...detail }
  return {
    writes: [
      // An account that gains a role in this moment does not get the link: one of both is lost.
      ...(isAdministrator
        ? []
        : [
            repositories.accounts.replace(
              { ...account, wayInByRole: actor.role, updatedAt: now, updatedBy: actor.name },
              account,
            ),
          ]),
      repositories.identities.link(linked),
    ],
    events: [{ type: LINKED, accountId: account.id, detail: told }],
    after: identityDocument(linked, account.username, upstream.alias),
  }
}

/** Committed when it comes back: sessions that begin in this moment end as well. */
export async function unlink(
  pair: Pair & { readonly identity: Identity },
  evenTheLast: boolean,
  acting: Acting,
  detail: Facts = {},
): Promise<Problem | undefined> {
  const { account, upstream, identity } = pair
  const { repositories, journal, actor, now } = acting
  const refused = checkMayTie(pair, acting)
  if (refused !== undefined) return refused
  const { address, requestId, name } = actor
  const done = await unlinkIdentity(
    {
      accountId: account.id,
      identityId: identity.id,
      evenTheLast,
      event: {
        address,
        ...(requestId === undefined ? {} : { requestId }),
        detail: { username: account.username, ...detail, by: name },
      },
      writes: () => [],
    },
    now,
    { repositories, journal },
  )
  if (!isRefusal(done)) return undefined
  if (done.error !== 'last_way_in') {
    const detailOfLoss = 'somebody else linked or unlinked it at the same time; nothing was changed'
    return new Problem('changed-meanwhile', detailOfLoss)
  }
  const message = `${upstream.alias} is the last way to sign in as ${account.username}: give the account a password first (sallyport account set-password ${account.username}), or say that it is meant (even_the_last; --yes at the command line)`
  return new Problem('invalid', message)
}
