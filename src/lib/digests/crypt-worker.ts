/** The thread of `crypt-thread.ts`: takes jobs, one after the other, and answers. */

import { parentPort } from 'node:worker_threads'
import { type CryptJob, runCryptJob } from './crypt-jobs.ts'

export interface CryptOrder {
  readonly id: number
  readonly job: CryptJob
}

export interface CryptResult {
  readonly id: number
  readonly result: Uint8Array
}

parentPort?.on('message', ({ id, job }: CryptOrder) => {
  const answer: CryptResult = { id, result: runCryptJob(job) }
  parentPort?.postMessage(answer)
})
