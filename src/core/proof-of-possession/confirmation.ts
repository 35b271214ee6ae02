/** Which key a token is bound to (RFC 9449 §6, RFC 8705 §3), and whether the request holds it. */

import { hash } from 'node:crypto'
import type { Confirmation } from '../../spec/confirmation.ts'
import { type Facts, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'

/** What a request proves to hold. */
export interface Possession {
  /** The thumbprint of the key of a verified DPoP proof. */
  readonly jkt?: string | undefined
  /** DER of the client certificate of the connection. */
  readonly certificate?: Buffer | undefined
}

/** RFC 8705 §3.1: the base64url SHA-256 hash of the DER encoding. */
export function certificateThumbprint(der: Buffer): string {
  return hash('sha256', der, 'base64url')
}

type BindingRules = Pick<Client, 'clientId' | 'dpopBoundAccessTokens' | 'tlsClientCertificateBoundAccessTokens'>

/** What the tokens of this request are bound to; nothing for plain bearer tokens. */
export function decideConfirmation(client: BindingRules, possession: Possession): Confirmation | undefined | Refusal {
  const facts = { client_id: client.clientId }
  // RFC 9449 §5: whoever shows a proof wants a token bound to its key.
  if (possession.jkt !== undefined) return { jkt: possession.jkt }
  if (client.tlsClientCertificateBoundAccessTokens === true) {
    if (possession.certificate !== undefined) return { 'x5t#S256': certificateThumbprint(possession.certificate) }
    if (client.dpopBoundAccessTokens !== true) {
      return refuse(
        'invalid_request',
        'a client certificate is required for this client',
        'RFC 8705 §3.4 tls_client_certificate_bound_access_tokens',
        facts,
      )
    }
  }
  if (client.dpopBoundAccessTokens !== true) return undefined
  // RFC 9449 §5.2: dpop_bound_access_tokens; such a client never gets a bearer token.
  return refuse(
    'invalid_dpop_proof',
    'a DPoP proof is required for this client',
    'RFC 9449 §5.2 dpop_bound_access_tokens',
    facts,
  )
}

/** RFC 9449 §5, §10, RFC 8705 §4: a code or refresh token that is bound is used with the same key only. */
export function checkBoundTo(
  bound: Confirmation | undefined,
  shown: Confirmation | undefined,
  what: string,
  rule: string,
): Refusal | undefined {
  if (bound === undefined || isSameConfirmation(bound, shown)) return undefined
  const facts: Facts = {
    bound_to: 'jkt' in bound ? 'DPoP key' : 'certificate',
    proof: shown === undefined ? 'none' : 'another',
  }
  return refuse('invalid_grant', `${what} is bound to another key`, rule, facts)
}

export function isSameConfirmation(one: Confirmation, other: Confirmation | undefined): boolean {
  if (other === undefined) return false
  if ('jkt' in one) return 'jkt' in other && one.jkt === other.jkt
  return 'x5t#S256' in other && one['x5t#S256'] === other['x5t#S256']
}
