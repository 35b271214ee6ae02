/** What the provider door needs from the house. */

import type { Journal } from '../../core/audit/journal.ts'
import type { ClientAuthentication } from '../../core/clients/authenticate-client.ts'
import type { KeyRing } from '../../core/keys/key-ring.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'

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

export interface ProviderPorts {
  readonly issuer: string
  readonly lifetimes: TokenLifetimes
  readonly flowSeconds: number
  readonly uiLocales: readonly string[]
  readonly repositories: Pick<Repositories, 'accounts' | 'clients' | 'consents' | 'flows' | 'grants' | 'sessions'>
  readonly clientAuthentication: ClientAuthentication
  readonly keys: KeyRing
  readonly journal: Journal
  readonly cookies: Cookies
  readonly clock: Clock
  readonly random: Random
  readonly errorPage: RenderErrorPage
}
