/** The bound of a scenario: what its unavoidable parts cost on this machine, in this run. */

/** Microseconds of one core. */
export interface Parts {
  readonly httpGet: number
  readonly httpPost: number
  readonly es256: number
  readonly rs256: number
  /** Point lookup in SQLite. */
  readonly lookup: number
  /** One row inserted, in a durable commit of twenty. */
  readonly groupedRow: number
  /** 19 MiB, t=2, p=1. */
  readonly argon2: number
}

export type Part = keyof Parts

/** Small things next to these (hashing, parsing, headers) are left out, so that no server can reach its bound. */
const MADE_OF: Readonly<Record<string, readonly Part[]>> = {
  discovery: ['httpGet'],
  jwks: ['httpGet'],
  'client-credentials': ['httpPost'],
  'code-exchange': ['httpPost', 'es256', 'groupedRow'],
  'code-exchange-rs256': ['httpPost', 'rs256', 'groupedRow'],
  refresh: ['httpPost', 'es256', 'groupedRow'],
  'refresh-rs256': ['httpPost', 'rs256', 'groupedRow'],
  userinfo: ['httpGet', 'lookup'],
  introspection: ['httpPost', 'lookup'],
  authorize: ['httpGet', 'lookup'],
  par: ['httpPost', 'groupedRow'],
  // A verification costs more than a signature.
  'private-key-jwt': ['httpPost', 'es256', 'groupedRow'],
  dpop: ['httpPost', 'es256', 'groupedRow'],
  'jwt-access-token': ['httpPost', 'es256'],
  'password-sign-in': ['argon2'],
}

/** Operations per second on one core; absent for scenarios that are not bound by it. */
export function boundOf(scenario: string, parts: Parts): number | undefined {
  const madeOf = MADE_OF[scenario]
  return madeOf === undefined ? undefined : 1e6 / madeOf.reduce((sum, part) => sum + parts[part], 0)
}
