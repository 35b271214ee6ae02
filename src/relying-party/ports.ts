/** What the relying party needs from the house. */

import type { Journal } from '../core/audit/journal.ts'
import type { KeyRing } from '../core/keys/key-ring.ts'
import type { Repositories } from '../core/repositories.ts'
import type { Clock } from '../lib/clock.ts'
import type { GuardedFetch } from '../lib/guarded-fetch.ts'
import type { Logger } from '../lib/logger.ts'
import type { Random } from '../lib/random.ts'

export interface RelyingPartyPorts {
  readonly issuer: string
  readonly keys: Pick<KeyRing, 'signer' | 'decrypt' | 'handles' | 'sealer'>
  readonly fetch: GuardedFetch
  /** The text behind `vault.NAME`, `env.NAME` or `file:PATH`; throws, with a message for people, when there is none. */
  readonly readReference: (reference: string) => string
  readonly repositories: Pick<Repositories, 'upstreams'>
  readonly journal: Pick<Journal, 'commit' | 'record'>
  /** As the settings say now. */
  readonly metadataRefreshSeconds: () => number
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}
