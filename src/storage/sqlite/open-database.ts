/** Opens a SQLite file: readable by its owner only, every commit on disk before it is answered. */

import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** How long a statement waits for another process (the command line, a second server) to finish its write. */
export const BUSY_TIMEOUT_MS = 5_000

const RETRY_MS = 5

/** `path`: a file, made with its folder when it is not there, or `:memory:`. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') createPrivately(path)
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  try {
    withRetries(() => configure(database))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function configure(database: DatabaseSync): void {
  // NORMAL would bring a redeemed code back to life after a power cut: FULL syncs the log with every commit.
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma temp_store = memory;
    pragma cache_size = -32000;
    pragma wal_autocheckpoint = 4000;
    pragma journal_size_limit = 67108864;
    pragma trusted_schema = off;
  `)
}

/** SQLITE_BUSY and its extended codes (sqlite.org/rescode.html: the low eight bits are the primary code). */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

// SQLite refuses to switch to the write-ahead log at once, without its busy timeout, while another process does the same.
function withRetries(work: () => void): void {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      work()
      return
    } catch (error) {
      if (!isBusy(error) || waited >= BUSY_TIMEOUT_MS) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

// The log and the index that SQLite puts beside the file inherit its mode.
function createPrivately(path: string): void {
  makeFolder(dirname(path))
  closeSync(openSync(path, 'a', 0o600))
}

// One folder at a time: a recursive mkdir never returns below /proc.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (existsSync(folder)) return
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the folder of the database, ${folder}, cannot be made: ${reason}`, { cause: error })
  }
}
