/** What the UserInfo endpoint says about a person to one client (OIDC Core §5.3.2, §5.4, §5.5). */

import { type Claims, type CustomClaim, claimsOf } from '../../spec/claims.ts'
import type { LiveAccessToken } from '../grants/resolve-access-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { subjectOf } from './subject.ts'

export type PersonToken = LiveAccessToken & Required<Pick<LiveAccessToken, 'person'>>

export function userinfoClaims(
  { client, owner, scopes, person }: PersonToken,
  keys: KeyRing,
  custom: readonly CustomClaim[] = [],
): Claims {
  const { grant, account } = person
  const subject = subjectOf(client, account, keys)
  // What the person allowed one app by name is not for another one that exchanged its token.
  const wishes = client.uid === owner.uid ? grant.claims?.userinfo : undefined
  return claimsOf(subject === account.subject ? account : { ...account, subject }, scopes, {
    custom,
    ...(wishes === undefined ? {} : { wishes }),
    ...(grant.claimsLocales === undefined ? {} : { locales: grant.claimsLocales }),
    ...(client.groupsShape === undefined ? {} : { groupsShape: client.groupsShape }),
  })
}
