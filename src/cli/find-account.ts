/** Looking for an account that may not be there. */

import { type AdminClient, AdminProblem } from '../admin-client/admin-client.ts'
import { loginKey } from '../core/accounts/account.ts'
import type { AccountDocument } from './account-view.ts'

/** By user name alone: somebody else's e-mail address may read the same. */
export async function findByUsername(admin: AdminClient, username: string): Promise<AccountDocument | undefined> {
  try {
    const { document } = await admin.call('accounts.read', { path: { username } })
    return loginKey(document.username ?? '') === loginKey(username) ? document : undefined
  } catch (error) {
    if (error instanceof AdminProblem && error.kind === 'not-found') return undefined
    throw error
  }
}
