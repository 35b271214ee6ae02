/** A setting that was changed while the server ran: it stands in the database, below every file and variable. */

import type { Write } from '../unit-of-work.ts'

export interface StoredSetting {
  /** `tokens.access_token`: unique. */
  readonly name: string
  /** As it would be written in the file: JSON. Never a secret. */
  readonly value: unknown
  readonly updatedAt: Date
  /** `ada`, `command line` */
  readonly updatedBy: string
}

/** Few, and read when the revision has grown: every change advances it. */
export interface SettingRepository {
  /** By name, the same order on every database; as it is now, never from memory. */
  list(): Promise<readonly StoredSetting[]>
  /** `seen` absent: it was not there. Lost (`settings.insert`, `settings.replace`) when that is no longer so. */
  put(setting: StoredSetting, seen: StoredSetting | undefined): Write
  /** Lost (`settings.delete`) when it is gone or was changed since `seen`. */
  delete(seen: StoredSetting): Write
}
