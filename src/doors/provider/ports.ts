/** What the provider door needs from the house. */

import type { Journal } from '../../core/audit/journal.ts'
import type { AcrLevel } from '../../core/authentication/acr.ts'
import type { ClientAuthentication } from '../../core/clients/authenticate-client.ts'
import type { AssertionIssuers } from '../../core/grants/assertion-issuers.ts'
import type { DpopProofs } from '../../core/proof-of-possession/dpop-proofs.ts'
import type { RegistrationRules } from '../../core/registration/register-client.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { TokenPorts } from '../../core/tokens/ports.ts'
import type { UpstreamPorts } from '../../core/upstreams/ports.ts'
import type { RenderAnswerPage } from '../../http/authorization-reply.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import type { Clock } from '../../lib/clock.ts'
import type { GuardedFetch } from '../../lib/guarded-fetch.ts'

/** How authorization requests may come, for all clients; each client may be held to more. */
export interface RequestRules {
  /** RFC 9126 §5 `require_pushed_authorization_requests`. */
  readonly requirePushed: boolean
  /** RFC 9101 §10.5 `require_signed_request_object`. */
  readonly requireSigned: boolean
  /** RFC 9126 §2.2 `expires_in`. */
  readonly pushedRequestSeconds: number
}

export interface ProviderPorts extends TokenPorts {
  readonly flowSeconds: number
  readonly uiLocales: readonly string[]
  readonly repositories: Repositories
  readonly clientAuthentication: ClientAuthentication
  readonly dpop: DpopProofs
  readonly journal: Journal
  readonly cookies: Cookies
  readonly clock: Clock
  readonly errorPage: RenderErrorPage
  readonly answerPage: RenderAnswerPage
  /** The classes of sign-ins, the weakest first. */
  readonly acrLevels: readonly AcrLevel[]
  /** RFC 9396 §5: the types that are known here. */
  readonly authorizationDetailsTypes: readonly string[]
  readonly requestRules: RequestRules
  /** Sign-ins that a person decides elsewhere (`device`). */
  readonly device: { readonly lifetimeSeconds: number; readonly intervalSeconds: number }
  /** Whose signed word about a person is taken (RFC 7523 §2.1). */
  readonly assertionIssuers: AssertionIssuers
  /** What clients keep on their own servers: keys, request objects, descriptions of themselves. */
  readonly clientDocuments: GuardedFetch
  /** How apps register themselves, and what they may have then. */
  readonly registration: RegistrationRules
  /** Whether `client_id` may be the URL of a document that describes the app. */
  readonly takesClientDocuments: boolean
  readonly upstreams: UpstreamPorts
  /** The bucket of an address; nothing when throttling is off for it. */
  readonly throttlePrefix: (address: string) => string | undefined
}
