/** What a file declares of an app that registered itself is changed in the file: the app may neither change it nor go. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client, JsonObject } from '../clients/client.ts'
import { registrationMetadataOf } from '../clients/registration-metadata.ts'
import type { Declaration } from '../declarations/declaration.ts'
import { isSame } from '../declarations/merge.ts'

/** `after` absent: it would be deleted. RFC 7592 §2.2, §2.3: whoever may not is answered with 403. */
export function checkDeclaredMembers(
  declaration: Declaration | undefined,
  before: Client,
  after?: Client,
): Refusal | undefined {
  if (declaration === undefined) return undefined
  const { document, source } = declaration
  const members = after === undefined ? [] : changedOf(document, before, after)
  if (after !== undefined && members.length === 0) return undefined
  const what =
    after === undefined ? 'the client is declared by this server' : `${members.join(', ')}: declared by this server`
  return refuse('access_denied', what, 'what a file declares is changed in the file', {
    client_id: before.clientId,
    source,
    members,
  })
}

function changedOf(declared: JsonObject, before: Client, after: Client): readonly string[] {
  const [was, is]: readonly JsonObject[] = [registrationMetadataOf(before), registrationMetadataOf(after)]
  return Object.keys(declared).filter(name => !isSame(was?.[name], is?.[name]))
}
