/** A session: one browser, signed in as one account. */

import type { Id } from '../../lib/id.ts'
import type { Account, AccountId } from '../accounts/account.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'

export type SessionId = Id<'session'>

export interface Session {
  /** Also the `sid` claim. */
  readonly id: SessionId
  /** Part of the cookie; every change of authentication renews it, so a cookie from before is worth nothing. */
  readonly generation: number
  readonly accountId: AccountId
  /** OIDC Core §2 `auth_time`; earlier than `provenAt` where an upstream says so, the same where it does not say. */
  readonly authTime: Date
  /** When it was proven to us; `authTime` when absent. What ended everything before a moment is held against it. */
  readonly provenAt?: Date
  /** RFC 8176 method references, e.g. `['pwd']`. */
  readonly amr: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt?: Date
  /** For the person's own list of sessions. */
  readonly address: string
  readonly userAgent: string
}

export interface SessionWithAccount {
  readonly session: Session
  readonly account: Account
}

export interface SessionSearch {
  /** Each has to be found in the user name, the address or the user agent, without regard to case. */
  readonly words?: readonly string[]
  readonly accountId?: AccountId
  /** The app got something in it, among the latest grants there are. */
  readonly clientUid?: ClientUid
  /** Its person can use it: not ended, not expired, of an account that counts. */
  readonly isActive?: boolean
  /** In the order in which they began. */
  readonly descending?: boolean
  /** Those behind this one. */
  readonly after?: SessionId
  readonly limit: number
  readonly now: Date
}

export interface SessionRepository {
  find(id: SessionId): Promise<Session | undefined>
  /** With the account it is signed in as, in one read; absent when either is gone. The account comes without its password hash. */
  findWithAccount(id: SessionId): Promise<SessionWithAccount | undefined>
  /** A part of them, with their accounts (without password hashes); those whose account is gone are left out. */
  search(search: SessionSearch): Promise<readonly SessionWithAccount[]>
  insert(session: Session): Write
  /** Same session, new authentication. Lost (`sessions.renew`) when its generation is no longer `session.generation - 1` or it has ended. */
  renew(session: Session): Write
  /** Lost (`sessions.end`) when it has ended already. */
  end(id: SessionId, now: Date): Write
  /** Every session of the account that has not ended. Never lost. */
  endAllOf(accountId: AccountId, now: Date): Write
}
