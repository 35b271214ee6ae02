/** A grant as a row and back, and the row that says whether its tokens are alive. */

import type { Grant, GrantFacts, GrantId } from '../../core/grants/grant.ts'
import { idToBytes } from '../../lib/id.ts'
import type { GrantRow } from '../tables.ts'
import { type AccountColumns, accountFromColumns } from './account-row.ts'
import { parseJson, timeOf } from './values.ts'

type Changing = 'redeemedAt' | 'generation' | 'rotatedAt' | 'revokedAt' | 'expiresAt'
type TermsTime = 'authTime' | 'requestedAt' | 'createdAt' | 'codeExpiresAt'

/**
 * What was decided when the grant was made. The account and the session are here and in columns: the columns are joined,
 * these are read, as text in a JSON document costs a fifth of bytes in a column.
 */
type Terms = Omit<Grant, 'id' | Changing | TermsTime | 'provenAt'> & { readonly [Member in TermsTime]: number } & {
  readonly provenAt?: number
}

export type GrantFactsRow = Omit<GrantRow, 'id' | 'account_id' | 'session_id'> & {
  // An outer join: all of the account's columns or none.
  [Member in keyof AccountColumns]: AccountColumns[Member] | null
} & {
  /** NULL when the session's row is gone. */
  session_expires_at: number | null
  session_ended_at: number | null
}

export function grantToRow(grant: Grant): GrantRow {
  const { id, redeemedAt, generation, rotatedAt, revokedAt, expiresAt, provenAt, ...rest } = grant
  const terms: Terms = {
    ...rest,
    ...(provenAt === undefined ? {} : { provenAt: provenAt.getTime() }),
    authTime: rest.authTime.getTime(),
    requestedAt: rest.requestedAt.getTime(),
    createdAt: rest.createdAt.getTime(),
    codeExpiresAt: rest.codeExpiresAt.getTime(),
  }
  return {
    id: idToBytes(id),
    account_id: idToBytes(rest.accountId),
    session_id: idToBytes(rest.sessionId),
    redeemed_at: timeOf(redeemedAt),
    generation,
    rotated_at: timeOf(rotatedAt),
    revoked_at: timeOf(revokedAt),
    expires_at: expiresAt.getTime(),
    terms: JSON.stringify(terms),
  }
}

export function factsFromRow(id: GrantId, row: GrantFactsRow): GrantFacts {
  const grant = grantFromRow(id, row)
  const sessionEnded = row.session_expires_at === null || row.session_ended_at !== null
  if (row.subject === null) return { grant, sessionEnded }
  return { grant, account: accountFromColumns(grant.accountId, row as AccountColumns), sessionEnded }
}

function grantFromRow(id: GrantId, row: GrantFactsRow): Grant {
  const { provenAt, ...terms } = parseJson<Terms>(row.terms)
  return {
    ...terms,
    id,
    authTime: new Date(terms.authTime),
    ...(provenAt === undefined ? {} : { provenAt: new Date(provenAt) }),
    requestedAt: new Date(terms.requestedAt),
    createdAt: new Date(terms.createdAt),
    codeExpiresAt: new Date(terms.codeExpiresAt),
    generation: row.generation,
    expiresAt: new Date(row.expires_at),
    ...(row.redeemed_at === null ? {} : { redeemedAt: new Date(row.redeemed_at) }),
    ...(row.rotated_at === null ? {} : { rotatedAt: new Date(row.rotated_at) }),
    ...(row.revoked_at === null ? {} : { revokedAt: new Date(row.revoked_at) }),
  }
}
