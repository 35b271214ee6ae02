/** Time, passed in: nothing below `app.ts` reads the machine's clock itself. */

export interface Clock {
  now(): Date
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
}

export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

export function addSeconds(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000)
}
