/** What scopes and claims mean to a person (OIDC Core §5.1, §5.4, §11). */

import type { MessageKey, Translate } from '../text/text.ts'
import type { IconName } from './icons.ts'

export interface ScopeText {
  readonly title: MessageKey
  readonly detail: MessageKey
  readonly icon: IconName
}

const SCOPES: ReadonlyMap<string, ScopeText> = new Map([
  ['openid', { title: 'scope.openid', detail: 'scope.openid.detail', icon: 'key' }],
  ['profile', { title: 'scope.profile', detail: 'scope.profile.detail', icon: 'person' }],
  ['email', { title: 'scope.email', detail: 'scope.email.detail', icon: 'mail' }],
  ['groups', { title: 'scope.groups', detail: 'scope.groups.detail', icon: 'people' }],
  ['address', { title: 'scope.address', detail: 'scope.address.detail', icon: 'place' }],
  ['phone', { title: 'scope.phone', detail: 'scope.phone.detail', icon: 'phone' }],
  ['admin.viewer', { title: 'scope.adminViewer', detail: 'scope.adminViewer.detail', icon: 'alert' }],
  ['admin.operator', { title: 'scope.adminOperator', detail: 'scope.adminOperator.detail', icon: 'alert' }],
  [
    'admin.administrator',
    { title: 'scope.adminAdministrator', detail: 'scope.adminAdministrator.detail', icon: 'alert' },
  ],
  ['offline_access', { title: 'scope.offline', detail: 'scope.offline.detail', icon: 'link' }],
])

/** Nothing for a scope that is not one of the standard ones: it is shown under its own name. */
export function findScopeText(scope: string): ScopeText | undefined {
  return SCOPES.get(scope)
}

const CLAIMS: ReadonlyMap<string, MessageKey> = new Map([
  ['name', 'claim.name'],
  ['given_name', 'claim.givenName'],
  ['family_name', 'claim.familyName'],
  ['middle_name', 'claim.middleName'],
  ['nickname', 'claim.nickname'],
  ['preferred_username', 'claim.preferredUsername'],
  ['profile', 'claim.profile'],
  ['picture', 'claim.picture'],
  ['website', 'claim.website'],
  ['gender', 'claim.gender'],
  ['birthdate', 'claim.birthdate'],
  ['zoneinfo', 'claim.zoneinfo'],
  ['locale', 'claim.locale'],
  ['updated_at', 'claim.updatedAt'],
  ['email', 'claim.email'],
  ['email_verified', 'claim.emailVerified'],
  ['groups', 'claim.groups'],
  ['address', 'claim.address'],
  ['phone_number', 'claim.phoneNumber'],
  ['phone_number_verified', 'claim.phoneNumberVerified'],
])

/** As it stands in a sentence; a claim that has no words of its own goes by its name. */
export function claimText(claim: string, translate: Translate): string {
  const key = CLAIMS.get(claim)
  return key === undefined ? claim : translate(key)
}
