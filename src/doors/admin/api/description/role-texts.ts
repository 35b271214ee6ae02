/** What the roles may, for people. */

import type { Role } from '../../../../core/accounts/account.ts'

export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  viewer: 'Reads everything; secrets are never shown.',
  operator: 'Looks after people without a role, groups, sessions, deliveries, and apps that cannot manage this server.',
  administrator: 'Everything: roles, upstreams, policies, keys, and whatever decides who may do what.',
}
