/** An `id_token_hint` (OIDC Core §3.1.2.1, RP-Initiated Logout §2): an ID token that we issued once, expired or not. */

import { compactVerify } from 'jose'
import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { KeyRing } from './key-ring.ts'

export interface IdTokenHint {
  readonly subject: string
  readonly clientId: string
  readonly sessionId?: string
}

const RULE = 'OIDC Core §3.1.2.1 id_token_hint was issued by us'

export async function verifyIdTokenHint(hint: string, issuer: string, keys: KeyRing): Promise<IdTokenHint | Refusal> {
  try {
    const { payload } = await compactVerify(hint, ({ kid, alg }) => {
      const known = kid === undefined ? undefined : keys.publicKey(kid)
      // The key decides the algorithm, never the token: `none` and a client's own HMAC find no key here.
      if (known === undefined || known.alg !== alg) throw new Error('no key of ours')
      return known.key
    })
    const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>
    const { iss, sub, azp, sid } = claims
    if (iss !== issuer) return refuse('invalid_request', 'id_token_hint was issued by somebody else', RULE)
    if (typeof sub !== 'string' || typeof azp !== 'string')
      return refuse('invalid_request', 'id_token_hint is not an ID token', RULE)
    return { subject: sub, clientId: azp, ...(typeof sid === 'string' ? { sessionId: sid } : {}) }
  } catch {
    return refuse('invalid_request', 'id_token_hint is not valid', RULE)
  }
}
