/** The admin API as a resource server (RFC 8707) of our own, and the scopes that open it: one for each role. */

import { ROLES, type Role } from '../accounts/account.ts'

/** Below the issuer's path. */
export const ADMIN_API_PATH = '/api/admin/v1'

export const ADMIN_SCOPES: readonly string[] = ROLES.map(adminScope)

export function adminScope(role: Role): string {
  return `admin.${role}`
}

/** What stands in `aud` of a token for it, and what apps send as `resource`. */
export function adminResource(issuer: string): string {
  return issuer + ADMIN_API_PATH
}

/** What the settings add for registering clients: nobody has these scopes who was not given them by name. */
export function adminResourceOf(issuer: string): { readonly uri: string; readonly scopes: readonly string[] } {
  return { uri: adminResource(issuer), scopes: ADMIN_SCOPES }
}

export function isAdminScope(scope: string): boolean {
  return ADMIN_SCOPES.includes(scope)
}

/** The highest of the roles that the scopes name. */
export function roleOfScopes(scopes: readonly string[]): Role | undefined {
  return ROLES.findLast(role => scopes.includes(adminScope(role)))
}
