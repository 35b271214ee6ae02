/** What is done with one kind of thing, step by step, each step said in the words of every way there is. */

import type { AdminClient } from '../../../src/admin-client/admin-client.ts'
import type { AuditEventType } from '../../../src/core/audit/audit-event.ts'
import type { RunningApp } from '../running-app.ts'

/** One way's own app, and what was learnt of it. */
export interface Stage {
  readonly app: RunningApp
  /** For looking around, and for what the API does. */
  readonly admin: AdminClient
  /** Ids of what is there, by a name for people. */
  readonly ids: Map<string, string>
  /** Where files of a command are. */
  readonly folder: string
}

export interface Step {
  /** The operations that it shows. */
  readonly does: readonly string[]
  readonly api: (stage: Stage) => Promise<unknown>
  /** The words of the command, behind `sallyport`. */
  readonly command?: (stage: Stage) => readonly string[] | Promise<readonly string[]>
  /** What it reads from standard input. */
  readonly input?: string
  /** Why there is none. */
  readonly withoutCommand?: string
  /** Where no document shows what came of it: the event that it leaves. */
  readonly leaves?: AuditEventType
  /** The sections of the file that say what is so afterwards. */
  readonly file?: object
}

export interface Story {
  /** The resource that it is about. */
  readonly about: string
  /** Others whose documents are compared as well. */
  readonly alsoLooksAt?: readonly string[]
  /** What is there before, the same on every way. */
  readonly given?: (stage: Stage) => Promise<void>
  readonly steps: readonly Step[]
}

/** A question: its answer is the same in the database and at a server. */
export interface Question {
  readonly asks: readonly string[]
  readonly command?: (stage: Stage) => readonly string[]
  readonly input?: string
  /** Why there is no command. */
  readonly withoutCommand?: string
}
