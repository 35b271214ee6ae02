/** The device cookie: proves that a browser signed in to an account before. It opens nothing; it only frees its owner from others' guesses. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { AccountId } from '../accounts/account.ts'
import type { Handles } from '../handles/handles.ts'

export function sealDevice(handles: Handles, accountId: AccountId): string {
  return handles.seal('device', idToBytes(accountId))
}

export function isKnownDevice(handles: Handles, accountId: AccountId | undefined, cookie: string | undefined): boolean {
  if (accountId === undefined || cookie === undefined) return false
  const payload = handles.open('device', cookie)
  return payload?.length === 16 && idFromBytes(payload) === accountId
}
