/** What each scenario is held to. Gates are ratios in one run; absolute figures drift from machine to machine. */

export interface Target {
  /** Times the peer in memory. */
  readonly memory?: number
  /** Times the peer on SQLite. */
  readonly durable?: number
  /** Per cent of what its parts allow, measured in the same run. */
  readonly ofBound?: number
}

export const TARGETS: Readonly<Record<string, Target>> = {
  discovery: { memory: 4.5 },
  jwks: { memory: 3 },
  'client-credentials': { memory: 3.5 },
  'code-exchange': { memory: 3.3, durable: 7.5 },
  'code-exchange-rs256': { memory: 1.4 },
  refresh: { memory: 3.2, durable: 8 },
  'refresh-rs256': { memory: 1.4 },
  userinfo: { memory: 3.8 },
  introspection: { memory: 3 },
  authorize: { memory: 5 },
  // 50 of the 59.7 sign-ins per second that the hash alone would allow.
  'password-sign-in': { ofBound: 83 },
}

/** p99 over p50 at 32 connections, at most. */
export const MOST_P99_OVER_P50 = 5

export const RESOURCE_TARGETS = { idleMegabytes: 100, loadedMegabytes: 250, firstTokenMs: 1000 } as const
