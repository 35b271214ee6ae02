/** A declaration: what a file said about a thing when it was last applied. It marks the thing as owned by the file. */

import type { JsonObject } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'

export interface Declaration {
  /** The section of the file: `clients`. */
  readonly kind: string
  /** Which of them: `wiki`. */
  readonly key: string
  /** Where it stands, for people: `sallyport.yaml:12`. */
  readonly source: string
  /** As it was declared; in place of a secret stands a keyed digest of it. */
  readonly document: JsonObject
  readonly appliedAt: Date
}

export interface DeclarationRepository {
  find(kind: string, key: string): Promise<Declaration | undefined>
  list(): Promise<readonly Declaration[]>
  /** Lost (`declarations.insert`) when it is declared already. */
  insert(declaration: Declaration): Write
  /** Lost (`declarations.replace`) when it is no longer as `seen`. */
  replace(declaration: Declaration, seen: Declaration): Write
  /** Writes nothing; lost (`declarations.asSeen`) when it is no longer as `seen`, or is there by now. Goes behind the write of the thing. */
  asSeen(kind: string, key: string, seen: Declaration | undefined): Write
  /** Lost (`declarations.delete`) when it is no longer as `seen`. */
  delete(seen: Declaration): Write
}
