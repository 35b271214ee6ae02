/** A resource: one kind of managed thing, with its fields and its rules. API, command line, files and the typed client are made of these. */

import type { Role } from '../accounts/account.ts'
import type { AuditEventType } from '../audit/audit-event.ts'
import type { NewAuditEvent } from '../audit/journal.ts'
import type { Write } from '../unit-of-work.ts'
import type { Field } from './field.ts'
import type { ListQuery, Page } from './list-query.ts'
import type { Operation } from './operation.ts'
import type { Acting, Document } from './ports.ts'
import type { Problem } from './problem.ts'

/** What a decision comes to: everything to be written together, not yet written. */
export interface Change {
  readonly writes: readonly Write[]
  /** The first is about the thing itself and gets what was before and after. */
  readonly events: readonly ChangeEvent[]
  /** As it is then; absent: it is gone. */
  readonly after?: Document
  /** For this once: a secret that was made. */
  readonly once?: Document
  /** Sentences for people. */
  readonly warnings?: readonly string[]
  /** What is done once it is committed, such as reading a document of somebody else: nothing that fails undoes the change. */
  readonly afterwards?: () => Promise<Afterwards>
}

export interface Afterwards {
  /** As it is then. */
  readonly after: Document
  readonly warnings: readonly string[]
}

export interface ChangeEvent extends Pick<NewAuditEvent, 'accountId' | 'clientUid' | 'traceCode' | 'detail'> {
  readonly type: AuditEventType
}

/** The fields and whatever else lists can be narrowed by. */
export function listedBy({ fields, narrowedBy = [] }: Pick<Resource, 'fields' | 'narrowedBy'>): readonly Field[] {
  return [...fields, ...narrowedBy.map((field): Field => ({ ...field, finds: ['filter'] }))]
}

export interface Resource<Thing = unknown> {
  /** In paths and as the section of files: `clients`. */
  readonly name: string
  /** For people: `client`. */
  readonly singular: string
  /** The field that names one in paths and files: `client_id`. */
  readonly key: string
  readonly about: string
  readonly fields: readonly Field[]
  /** The least role for each. */
  readonly roles: { readonly read: Role; readonly change: Role }
  /** How lists are ordered when nothing is said, with `-` for the other way round; else by the first field that can be. */
  readonly standardSort?: string
  /** Taken when one is made or changed, and no part of it: never shown, never in files. */
  readonly besides?: { readonly making?: readonly Field[]; readonly changing?: readonly Field[] }
  /** What lists can be narrowed by and is no field of it: all taken as text, each with the values it may have. */
  readonly narrowedBy?: readonly Field[]
  /** People know the names, and there are few: whoever mistypes one is told the nearest. */
  readonly hasChosenNames?: true
  /** May stand in files. */
  readonly isDeclarable?: true
  /** Field by field it may be asked for; the keys of `ListQuery.filters`. */
  list(query: ListQuery, acting: Acting): Promise<Page<Thing> | Problem>
  find(key: string, acting: Acting): Promise<Thing | undefined>
  /** Shown fields, without secrets; absent members are left out. */
  documentOf(thing: Thing, acting: Acting): Document | Promise<Document>
  /**
   * `document`: written fields, not yet looked at: whoever decides refuses unknown names with "did you mean", and reports all mistakes at
   * once. Absent: it cannot be made here.
   */
  create?(document: Document, acting: Acting): Promise<Change | Problem>
  /** `document` is all of it: what is left out has its standard again, but secrets that are left out stay. */
  replace?(thing: Thing, document: Document, acting: Acting): Promise<Change | Problem>
  /** A patch with what follows from it: another place takes away what was said about the one before. */
  completePatch?(thing: Thing, patch: Document): Document
  remove?(thing: Thing, acting: Acting): Promise<Change | Problem>
  /** Changes nothing, and is lost when it is gone or no longer as it was seen: for files that take over what is there. */
  confirm?(thing: Thing, acting: Acting): Write
  /** What else can be done with it or with all of them. */
  readonly actions?: readonly Operation[]
}
