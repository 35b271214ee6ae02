/** How somebody can prove that an existing account is theirs, and what stands in the way. Pure. */

import type { Account } from '../../accounts/account.ts'
import type { LinkProof, Upstream } from '../upstream.ts'

/** An account with what it is linked to, seen from one upstream. */
export interface KnownAccount {
  readonly account: Account
  /** It has an identity of this upstream. */
  readonly hasIdentityHere: boolean
  /** It can sign in through another one. */
  readonly hasIdentityElsewhere: boolean
}

export type LinkBar = 'link-existing' | 'other-identity' | 'disabled' | 'no-proof'

/** Why it cannot be linked; `no-proof` is left when nothing else bars it. */
export function linkBar(
  { account, hasIdentityHere }: KnownAccount,
  { linkExisting }: Pick<Upstream, 'linkExisting'>,
): LinkBar {
  if (!linkExisting) return 'link-existing'
  if (hasIdentityHere) return 'other-identity'
  return account.disabledAt === undefined ? 'no-proof' : 'disabled'
}

export function linkProofsOf(
  known: KnownAccount,
  upstream: Pick<Upstream, 'linkExisting' | 'linkProofs'>,
  sendsMail: boolean,
): readonly LinkProof[] {
  if (linkBar(known, upstream) !== 'no-proof') return []
  const { account } = known
  const possible: Readonly<Record<LinkProof, boolean>> = {
    // An address that nobody has proven may be that of somebody else: a link sent there would hand them the account. Operators may write
    // addresses, so one of whoever manages this server proves nothing.
    mail: sendsMail && account.email !== undefined && account.emailVerified && account.role === undefined,
    sign_in: account.passwordHash !== undefined || known.hasIdentityElsewhere,
  }
  return upstream.linkProofs.filter(proof => possible[proof])
}
