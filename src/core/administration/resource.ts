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
}

export interface ChangeEvent extends Pick<NewAuditEvent, 'accountId' | 'clientUid' | 'detail'> {
  readonly type: AuditEventType
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
  remove?(thing: Thing, acting: Acting): Promise<Change | Problem>
  /** What else can be done with it or with all of them. */
  readonly actions?: readonly Operation[]
}
