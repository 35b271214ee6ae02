/** The relying party by itself: its ports as the server has them, on a database of its own, to be set against any upstream. */

import type { Attempt } from '../../../src/core/upstreams/attempt.ts'
import { type RelyingParty, redirectUriOf } from '../../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../../src/core/upstreams/upstream.ts'
import { createAddressList } from '../../../src/lib/addresses.ts'
import { type Clock, systemClock } from '../../../src/lib/clock.ts'
import { createGuardedFetch } from '../../../src/lib/guarded-fetch.ts'
import { newId } from '../../../src/lib/id.ts'
import type { Logger } from '../../../src/lib/logger.ts'
import { createRelyingParty } from '../../../src/relying-party/create-relying-party.ts'
import { parseParams } from '../../../src/spec/params.ts'
import { isRefusal } from '../../../src/spec/refusal.ts'
import { anAttempt, random } from '../builders.ts'
import type { RunningApp } from '../running-app.ts'

export interface UpstreamRoomSettings {
  readonly clock?: Clock
  readonly logger?: Logger
  readonly metadataRefreshSeconds?: number
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

export const OUR_ISSUER = 'https://id.example.org'

/** `app` lends its keys and its database; its server is not asked. */
export function relyingPartyOf(app: RunningApp, settings: UpstreamRoomSettings = {}): RelyingParty {
  const { house, keys } = app
  const { clock = systemClock, logger = silent, metadataRefreshSeconds = 86_400 } = settings
  return createRelyingParty({
    issuer: OUR_ISSUER,
    keys,
    fetch: createGuardedFetch({
      allowHttp: true,
      allowedPrivate: createAddressList(['127.0.0.0/8']),
      allowedHosts: ['localhost'],
      timeoutMs: settings.timeoutMs ?? 5_000,
      maxBytes: settings.maxBytes ?? 500_000,
      userAgent: 'sallyport',
    }),
    readReference: reference => {
      if (reference === 'env.UPSTREAM_SECRET') return 'a secret that stands in the environment'
      throw new Error(`there is no ${reference}`)
    },
    repositories: house.repositories,
    journal: house.journal,
    metadataRefreshSeconds: () => metadataRefreshSeconds,
    clock,
    random: house.random,
    logger,
  })
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, isEnabled: () => false }

/** A way out to this upstream, as the broker door would begin it. */
export function attemptAt(upstream: Upstream, changes: Partial<Attempt['terms']> = {}, now = new Date()): Attempt {
  return anAttempt({
    id: newId(now, random),
    upstreamUid: upstream.uid,
    terms: {
      redirectUri: redirectUriOf(OUR_ISSUER, upstream),
      scopes: upstream.scopes,
      silent: false,
      registration: false,
      ...changes,
    },
    createdAt: now,
  })
}

/** What the upstream sent, as the broker door reads it. */
export function paramsOf(sent: URLSearchParams) {
  const params = parseParams(sent.toString())
  if (isRefusal(params)) throw new Error(params.description)
  return params
}
