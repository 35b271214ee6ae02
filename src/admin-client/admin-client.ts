/** The admin API from TypeScript: `client.call('clients.create', { body: { client_name: 'Wiki' } })`. */

import type { AdminOperations } from './operations.ts'

export type OperationName = keyof AdminOperations

/** What an operation takes: the names in its path, its query parameters, its body, and the version that was seen. */
export type InputOf<Name extends OperationName> = AdminOperations[Name]['input']
export type DocumentOf<Name extends OperationName> = AdminOperations[Name]['answer']

export interface Answer<Document> {
  readonly document: Document
  /** For `ifMatch`: a change is refused when it is no longer this one. */
  readonly version?: string
  /** Sentences for people. */
  readonly warnings: readonly string[]
}

/** What travels: names of the path, query parameters, a document or bytes, the version that was seen. */
export interface AdminCall {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: object
  readonly bytes?: { readonly mediaType: string; readonly content: Uint8Array }
  readonly ifMatch?: string
}

export interface AdminAnswer {
  readonly document?: unknown
  readonly bytes?: { readonly mediaType: string; readonly content: Uint8Array }
  readonly version?: string
  readonly warnings?: readonly string[]
}

/** The way there: over HTTP, or straight into the house. Throws `AdminProblem`. */
export interface AdminTransport {
  send(name: OperationName, call: AdminCall): Promise<AdminAnswer>
}

export interface FieldMistake {
  readonly member: string
  readonly rule: string
  readonly message: string
}

/** It was not done. `kind` is stable; `message` is a sentence for people. */
export class AdminProblem extends Error {
  override readonly name = 'AdminProblem'
  readonly kind: string
  readonly mistakes: readonly FieldMistake[]

  constructor(kind: string, message: string, mistakes: readonly FieldMistake[] = []) {
    super(message)
    this.kind = kind
    this.mistakes = mistakes
  }
}

export interface AdminClient {
  call<Name extends OperationName>(name: Name, ...input: InputArguments<Name>): Promise<Answer<DocumentOf<Name>>>
  /** Every item of a list, page by page. */
  all<Name extends ListName>(name: Name, query?: QueryOf<Name>): AsyncGenerator<ItemOf<Name>, void>
}

/** The input may be left out where nothing in it is required. */
type InputArguments<Name extends OperationName> =
  object extends InputOf<Name> ? [input?: InputOf<Name>] : [input: InputOf<Name>]

export type ListName = {
  [Name in OperationName]: AdminOperations[Name] extends {
    readonly input: { readonly query?: { readonly cursor?: string } }
    readonly answer: { readonly items: readonly unknown[] }
  }
    ? Name
    : never
}[OperationName]

export type QueryOf<Name extends ListName> = InputOf<Name> extends { readonly query?: infer Query } ? Query : never

export type ItemOf<Name extends ListName> =
  DocumentOf<Name> extends { readonly items: readonly (infer Item)[] } ? Item : never

const LARGEST_PAGE = 200

export function createAdminClient(transport: AdminTransport): AdminClient {
  async function call<Name extends OperationName>(
    name: Name,
    ...[input]: InputArguments<Name>
  ): Promise<Answer<DocumentOf<Name>>> {
    const { document, bytes, version, warnings = [] } = await transport.send(name, (input ?? {}) as AdminCall)
    return {
      document: (bytes ?? document) as DocumentOf<Name>,
      warnings,
      ...(version === undefined ? {} : { version }),
    }
  }
  return {
    call,
    async *all(name, query) {
      let cursor: string | undefined
      do {
        const sent = {
          query: { limit: LARGEST_PAGE, ...(query as object), ...(cursor === undefined ? {} : { cursor }) },
        }
        const { document } = await transport.send(name, sent)
        const page = document as { readonly items: readonly ItemOf<typeof name>[]; readonly next?: string }
        yield* page.items
        cursor = page.next
      } while (cursor !== undefined)
    },
  }
}
