/** `--add-redirect-uri`, `--remove-redirect-uri` and the same for those after signing out: single URIs of a list. */

import type { Client } from '../admin-client/operations.ts'
import type { WrittenClient } from './client-document.ts'
import type { ReadOptions } from './option-table.ts'

export interface UriEdits {
  readonly addRedirectUri?: readonly string[]
  readonly removeRedirectUri?: readonly string[]
  readonly addPostLogoutRedirectUri?: readonly string[]
  readonly removePostLogoutRedirectUri?: readonly string[]
}

/** The lists that are touched, as they are then. `patch`: a list that is given whole is what the edits begin with. */
export function changedUris(client: Client, patch: WrittenClient, edits: UriEdits): ReadOptions<WrittenClient> {
  const lists = [
    changedList('redirect_uris', client.redirect_uris, patch, edits.addRedirectUri, edits.removeRedirectUri),
    changedList(
      'post_logout_redirect_uris',
      client.post_logout_redirect_uris,
      patch,
      edits.addPostLogoutRedirectUri,
      edits.removePostLogoutRedirectUri,
    ),
  ]
  return {
    values: Object.assign({}, ...lists.map(({ values }) => values)),
    misread: lists.flatMap(({ misread }) => misread),
  }
}

function changedList(
  member: string,
  present: readonly string[] = [],
  patch: WrittenClient,
  added: readonly string[] = [],
  removed: readonly string[] = [],
): ReadOptions<WrittenClient> {
  if (added.length === 0 && removed.length === 0) return { values: {}, misread: [] }
  const given = patch[member]
  const whole = Array.isArray(given) ? given.map(String) : present
  const misread = removed
    .filter(uri => !present.includes(uri))
    .map(uri => ({ member, rule: 'compared exactly', message: `${uri} is not among them, so it cannot be removed` }))
  return { values: { [member]: [...whole.filter(uri => !removed.includes(uri)), ...added] }, misread }
}
