/** What we present at an app's notification endpoint (CIBA Core §7.1), sealed while it waits: a stolen database tells nobody. */

import type { KeySealer } from '../keys/key-sealer.ts'
import type { DeferredGrantId } from './deferred-grant.ts'

export function sealNotificationToken(sealer: KeySealer, id: DeferredGrantId, token: string): string {
  return sealer.seal(Buffer.from(token), contextOf(id)).toString('base64url')
}

/** Throws when it was sealed for another request, or under another master key. */
export function openNotificationToken(sealer: KeySealer, id: DeferredGrantId, sealed: string): string {
  return sealer.open(Buffer.from(sealed, 'base64url'), contextOf(id)).toString('utf8')
}

function contextOf(id: DeferredGrantId): string {
  return `deferred-grant:${id}:notification-token`
}
