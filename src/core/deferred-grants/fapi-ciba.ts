/** What FAPI-CIBA §5.2.2 asks beyond CIBA Core, for clients that are held to one of the FAPI profiles. Pure. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'

export interface BackchannelFacts {
  /** Absent when the request was not signed, which §5.2.2 wants supported, too. Times in seconds since the epoch. */
  readonly signed?: { readonly alg: string; readonly notBefore: number; readonly expiresAt: number }
  readonly bindingMessage?: string
  /** RFC 9396: they make the request unlike any other. */
  readonly hasAuthorizationDetails: boolean
}

/** FAPI 1.0 Advanced §8.6, FAPI 2.0 §5.4.1. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'fapi1-advanced': ['PS256', 'ES256'],
  fapi2: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
}
const MAX_LIFETIME_SECONDS = 3_600

export function checkFapiCiba(client: Client, facts: BackchannelFacts): Refusal | undefined {
  const { profile } = client
  const algorithms = profile === undefined ? undefined : ALGORITHMS[profile]
  if (algorithms === undefined) return undefined
  const broken = (error: string, description: string, rule: string): Refusal =>
    refuse(error, description, `${profile} ciba_${rule}, FAPI-CIBA §5.2.2`, { client_id: client.clientId })
  const { signed } = facts
  if (client.backchannelTokenDeliveryMode === 'push')
    return broken('unauthorized_client', 'push mode is not allowed for this client', 'no_push_mode')
  if (signed !== undefined && !algorithms.includes(signed.alg))
    return broken('invalid_request', 'the request is signed with a weak algorithm', 'strong_signatures')
  if (signed !== undefined && signed.expiresAt - signed.notBefore > MAX_LIFETIME_SECONDS)
    return broken('invalid_request', 'the request is valid for more than an hour', 'short_requests')
  // The person must be able to tell this request from another one that somebody else started.
  if (facts.bindingMessage === undefined && !facts.hasAuthorizationDetails)
    return broken('invalid_binding_message', 'binding_message is required', 'unique_context')
  return undefined
}
