/** Tests of the scheduler. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { createLogger } from '../../lib/logger.ts'
import type { Sleep } from '../../lib/sleep.ts'
import type { Job } from './job.ts'
import { createScheduler, type SchedulerPorts } from './scheduler.ts'

/** Pauses end when the test says so. */
function handTurned() {
  const waiting: { ms: number; wake: () => void }[] = []
  const sleep: Sleep = (ms, signal) =>
    new Promise(resolve => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
      waiting.push({ ms, wake: resolve })
    })
  const turn = async (): Promise<number[]> => {
    const now = waiting.splice(0)
    for (const { wake } of now) wake()
    // Everything that follows without another pause has happened after this.
    await new Promise(resolve => setImmediate(resolve))
    return now.map(({ ms }) => ms)
  }
  return { sleep, turn }
}

function scheduler(jobs: readonly Job[], others: Partial<SchedulerPorts> = {}) {
  const { sleep, turn } = handTurned()
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('info', { write: line => lines.push(JSON.parse(line)) })
  const housekeeping = { takeLease: () => Promise.resolve(true) }
  const made = createScheduler({ jobs, housekeeping, holder: 'a', clock: systemClock, sleep, logger, ...others })
  return { ...made, turn, lines }
}

describe('the scheduler', () => {
  it('runs each job soon after the start and then every so often', async () => {
    let runs = 0
    const job: Job = { name: 'job', everySeconds: 60, run: async () => void runs++ }
    const { start, stop, turn } = scheduler([job])
    start()
    assert.equal(runs, 0)
    await turn()
    assert.equal(runs, 1)
    assert.deepEqual(await turn(), [60_000])
    assert.equal(runs, 2)
    await stop()
  })

  it('leaves a job to the node that holds its lease, unless it is for every node', async () => {
    const ran: string[] = []
    const asked: unknown[] = []
    const job = (name: string): Job => ({ name, everySeconds: 60, run: async () => void ran.push(name) })
    const housekeeping: SchedulerPorts['housekeeping'] = {
      takeLease(...asking) {
        asked.push(asking.filter(value => !(value instanceof Date)))
        return Promise.resolve(asking[0] === 'ours')
      },
    }
    const jobs = [job('ours'), job('theirs'), { ...job('everybody'), onEveryNode: true }]
    const { start, stop, turn } = scheduler(jobs, { housekeeping })
    start()
    await turn()
    assert.deepEqual(ran.toSorted(), ['everybody', 'ours'])
    assert.deepEqual(asked, [
      ['ours', 'a', 120],
      ['theirs', 'a', 120],
    ])
    await stop()
  })

  it('logs a job that fails, or a lease that cannot be asked for, and tries again', async () => {
    let runs = 0
    const run = (): Promise<void> => {
      runs++
      return Promise.reject(new Error('disk is full'))
    }
    const { start, stop, turn, lines } = scheduler([{ name: 'job', everySeconds: 60, run }])
    start()
    await turn()
    await turn()
    assert.equal(runs, 2)
    assert.deepEqual(
      lines.map(({ level, job, msg }) => [level, job, msg]),
      Array(2).fill(['error', 'job', 'job failed']),
    )
    await stop()
  })

  it('waits at a shutdown for the job that runs, tells it, and starts no other', async () => {
    let runs = 0
    const finish = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const job: Job = {
      name: 'job',
      everySeconds: 60,
      run(signal) {
        runs++
        signal.addEventListener('abort', () => told.resolve())
        return finish.promise
      },
    }
    const { start, stop, turn } = scheduler([job])
    start()
    await turn()
    let isStopped = false
    const stopping = stop().then(() => {
      isStopped = true
    })
    await told.promise
    assert.equal(isStopped, false)
    finish.resolve()
    await stopping
    await turn()
    assert.equal(runs, 1)
  })

  it('stops at once before anything ran', async () => {
    const job: Job = { name: 'job', everySeconds: 60, run: () => assert.fail('must not run') }
    const { start, stop } = scheduler([job])
    start()
    await stop()
  })
})
