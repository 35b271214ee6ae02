/** A plan: what has to be made, changed and let go so that the database is as files (or an import) say; decided whole, committed whole. */

import type { Acting, Document } from '../administration/ports.ts'
import type { Problem } from '../administration/problem.ts'
import type { Change } from '../administration/resource.ts'
import type { SettingsMistake } from '../settings-mistake.ts'

/** A thing as it is written: in a file, or in what another system exported. */
export interface WrittenThing {
  /** The resource: `clients`. */
  readonly resource: string
  readonly key: string
  readonly document: Document
  /** For people: `sallyport.yaml:12`. */
  readonly source: string
}

/** `release`: it left the file and stays, owned by nobody. `keep`: nothing to do. */
export type PlannedAction = 'create' | 'change' | 'delete' | 'release' | 'keep'

/** Values as people read them; in place of a secret stands `(secret)`. */
export interface PlannedField {
  readonly name: string
  readonly before?: unknown
  readonly after?: unknown
  /** It was changed elsewhere since the file was applied, and will be set back. */
  readonly isDrift?: true
}

export interface PlannedThing {
  readonly resource: string
  readonly key: string
  readonly source: string
  readonly action: PlannedAction
  readonly fields: readonly PlannedField[]
  /** It was made by hand and belongs to the file from now on. */
  readonly isAdopted?: true
  readonly warnings: readonly string[]
}

export interface PlanMistake extends SettingsMistake {
  readonly resource: string
  readonly key: string
  readonly source: string
}

export interface Plan {
  readonly things: readonly PlannedThing[]
  /** Where there is one, nothing is applied. */
  readonly mistakes: readonly PlanMistake[]
  /** Everything in one unit; with nothing to write where everything is as it is written. */
  readonly change: Change
}

export interface PlanSettings {
  /** The things belong to the file from then on; an import makes them owned by nobody. */
  readonly isOwner: boolean
  /** What left the file is deleted instead of released. */
  readonly prunes?: boolean
  /** An import: what exists already is replaced, or left as it is. */
  readonly existing?: 'replace' | 'keep'
  /** Takes what can be done once all is committed (asking upstreams for their documents), instead of waiting for it. */
  readonly onAfterwards?: (act: () => Promise<readonly string[]>) => void
  /** Called for each thing that was looked at. */
  readonly onProgress?: (done: number, all: number) => void
}

export type PlanThings = (
  things: readonly WrittenThing[],
  settings: PlanSettings,
  acting: Acting,
) => Promise<Plan | Problem>
