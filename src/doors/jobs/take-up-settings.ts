/** Settings that were changed elsewhere, by another node or a command, count here a moment later. */

import type { Job } from './job.ts'

export interface TakeUpSettingsPorts {
  /** One read by key while nothing has changed. */
  readonly running: { look(): Promise<void> }
}

export function takeUpSettings({ running }: TakeUpSettingsPorts): Job {
  return {
    name: 'take-up-settings',
    everySeconds: 1,
    onEveryNode: true,
    run: () => running.look(),
  }
}
