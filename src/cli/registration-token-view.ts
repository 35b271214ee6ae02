/** Initial access tokens as commands print them; the token itself is shown once, when it is made. */

import type { InitialAccessToken } from '../core/clients/initial-access-token.ts'

export function registrationTokenJson(token: InitialAccessToken): Record<string, unknown> {
  return {
    id: token.id,
    label: token.label,
    remaining_uses: token.remainingUses ?? null,
    expires_at: token.expiresAt?.toISOString() ?? null,
    fixed_metadata: token.fixedMetadata,
    created_at: token.createdAt.toISOString(),
  }
}

export function usesText({ remainingUses }: InitialAccessToken): string {
  return remainingUses === undefined ? 'any number' : String(remainingUses)
}

export function expiryText({ expiresAt }: InitialAccessToken, now: Date): string {
  if (expiresAt === undefined) return 'never'
  return expiresAt <= now ? 'expired' : expiresAt.toISOString()
}
