/** What keeps the store healthy: expired rows, leases for jobs, sizes, liveness. */

export interface HousekeepingRepository {
  /** True for one node at a time: takes or renews the lease of a job for `seconds`. */
  takeLease(job: string, holder: string, now: Date, seconds: number): Promise<boolean>
  /** Deletes at most `limit` rows that expired before `now` from one table; returns how many. Called until it returns 0. */
  deleteExpired(table: ExpiringTable, now: Date, limit: number): Promise<number>
  /** Rows per table, for the metric. */
  tableSizes(): Promise<Readonly<Record<string, number>>>
  /** A round trip to the database; throws when there is none. */
  ping(): Promise<void>
}

export type ExpiringTable =
  | 'flow'
  | 'grant'
  | 'session'
  | 'revoked_access_token'
  | 'throttle'
  | 'consent'
  | 'audit_event'
  | 'used_once'
  | 'pushed_request'
  | 'deferred_grant'
  | 'upstream_attempt'
  | 'upstream_session'
  | 'delivery'

export const EXPIRING_TABLES: readonly ExpiringTable[] = [
  'flow',
  'grant',
  'session',
  'revoked_access_token',
  'throttle',
  'consent',
  'audit_event',
  'used_once',
  'pushed_request',
  'deferred_grant',
  'upstream_attempt',
  'upstream_session',
  'delivery',
]
