/** One core for the server, another for the load generator, so that neither steals from the other. */

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export const SERVER_CORE = 0
export const GENERATOR_CORE = 1

export interface Pinning {
  readonly pinned: boolean
  /** Why not, for the report. */
  readonly note: string
}

/** Moves this process, the generator, to its core. */
export function pinGenerator(): Pinning {
  if (availableParallelism() < 2) return { pinned: false, note: 'not pinned: only one core' }
  const result = spawnSync('taskset', ['-a', '-c', '-p', String(GENERATOR_CORE), String(process.pid)])
  if (result.status !== 0) return { pinned: false, note: 'not pinned: taskset is missing or was refused' }
  return { pinned: true, note: `server on core ${SERVER_CORE}, generator on core ${GENERATOR_CORE}` }
}

/** The command that runs Node.js with `args` on the server's core. `taskset` becomes Node.js, so the process id is the server's. */
export function serverCommand(pinned: boolean, args: readonly string[]): { command: string; args: string[] } {
  return pinned
    ? { command: 'taskset', args: ['-c', String(SERVER_CORE), process.execPath, ...args] }
    : { command: process.execPath, args: [...args] }
}
