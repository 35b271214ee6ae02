/** The ways out of the house: one guard for all, each purpose with its own patience. */

import type { Config } from './config/config.ts'
import { createAddressList, isAddressRange } from './lib/addresses.ts'
import { createGuardedFetch, type GuardedFetch } from './lib/guarded-fetch.ts'

type Outbound = Pick<Config, 'issuer' | 'outbound'>

/** For what apps are told (CIBA Core §10): a short answer, or none. */
export function notificationFetch(config: Outbound): GuardedFetch {
  return wayOut(config, { timeoutMs: 10_000, maxBytes: 10_000 })
}

/** What clients keep on their own servers: key sets, request objects, descriptions of themselves. */
export function clientDocumentsFetch(config: Outbound, maxBytes = 100_000): GuardedFetch {
  return wayOut(config, { timeoutMs: 5_000, maxBytes })
}

/** A key set, or a person with hundreds of groups; what is larger is no honest answer. */
export function upstreamFetch(config: Outbound): GuardedFetch {
  return wayOut(config, { timeoutMs: 10_000, maxBytes: 500_000 })
}

/** To ourselves: where we stand is often a private address. */
export function ownUrlFetch(config: Outbound): GuardedFetch {
  const self = new URL(config.issuer).hostname.replace(/^\[|\]$/g, '')
  return wayOut(config, { timeoutMs: 5_000, maxBytes: 100_000, allowedHosts: [self] })
}

interface Limits {
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly allowedHosts?: readonly string[]
}

function wayOut({ issuer, outbound: { allowPrivate } }: Outbound, limits: Limits): GuardedFetch {
  return createGuardedFetch({
    // Where nobody can look on, as on one's own machine, others need no certificate either.
    allowHttp: issuer.startsWith('http:'),
    allowedPrivate: createAddressList(allowPrivate.filter(isAddressRange)),
    userAgent: 'sallyport',
    ...limits,
    allowedHosts: [...allowPrivate, ...(limits.allowedHosts ?? [])],
  })
}
