/** The one-time link that makes the first administrator: valid for a day, and only until there is one. */

import { addSeconds, secondsOf } from '../../lib/clock.ts'
import type { Handles } from '../handles/handles.ts'

export const SETUP_LINK_SECONDS = 86_400

export function sealSetupToken(handles: Handles, now: Date): string {
  const payload = Buffer.allocUnsafe(5)
  payload.writeUIntBE(secondsOf(addSeconds(now, SETUP_LINK_SECONDS)), 0, 5)
  return handles.seal('setup', payload)
}

export function isSetupToken(handles: Handles, token: string | undefined, now: Date): boolean {
  const payload = token === undefined ? undefined : handles.open('setup', token)
  return payload?.length === 5 && payload.readUIntBE(0, 5) > secondsOf(now)
}

export function setupUrl(issuer: string, handles: Handles, now: Date): string {
  return `${issuer}/setup?token=${sealSetupToken(handles, now)}`
}
