/** How much and how slow a visitor may be. */

export interface HttpLimits {
  readonly bodyBytes: number
  readonly headerBytes: number
  readonly headersTimeoutMs: number
  /** The whole request, body included. */
  readonly requestTimeoutMs: number
  /** Longer than the usual idle time of proxies (60 s), so that they close first and never send into a closing connection. */
  readonly keepAliveTimeoutMs: number
  /** How often the timeouts above are looked at. */
  readonly checkEveryMs: number
  /** Requests in flight may take this long to finish at shutdown. */
  readonly shutdownTimeoutMs: number
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveTimeoutMs: 72_000,
  checkEveryMs: 2_000,
  shutdownTimeoutMs: 10_000,
}
