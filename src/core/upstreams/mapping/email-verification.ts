/** Whether an upstream's word is taken that an e-mail address is the person's (OIDC Core §5.1 `email_verified`). */

import type { Upstream } from '../upstream.ts'
import { type ClaimPath, findClaim } from './claim-path.ts'
import { CLAIM_ORDER, documentOf, hasMember } from './look-up.ts'
import type { ClaimSource, ClaimSources } from './mapping.ts'
import type { PatchDraft } from './patch-draft.ts'
import { isYes } from './take-offer.ts'

/** `denied`: the upstream is trusted, and says that the address is not verified. */
export type EmailVerification = 'verified' | 'denied' | 'unknown'

export function emailVerification(
  { email, emailVerified }: Pick<PatchDraft, 'email' | 'emailVerified'>,
  sources: ClaimSources,
  { trustEmail }: Pick<Upstream, 'trustEmail'>,
): EmailVerification {
  // What came through the browser is the word of whoever sat before it.
  if (!trustEmail || email === undefined || email.source === 'authorization_response') return 'unknown'
  if (emailVerified !== undefined) return emailVerified ? 'verified' : 'denied'
  // Our own template made the address: what the upstream verified is another one.
  if (email.source === undefined || email.path === undefined) return 'unknown'
  return statements(sources, email.source, email.path).every(isYes) ? 'verified' : 'denied'
}

/** The document of the address knows best. Where it says nothing, a no of any other one counts. */
function statements(sources: ClaimSources, source: ClaimSource, path: ClaimPath): readonly unknown[] {
  const own = statementsOf(sources, source, path)
  return own.length > 0 ? own : CLAIM_ORDER.flatMap(name => statementsOf(sources, name, undefined))
}

/** Beside the address, in its own object; else in the document itself. `null` is a statement, and no yes. */
function statementsOf(sources: ClaimSources, source: ClaimSource, path: ClaimPath | undefined): readonly unknown[] {
  const document = documentOf(sources, source)
  if (document === undefined) return []
  const beside = path === undefined || path.length < 2 ? document : findClaim(document, path.slice(0, -1))
  for (const place of [beside, document]) {
    if (isObject(place) && hasMember(place, 'email_verified')) return [place.email_verified]
  }
  return []
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
