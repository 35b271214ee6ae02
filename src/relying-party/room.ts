/** What every part of the relying party works with: the ports, and what is remembered between two requests. */

import type { RelyingPartyPorts } from './ports.ts'
import type { UpstreamKeySets } from './upstream-key-sets.ts'
import type { UpstreamMetadata } from './upstream-metadata.ts'

export interface RelyingPartyRoom extends RelyingPartyPorts {
  readonly keySets: UpstreamKeySets
  readonly metadata: UpstreamMetadata
  /** Once in the life of the process for each upstream and each reason. */
  readonly warnOnce: (alias: string, message: string) => void
}
