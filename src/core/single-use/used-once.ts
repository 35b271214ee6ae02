/** What may be used once on all nodes together: the `jti` of proofs, assertions and request objects (RFC 9449 §11.1, RFC 7523 §3). */

import type { Write } from '../unit-of-work.ts'

/** Which space of identifiers a `jti` is from, with whose: `dpop:<jkt>`, `assertion:<client uid>`. */
export type UsedOnceKey =
  `${'dpop' | 'assertion' | 'attestation' | 'grant-assertion' | 'request-object' | 'backchannel-request' | 'logout-token' | 'link-mail'}:${string}`

export interface UsedOnceRepository {
  /** Lost (`usedOnce.use`) when the same key was used before `expiresAt` of then. `expiresAt`: when the thing itself is no longer accepted. */
  use(key: UsedOnceKey, expiresAt: Date): Write
}
