/** What making tokens needs of the house. */

import type { Random } from '../../lib/random.ts'
import type { CustomClaim } from '../../spec/claims.ts'
import type { ClientKeys } from '../clients/client-keys.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { ResourceServers } from './resource-servers.ts'

export interface TokenLifetimes {
  readonly codeSeconds: number
  readonly accessTokenSeconds: number
  readonly idTokenSeconds: number
  /** Since the last use. */
  readonly refreshTokenSeconds: number
  /** Since the code was exchanged. */
  readonly refreshTokenMaxSeconds: number
  /** How long the refresh token before the current one still gets the same answer. */
  readonly refreshGraceSeconds: number
}

export interface TokenPorts {
  readonly issuer: string
  readonly lifetimes: TokenLifetimes
  readonly keys: KeyRing
  readonly clientKeys: ClientKeys
  readonly random: Random
  readonly resources: ResourceServers
  /** Claims of the attributes that this house has defined; from memory. */
  readonly customClaims: () => Promise<readonly CustomClaim[]>
}
