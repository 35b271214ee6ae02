/** `attestation`: who may vouch for installations of apps (attest_jwt_client_auth). */

import { z } from 'zod'
import type { Attester } from '../../spec/client-attestation.ts'
import { hasSecretMembers } from '../../spec/jwk-thumbprint.ts'

const jwks = z
  .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1) })
  .refine(({ keys }) => !keys.some(hasSecretMembers), 'must hold public keys only')

const attester = z.strictObject({
  issuer: z.string().min(1).max(500).describe('What stands in `iss` of the attestations, when they have one.'),
  jwks: jwks.describe('The public keys of the attester, as a JWK set.'),
  clients: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('The client_ids whose installations it may vouch for; absent: all that are registered for it.'),
})

export const attestation = z
  .strictObject({
    issuers: z
      .array(attester)
      .prefault([])
      .describe(
        'Who may vouch for installations of apps: `issuer` and `jwks` of each, and `clients` where it is not for all.',
      ),
    challenge: z
      .enum(['off', 'always'])
      .prefault('off')
      .describe('`always`: proofs need a challenge of this server, which it hands out with its first answer.'),
  })
  .transform(({ issuers, challenge }) => ({
    challenge,
    attesters: issuers.map(
      ({ issuer, jwks: { keys }, clients }): Attester => ({
        issuer,
        keys,
        ...(clients === undefined ? {} : { clients }),
      }),
    ),
  }))
  .prefault({})
  .describe('Apps whose maker vouches for each installation (Attestation-Based Client Authentication).')
