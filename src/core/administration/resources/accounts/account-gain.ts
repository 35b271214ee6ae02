/** What goes when an account gains a role: the links that people without the rights of an administrator made, and their password. */

import type { Account } from '../../../accounts/account.ts'
import { gainsRole, linksOfOthers } from '../../../accounts/gain-role.ts'
import type { Write } from '../../../unit-of-work.ts'
import { identityDetail, UNLINKED } from '../../../upstreams/linking/identity-events.ts'
import type { Acting } from '../../ports.ts'
import type { ChangeEvent } from '../../resource.ts'

export interface LostWithRole {
  readonly writes: readonly Write[]
  readonly events: readonly ChangeEvent[]
  readonly warnings: readonly string[]
}

export async function lostWithRole(before: Account, account: Account, acting: Acting): Promise<LostWithRole> {
  if (!gainsRole(before, account)) return { writes: [], events: [], warnings: [] }
  const { identities, upstreams } = acting.repositories
  const { username } = account
  const gone = linksOfOthers(await identities.listOfAccount(account.id))
  const named = await Promise.all(
    gone.map(async identity => ({ identity, upstream: await upstreams.find(identity.upstreamUid) })),
  )
  const isPasswordGone = before.passwordHash !== undefined && account.passwordHash === undefined
  return {
    writes: gone.map(({ id }) => identities.unlink(id)),
    events: named.flatMap(({ identity, upstream }) =>
      upstream === undefined
        ? []
        : [
            {
              type: UNLINKED,
              accountId: account.id,
              detail: { username, ...identityDetail(upstream, identity), because: 'the account gained a role' },
            },
          ],
    ),
    warnings: [
      ...(isPasswordGone
        ? [
            `${username} has no password any more: whoever set it was no administrator. Give a new one (sallyport account set-password ${username}).`,
          ]
        : []),
      ...named.map(
        ({ identity, upstream }) =>
          `${username} is no longer linked to ${identity.subject} at ${upstream?.alias ?? 'an upstream'}: whoever linked it was no administrator.`,
      ),
    ],
  }
}
