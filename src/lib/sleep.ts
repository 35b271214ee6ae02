/** A pause that a shutdown can end early. */

import { setTimeout } from 'node:timers/promises'

/** Resolves after `ms`, or at once when `signal` is aborted; never rejects, and never keeps the process alive. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export const systemSleep: Sleep = async (ms, signal) => {
  try {
    await setTimeout(ms, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
