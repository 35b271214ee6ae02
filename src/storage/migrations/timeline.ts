/** All migrations, oldest first. Append only: what was released is never edited. */

import { start } from './0001-start.ts'
import { certification } from './0002-certification.ts'
import { broker } from './0003-broker.ts'
import { administration } from './0004-administration.ts'
import type { Migration } from './migration.ts'

export const TIMELINE: readonly Migration[] = [start, certification, broker, administration]
