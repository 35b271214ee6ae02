/** Runs the jobs: each at its own pace, one node at a time by a lease in the database, until the shutdown. */

import type { HousekeepingRepository } from '../../core/housekeeping.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Sleep } from '../../lib/sleep.ts'
import type { Job } from './job.ts'

export interface SchedulerPorts {
  readonly jobs: readonly Job[]
  readonly housekeeping: Pick<HousekeepingRepository, 'takeLease'>
  /** Of this process, unlike that of any other. */
  readonly holder: string
  readonly clock: Clock
  readonly sleep: Sleep
  readonly logger: Logger
}

export interface Scheduler {
  start(): void
  /** Resolves when no job runs any more. */
  stop(): Promise<void>
}

/** A start has better things to do first. */
const FIRST_RUN_AFTER_MS = 2_000

export function createScheduler(ports: SchedulerPorts): Scheduler {
  const stopping = new AbortController()
  let running: Promise<void>[] = []
  return {
    start() {
      running = ports.jobs.map(job => repeat(job, stopping.signal, ports))
    },
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

async function repeat(job: Job, signal: AbortSignal, ports: SchedulerPorts): Promise<void> {
  await ports.sleep(FIRST_RUN_AFTER_MS, signal)
  while (!signal.aborted) {
    await runOnce(job, signal, ports)
    await ports.sleep(job.everySeconds * 1000, signal)
  }
}

async function runOnce(job: Job, signal: AbortSignal, ports: SchedulerPorts): Promise<void> {
  try {
    if (job.onEveryNode === true || (await takeLease(job, ports))) await job.run(signal)
  } catch (err) {
    ports.logger.error({ err, job: job.name }, 'job failed')
  }
}

// Two rounds long: the node that has it keeps it by coming back in time, and another takes over soon after it is gone.
function takeLease({ name, everySeconds }: Job, { housekeeping, holder, clock }: SchedulerPorts): Promise<boolean> {
  return housekeeping.takeLease(name, holder, clock.now(), everySeconds * 2)
}
