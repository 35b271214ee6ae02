/** An operation: one thing that an operator can do, the same over HTTP, at the command line and from TypeScript. */

import type { Role } from '../accounts/account.ts'
import type { Field } from './field.ts'
import type { Acting, Document } from './ports.ts'
import type { Problem } from './problem.ts'

export type OperationMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Operation {
  /** `clients.list`, `clients.rotate_secret`: unique. */
  readonly name: string
  readonly method: OperationMethod
  /** Below `/api/admin/v1`: `/clients/{client_id}/rotate-secret`; a name in braces stands for one segment. */
  readonly path: string
  readonly role: Role
  readonly summary: string
  /** More, for the reference: when to use it, what happens to others. */
  readonly about?: string
  /** Of the query string. */
  readonly query?: readonly Field[]
  /** Of the body. Absent: it takes none. */
  readonly body?: readonly Field[]
  /** The body is a JSON merge patch (RFC 7396) of `body`. */
  readonly isPatch?: true
  /** The body is not JSON but bytes of one of these media types. */
  readonly takesBytes?: readonly string[]
  /** `page`: `{ items, next }`. Absent: nothing (204). */
  readonly answer?: { readonly kind: 'document' | 'page' | 'bytes'; readonly fields: readonly Field[] }
  /** RFC 9110 §13.1.1: the version has to be sent, may be sent, or means nothing. */
  readonly ifMatch?: 'required' | 'optional'
  perform(call: Call, acting: Acting): Promise<Outcome | Problem>
}

export interface Call {
  /** Of the path, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body?: Document
  readonly bytes?: { readonly mediaType: string; readonly content: Uint8Array }
  /** One entity tag without its quotes, or several with commas between them: any of them; or `*`. */
  readonly ifMatch?: string
}

export interface Outcome {
  /** 200 when absent. */
  readonly status?: 200 | 201 | 204
  readonly document?: Document
  readonly bytes?: { readonly mediaType: string; readonly content: Uint8Array }
  /** Of the document: for `If-Match`. */
  readonly version?: string
  /** Of what was made, below `/api/admin/v1`. */
  readonly location?: string
  readonly warnings?: readonly string[]
}
