/** Runs a suite of the app twice: on a SQLite file and on PostgreSQL. */

import { describe } from 'node:test'
import { createDatabase } from './postgres.ts'

/** `database`: what `startApp` takes; called once per suite, in its `before`. */
export function onBothDatabases(title: string, suite: (database: () => Promise<string | undefined>) => void): void {
  describe(`${title}, on SQLite`, () => suite(async () => undefined))
  describe(`${title}, on PostgreSQL`, () => suite(createDatabase))
}
