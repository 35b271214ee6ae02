/** Every resource, in the order of the reference; things that others name come first, so that files are applied in this order. */

import type { Resource } from './resource.ts'
import { accounts } from './resources/accounts.ts'
import { attributes } from './resources/attributes.ts'
import { audit } from './resources/audit.ts'
import { clients } from './resources/clients.ts'
import { consents } from './resources/consents.ts'
import { deliveries } from './resources/deliveries.ts'
import { groups } from './resources/groups.ts'
import { identities } from './resources/identities.ts'
import { keys } from './resources/keys.ts'
import { policies } from './resources/policies.ts'
import { profiles } from './resources/profiles.ts'
import { registrationTokens } from './resources/registration-tokens.ts'
import { sessions } from './resources/sessions.ts'
import { settings } from './resources/settings.ts'
import { upstreams } from './resources/upstreams.ts'

export const RESOURCES: readonly Resource[] = [
  groups,
  attributes,
  policies,
  clients,
  upstreams,
  accounts,
  identities,
  consents,
  keys,
  deliveries,
  registrationTokens,
  sessions,
  settings,
  audit,
  profiles,
]

export function resourceOf(name: string): Resource | undefined {
  return RESOURCES.find(resource => resource.name === name)
}
