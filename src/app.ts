/** The composition root: configuration → running server. */

import type { Config } from './config/config.ts'
import { createLogger } from './lib/logger.ts'
import { openDoors, type RunningServer } from './open-doors.ts'

export interface ServeOptions {
  /** When the process started, for the time it took to be ready. */
  readonly startedAt: Date
}

/** Resolves when requests are answered. */
export function serve(config: Config, { startedAt }: ServeOptions): Promise<RunningServer> {
  return openDoors(config, createLogger(config.log.level), startedAt)
}
