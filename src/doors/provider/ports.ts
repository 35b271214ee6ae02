/** What the provider door needs from the house. */

import type { Journal } from '../../core/audit/journal.ts'
import type { ClientAuthentication } from '../../core/clients/authenticate-client.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { TokenPorts } from '../../core/tokens/ports.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import type { Clock } from '../../lib/clock.ts'

export interface ProviderPorts extends TokenPorts {
  readonly flowSeconds: number
  readonly uiLocales: readonly string[]
  readonly repositories: Repositories
  readonly clientAuthentication: ClientAuthentication
  readonly journal: Journal
  readonly cookies: Cookies
  readonly clock: Clock
  readonly errorPage: RenderErrorPage
}
