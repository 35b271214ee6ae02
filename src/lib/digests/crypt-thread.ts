/** One thread for bcrypt and SHA-crypt, so that neither holds up the event loop. It starts with the first job and keeps no process alive. */

import { Worker } from 'node:worker_threads'
import type { CryptJob } from './crypt-jobs.ts'
import type { CryptOrder, CryptResult } from './crypt-worker.ts'

export type RunCryptJob = (job: CryptJob) => Promise<Uint8Array>

interface Waiting {
  readonly resolve: (result: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** The worker beside this file, which is TypeScript or what was built of it. */
const WORKER = new URL(import.meta.url.replace(/crypt-thread(\.\w+)$/, 'crypt-worker$1'))

export function createCryptThread(): RunCryptJob {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let last = 0

  function start(): Worker {
    const started = new Worker(WORKER)
    started.on('message', ({ id, result }: CryptResult) => {
      waiting.get(id)?.resolve(result)
      waiting.delete(id)
      if (waiting.size === 0) started.unref()
    })
    // Whoever waits is told, and the next job starts another thread.
    started.on('error', error => {
      worker = undefined
      for (const { reject } of waiting.values()) reject(error instanceof Error ? error : new Error(`${error}`))
      waiting.clear()
    })
    return started
  }

  return job =>
    new Promise((resolve, reject) => {
      worker ??= start()
      worker.ref()
      const order: CryptOrder = { id: ++last, job }
      waiting.set(order.id, { resolve, reject })
      worker.postMessage(order)
    })
}
