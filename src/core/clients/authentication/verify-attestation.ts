/** attest_jwt_client_auth (draft-ietf-oauth-attestation-based-client-auth): an installation of an app, vouched for by its maker. */

import { secondsOf } from '../../../lib/clock.ts'
import { type Attester, attestationUsedBefore, checkClientAttestation } from '../../../spec/client-attestation.ts'
import type { PresentedCredentials } from '../../../spec/client-credentials.ts'
import { isRefusal, type Refusal } from '../../../spec/refusal.ts'
import { RetryRefusal } from '../../../spec/retry-refusal.ts'
import type { ServerNonces } from '../../proof-of-possession/server-nonces.ts'
import type { SingleUse } from '../../single-use/single-use.ts'
import type { UsedOnceRepository } from '../../single-use/used-once.ts'
import type { Client } from '../client.ts'

export type PresentedAttestation = Extract<PresentedCredentials, { method: 'attest_jwt_client_auth' }>

export interface AttestationPorts {
  readonly issuer: string
  readonly attesters: readonly Attester[]
  /** Absent: no challenges are asked for. */
  readonly challenges?: ServerNonces
  readonly usedOnce: UsedOnceRepository
}

export interface VerifiedAttestation {
  /** The thumbprint of the installation's key: refresh tokens are bound to it (§10.3). */
  readonly instanceKey: string
  readonly use: SingleUse
}

export function verifyAttestation(
  client: Client,
  presented: PresentedAttestation,
  now: Date,
  { issuer, attesters, challenges, usedOnce }: AttestationPorts,
): VerifiedAttestation | Refusal {
  const checked = checkClientAttestation(presented, {
    attesters,
    issuer,
    now: secondsOf(now),
    challenges:
      challenges === undefined ? 'none' : { secondsLeft: challenge => challenges.secondsLeft(challenge, now) },
  })
  if (isRefusal(checked)) {
    return checked.error === 'use_attestation_challenge' && challenges !== undefined
      ? new RetryRefusal(checked, { 'oauth-client-attestation-challenge': challenges.issue(now) })
      : checked
  }
  const { instanceKey, jti, usableUntil } = checked
  const write = usedOnce.use(`attestation:${instanceKey}:${jti}`, new Date((usableUntil + 1) * 1000))
  return { instanceKey, use: { write, refusal: attestationUsedBefore(client.clientId) } }
}
