/** What the broker door needs from the house. */

import type { Journal } from '../../core/audit/journal.ts'
import type { AcrLevel } from '../../core/authentication/acr.ts'
import type { KeyRing } from '../../core/keys/key-ring.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { TokenPorts } from '../../core/tokens/ports.ts'
import type { UpstreamPorts } from '../../core/upstreams/ports.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import type { Clock } from '../../lib/clock.ts'

export interface BrokerPorts extends TokenPorts {
  readonly flowSeconds: number
  readonly repositories: Repositories
  readonly keys: KeyRing
  readonly journal: Journal
  readonly cookies: Cookies
  readonly clock: Clock
  readonly errorPage: RenderErrorPage
  readonly upstreams: UpstreamPorts
  /** The classes of sign-ins, the weakest first. */
  readonly acrLevels: readonly AcrLevel[]
}
