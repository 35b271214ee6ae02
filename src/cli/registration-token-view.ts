/** Initial access tokens as commands print them; the token itself is shown once, when it is made. */

import type { DocumentOf } from '../admin-client/admin-client.ts'

export type RegistrationTokenDocument = DocumentOf<'registration-tokens.read'>

export function registrationTokenJson(token: RegistrationTokenDocument): Record<string, unknown> {
  return {
    id: token.id,
    label: token.label,
    remaining_uses: token.remaining_uses ?? null,
    expires_at: token.expires_at ?? null,
    fixed_metadata: token.fixed_metadata,
    created_at: token.created_at,
  }
}

export function usesText({ remaining_uses }: RegistrationTokenDocument): string {
  return remaining_uses === undefined ? 'any number' : `${remaining_uses}`
}

export function expiryText({ expires_at }: RegistrationTokenDocument, now: Date): string {
  if (expires_at === undefined) return 'never'
  return new Date(expires_at) <= now ? 'expired' : expires_at
}
