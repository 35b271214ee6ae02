/** What a scope means to a person (OIDC Core §5.4, §11). */

import type { MessageKey } from '../text/text.ts'
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
  ['offline_access', { title: 'scope.offline', detail: 'scope.offline.detail', icon: 'link' }],
])

/** Nothing for a scope that is not one of the standard ones: it is shown under its own name. */
export function findScopeText(scope: string): ScopeText | undefined {
  return SCOPES.get(scope)
}
