/** Health for orchestrators: `/health/live` says that the process runs, `/health/ready` that it can answer visitors. */

import type { Endpoint } from '../../http/endpoint.ts'
import { jsonReply } from '../../http/replies.ts'
import type { Logger } from '../../lib/logger.ts'

export interface ReadinessCheck {
  /** `database`, `keys`. */
  readonly name: string
  /** Throws when it is not. */
  check(): Promise<void>
}

export interface HealthPorts {
  readonly checks: readonly ReadinessCheck[]
  /** A check that takes longer has failed. */
  readonly timeoutMs: number
  readonly logger: Logger
}

/** At the root of the host, whatever the issuer's path: probes come from inside. */
export function healthEndpoints({ checks, timeoutMs, logger }: HealthPorts): readonly Endpoint[] {
  return [
    {
      name: 'health-live',
      path: '/health/live',
      methods: ['GET'],
      atRoot: true,
      handle: () => jsonReply(200, { status: 'live' }),
    },
    {
      name: 'health-ready',
      path: '/health/ready',
      methods: ['GET'],
      atRoot: true,
      async handle() {
        const entries = await Promise.all(
          checks.map(async check => [check.name, await outcomeOf(check, timeoutMs, logger)] as const),
        )
        const isReady = entries.every(([, outcome]) => outcome === 'ok')
        // Which part failed, not why: everybody may ask.
        return jsonReply(isReady ? 200 : 503, {
          status: isReady ? 'ready' : 'not ready',
          checks: Object.fromEntries(entries),
        })
      },
    },
  ]
}

async function outcomeOf({ name, check }: ReadinessCheck, timeoutMs: number, logger: Logger): Promise<'ok' | 'failed'> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([check(), promise])
    return 'ok'
  } catch (err) {
    logger.warn({ err, check: name }, 'readiness check failed')
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}
