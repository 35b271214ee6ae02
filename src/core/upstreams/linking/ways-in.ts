/** The ways in which somebody signs in, which more there are, and that the last one stays. Pure. */

import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Account } from '../../accounts/account.ts'
import type { Identity, IdentityId } from '../identity.ts'
import { isUsable } from '../setting-out/usable-upstreams.ts'
import type { Upstream } from '../upstream.ts'

export interface LinkedWay {
  readonly identity: Identity
  readonly upstream: Upstream
  /** Somebody can still sign in without it. */
  readonly mayUnlink: boolean
}

export interface WaysIn {
  readonly hasPassword: boolean
  /** In the order of their links. */
  readonly linked: readonly LinkedWay[]
  /** In the order of the list of upstreams. */
  readonly linkable: readonly Upstream[]
}

/** What the account page shows of them (`show_in_account`). */
export function waysIn(
  account: Pick<Account, 'passwordHash'>,
  identities: readonly Identity[],
  upstreams: readonly Upstream[],
): WaysIn {
  const taken = new Set(identities.map(({ upstreamUid }) => upstreamUid))
  return {
    hasPassword: account.passwordHash !== undefined,
    linked: identities.flatMap(identity => {
      const upstream = upstreams.find(({ uid }) => uid === identity.upstreamUid)
      if (upstream === undefined || upstream.showInAccount === 'never') return []
      return [{ identity, upstream, mayUnlink: hasOtherWayIn(account, identity.id, identities, upstreams) }]
    }),
    linkable: upstreams.filter(
      ({ uid, enabled, showInAccount }) => enabled && showInAccount === 'always' && !taken.has(uid),
    ),
  }
}

function hasOtherWayIn(
  { passwordHash }: Pick<Account, 'passwordHash'>,
  without: IdentityId,
  identities: readonly Identity[],
  upstreams: readonly Upstream[],
): boolean {
  if (passwordHash !== undefined) return true
  // One that is switched off, or for linking only, signs nobody in.
  const usable = new Set(upstreams.filter(isUsable).map(({ uid }) => uid))
  return identities.some(({ id, upstreamUid }) => id !== without && usable.has(upstreamUid))
}

export function checkKeepsWayIn(
  account: Pick<Account, 'passwordHash' | 'username'>,
  without: IdentityId,
  identities: readonly Identity[],
  upstreams: readonly Upstream[],
): Refusal | undefined {
  return hasOtherWayIn(account, without, identities, upstreams)
    ? undefined
    : refuse('last_way_in', 'it is the last way to sign in to the account', 'the account keeps a way to sign in', {
        username: account.username,
      })
}
