/** A pushed authorization request (RFC 9126): parameters that the app sent us directly, waiting for its browser. */

import type { Id } from '../../lib/id.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'

export type PushedRequestId = Id<'pushed-request'>

export interface PushedRequest {
  readonly id: PushedRequestId
  readonly clientUid: ClientUid
  /** The parameters as form text, without the client's credentials; those of a request object already taken out of it. */
  readonly params: string
  /** They came in a request object that the client signed (RFC 9101). */
  readonly signed: boolean
  /** RFC 9449 §10.1: the key of the DPoP proof that came with it. */
  readonly dpopJkt?: string
  /** RFC 9126 §2.2 `expires_in`, in seconds since the epoch: a browser comes with it before. */
  readonly acceptedUntil: number
  /** The sign-in that it began may take longer: only then it is gone. */
  readonly expiresAt: Date
}

export interface PushedRequestRepository {
  find(id: PushedRequestId): Promise<PushedRequest | undefined>
  insert(request: PushedRequest): Write
  /** Lost (`pushedRequests.use`) when it was used before or is gone. */
  use(id: PushedRequestId): Write
}
