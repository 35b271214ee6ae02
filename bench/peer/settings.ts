/** What the bench tells the peer's process, as a JSON file. */

import type { ClientMetadata, JWKS } from 'oidc-provider'

export interface PeerSettings {
  readonly issuer: string
  readonly port: number
  readonly storage: { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly path: string }
  readonly jwks: JWKS
  readonly cookieKey: string
  readonly clients: ClientMetadata[]
}
