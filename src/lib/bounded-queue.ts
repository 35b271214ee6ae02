/** A queue with a limit: so many at once, so many waiting, and beyond that an honest "busy" instead of an ever longer wait. */

export interface BoundedQueue {
  /** Runs `work` when a place is free. `busy`: the waiting room is full and nothing was done. */
  run<T>(work: () => Promise<T>): Promise<T | 'busy'>
}

export interface BoundedQueueSettings {
  /** How many run at once. */
  readonly concurrency: number
  /** How many may wait behind them. */
  readonly maxQueued: number
}

export function createBoundedQueue({ concurrency, maxQueued }: BoundedQueueSettings): BoundedQueue {
  const waiting: (() => void)[] = []
  let running = 0

  const leave = (): void => {
    const next = waiting.shift()
    // The place is handed on, so nobody who comes in between can take it.
    if (next === undefined) running--
    else next()
  }

  return {
    async run(work) {
      if (running < concurrency) running++
      else if (waiting.length >= maxQueued) return 'busy'
      else await new Promise<void>(resolve => waiting.push(resolve))
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
