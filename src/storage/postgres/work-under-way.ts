/** Counts what is under way, so that an end can wait for it. */

export interface WorkUnderWay {
  track<T>(work: () => Promise<T>): Promise<T>
  /** Takes no more work; resolves when the last of it is done. */
  end(): Promise<void>
}

export function createWorkUnderWay(): WorkUnderWay {
  const { promise: done, resolve: finish } = Promise.withResolvers<void>()
  let running = 0
  let ended = false
  return {
    async track(work) {
      if (ended) throw new Error('the store is closed')
      running += 1
      try {
        return await work()
      } finally {
        running -= 1
        if (ended && running === 0) finish()
      }
    },
    async end() {
      ended = true
      if (running > 0) await done
    },
  }
}
