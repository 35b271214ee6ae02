/** Is what a token points to still alive? The same rules for codes, refresh tokens, access tokens and introspection. Pure. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Grant, GrantFacts } from './grant.ts'

/** RFC 6749 §5.2: what was issued to another client is refused; the one it belongs to keeps it. */
export function checkIssuedTo(client: Client, grant: Grant): Refusal | undefined {
  return grant.clientUid === client.uid
    ? undefined
    : refuse('invalid_grant', 'it was issued to another client', 'RFC 6749 §5.2 issued to this client', {
        client_id: client.clientId,
      })
}

export function checkNotRevoked(grant: Grant): Refusal | undefined {
  return grant.revokedAt === undefined
    ? undefined
    : refuse('invalid_grant', 'the grant was revoked', 'RFC 7009 §2.1 not revoked', {
        revoked_at: grant.revokedAt.toISOString(),
      })
}

export function checkNotExpired(expiresAt: Date, now: Date, what: string, rule: string): Refusal | undefined {
  return now < expiresAt
    ? undefined
    : refuse('invalid_grant', `${what} has expired`, rule, { expired_at: expiresAt.toISOString() })
}

export function checkSessionAlive({ grant, sessionEnded }: GrantFacts): Refusal | undefined {
  // OIDC Core §11: offline access means that it works while the person is not signed in.
  return grant.offline || grant.sessionless === true || !sessionEnded
    ? undefined
    : refuse(
        'invalid_grant',
        'the person has signed out',
        'the session behind the grant is alive, or offline_access was granted',
      )
}

/** The account, or why nothing may be issued about it any more. */
export function checkAccount(account: Account | undefined, grant: Grant): Account | Refusal {
  if (account === undefined) return refuse('invalid_grant', 'the account is gone', 'the account exists')
  if (account.disabledAt !== undefined)
    return refuse('invalid_grant', 'the account is disabled', 'the account is enabled', { username: account.username })
  if ((grant.provenAt ?? grant.authTime) < account.validFrom) {
    return refuse(
      'invalid_grant',
      'the password was changed since the person signed in',
      "the sign-in is younger than the account's last reset",
      {
        username: account.username,
      },
    )
  }
  return account
}
