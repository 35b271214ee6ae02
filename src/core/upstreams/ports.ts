/** What signing in and out through upstreams needs of the house, whichever door it happens at. */

import type { Deliveries } from '../deliveries/deliveries.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { RelyingParty } from './relying-party.ts'

export interface UpstreamPorts {
  readonly relyingParty: RelyingParty
  readonly deliveries: Deliveries
  readonly sealer: KeySealer
  /** The alias of the upstream where people go at once. */
  readonly defaultAlias?: string
  readonly keepFailedAnswerSeconds: number
  /** There is a mail server. */
  readonly sendsMail: boolean
}
