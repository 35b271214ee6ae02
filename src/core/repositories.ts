/** All that is stored, by thing. `app.ts` hands it to the doors; `storage/` implements it once for SQLite and PostgreSQL. */

import type { AccountRepository } from './accounts/account-repository.ts'
import type { AttributeDefinitionRepository } from './attributes/attribute-definition.ts'
import type { AuditRepository } from './audit/audit-event.ts'
import type { ThrottleRepository } from './authentication/throttle.ts'
import type { ClientLogoRepository } from './clients/client-logo.ts'
import type { ClientRepository } from './clients/client-repository.ts'
import type { InitialAccessTokenRepository } from './clients/initial-access-token.ts'
import type { SecretUseRepository } from './clients/secret-use.ts'
import type { ConsentRepository } from './consents/consent.ts'
import type { DeclarationRepository } from './declarations/declaration.ts'
import type { DeferredGrantRepository } from './deferred-grants/deferred-grant.ts'
import type { DeliveryRepository } from './deliveries/delivery.ts'
import type { FlowRepository } from './flow/flow.ts'
import type { GrantRepository } from './grants/grant.ts'
import type { GroupRepository } from './groups/group.ts'
import type { HousekeepingRepository } from './housekeeping.ts'
import type { KeyRepository } from './keys/signing-key.ts'
import type { PolicyRepository } from './policies/policy.ts'
import type { PushedRequestRepository } from './pushed-requests/pushed-request.ts'
import type { SessionRepository } from './sessions/session.ts'
import type { SettingRepository } from './settings/stored-setting.ts'
import type { UsedOnceRepository } from './single-use/used-once.ts'
import type { Commit } from './unit-of-work.ts'
import type { AttemptRepository } from './upstreams/attempt.ts'
import type { IdentityRepository } from './upstreams/identity.ts'
import type { UpstreamRepository } from './upstreams/upstream-repository.ts'
import type { UpstreamSessionRepository } from './upstreams/upstream-session.ts'

export interface Repositories {
  readonly accounts: AccountRepository
  readonly attempts: AttemptRepository
  readonly attributeDefinitions: AttributeDefinitionRepository
  readonly audit: AuditRepository
  readonly clientLogos: ClientLogoRepository
  readonly clients: ClientRepository
  readonly consents: ConsentRepository
  readonly declarations: DeclarationRepository
  readonly deferredGrants: DeferredGrantRepository
  readonly deliveries: DeliveryRepository
  readonly flows: FlowRepository
  readonly grants: GrantRepository
  readonly groups: GroupRepository
  readonly housekeeping: HousekeepingRepository
  readonly identities: IdentityRepository
  readonly initialAccessTokens: InitialAccessTokenRepository
  readonly keys: KeyRepository
  readonly policies: PolicyRepository
  readonly pushedRequests: PushedRequestRepository
  readonly secretUses: SecretUseRepository
  readonly sessions: SessionRepository
  readonly settings: SettingRepository
  readonly throttle: ThrottleRepository
  readonly upstreams: UpstreamRepository
  readonly upstreamSessions: UpstreamSessionRepository
  readonly usedOnce: UsedOnceRepository
  readonly commit: Commit
}
