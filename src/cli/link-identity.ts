/** Linking at the command line: shared by `identity link` and by the undoing of an unlink. */

import type { Identity } from '../core/upstreams/identity.ts'
import { identityDetail, LINKED } from '../core/upstreams/linking/identity-events.ts'
import { unlinkIdentity } from '../core/upstreams/linking/unlink-identity.ts'
import type { House } from '../house.ts'
import { newId } from '../lib/id.ts'
import { type Facts, isRefusal } from '../spec/refusal.ts'
import { commitChange } from './commit-change.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import type { Pair } from './identity-lookup.ts'

export interface NewLink {
  readonly subject: string
  readonly label?: string | undefined
}

const CHANGED = 'somebody else linked or unlinked it at the same time; nothing was changed'

/** Throws when the account or the subject is taken: a link is never moved without being seen. */
export async function linkAtTerminal(
  house: House,
  { account, upstream, identity }: Pair,
  { subject, label }: NewLink,
  detail: Facts = {},
): Promise<Identity> {
  const { accounts, identities } = house.repositories
  if (identity !== undefined)
    throw new CommandFailure(
      EXIT.conflict,
      `${account.username} is linked at ${upstream.alias} already, to ${identity.subject}; an account has one identity of an upstream`,
    )
  const taken = await identities.find(upstream.uid, subject)
  if (taken !== undefined) {
    const owner = await accounts.find(taken.accountId)
    throw new CommandFailure(
      EXIT.conflict,
      `${subject} at ${upstream.alias} is linked to the account ${owner?.username ?? 'that is being deleted'}; an identity belongs to one account`,
    )
  }
  const now = house.clock.now()
  const linked: Identity = {
    id: newId(now, house.random),
    upstreamUid: upstream.uid,
    subject,
    accountId: account.id,
    ...(label === undefined ? {} : { label }),
    linkedAt: now,
  }
  const told = { username: account.username, ...identityDetail(upstream, linked), ...detail }
  const event = { type: LINKED, accountId: account.id, detail: told } as const
  await commitChange(house, [identities.link(linked)], [event], CHANGED)
  return linked
}

export async function unlinkAtTerminal(
  house: House,
  { account, upstream }: Pair,
  identity: Identity,
  yes: boolean,
  detail: Facts = {},
): Promise<void> {
  const done = await unlinkIdentity(
    {
      accountId: account.id,
      identityId: identity.id,
      evenTheLast: yes,
      event: { address: 'cli', detail: { username: account.username, ...detail } },
      writes: () => [],
    },
    house.clock.now(),
    house,
  )
  if (!isRefusal(done)) return
  if (done.error === 'last_way_in')
    throw new CommandFailure(
      EXIT.usage,
      `${upstream.alias} is the last way to sign in as ${account.username}: give the account a password first (sallyport account set-password ${account.username}), or say --yes`,
    )
  throw new CommandFailure(EXIT.conflict, CHANGED)
}
