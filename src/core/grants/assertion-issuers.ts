/** Assertion issuers: other systems whose signed word about a person this server takes (RFC 7523 §2.1). Operators list them. */

import type { JsonObject } from '../clients/client.ts'

export interface AssertionIssuer {
  /** What stands in `iss`. */
  readonly issuer: string
  /** One of the two (RFC 7517 §5). */
  readonly jwks?: { readonly keys: readonly JsonObject[] }
  readonly jwksUri?: string
  /** How `sub` names an account of ours. */
  readonly subject: 'username' | 'email'
  /** The client_ids that may present its assertions. */
  readonly clients: readonly string[]
  /** An assertion that is good for longer is refused. */
  readonly maxLifetimeSeconds: number
}

export interface AssertionIssuers {
  /** Without any, the grant type is not offered. */
  readonly count: number
  find(issuer: string): AssertionIssuer | undefined
}

export function createAssertionIssuers(list: readonly AssertionIssuer[]): AssertionIssuers {
  const byIssuer = new Map(list.map(trusted => [trusted.issuer, trusted]))
  return { count: byIssuer.size, find: issuer => byIssuer.get(issuer) }
}
