/** What the pages need from the house. */

import type { Journal } from '../../core/audit/journal.ts'
import type { Credentials, PasswordSignIn } from '../../core/authentication/password-sign-in.ts'
import type { SettlePorts } from '../../core/flow/settle.ts'
import type { Handles } from '../../core/handles/handles.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { UpstreamPorts } from '../../core/upstreams/ports.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Locale } from './text/locale.ts'

export interface PagesPorts {
  readonly issuer: string
  /** The issuer's path, empty or `/auth`. */
  readonly basePath: string
  readonly brandName: string
  readonly defaultLocale: Locale
  readonly flowSeconds: number
  readonly sessionSeconds: number
  readonly minPasswordLength: number
  readonly repositories: Repositories
  readonly handles: Handles
  readonly journal: Journal
  readonly cookies: Cookies
  readonly clock: Clock
  readonly random: Random
  readonly settle: SettlePorts
  readonly signInWithPassword: (credentials: Credentials) => Promise<PasswordSignIn>
  /** The address's bucket; nothing when throttling is off for it. */
  readonly throttlePrefix: (address: string) => string | undefined
  /** Somebody has decided what an app waits for: tell it (CIBA Core §10). */
  readonly notifySoon: () => void
  readonly upstreams: UpstreamPorts
  /** argon2id; `busy` when too many are waiting. */
  readonly hashPassword: (password: string) => Promise<string | 'busy'>
}
