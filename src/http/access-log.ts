/** One log line per request. Queries and bodies are left out: codes, states and user names stand in them. */

import type { Logger } from '../lib/logger.ts'
import type { HttpRequest } from './endpoint.ts'

export type LogAccess = (
  visit: HttpRequest,
  method: string | undefined,
  endpoint: string | undefined,
  status: number,
  seconds: number,
) => void

/** Nothing when the level says that nobody would see the lines. */
export function createAccessLog(logger: Logger, atInfo: boolean): LogAccess | undefined {
  const level = atInfo ? 'info' : 'debug'
  if (!logger.isEnabled(level)) return undefined
  return ({ requestId, path, address, userAgent }, method, endpoint = 'unknown', status, seconds) =>
    logger[level](
      { requestId, method, path, endpoint, status, ms: Math.round(seconds * 1e5) / 100, address, userAgent },
      'request',
    )
}
