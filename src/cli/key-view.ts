/** Keys as commands show them; never a private half. */

import type { DocumentOf } from '../admin-client/admin-client.ts'

export type KeyDocument = DocumentOf<'keys.read'>

export function keyJson(key: KeyDocument): Readonly<Record<string, unknown>> {
  const { kid, alg, state, created_at, retired_at, unpublish_at } = key
  return { kid, alg, state, created_at, retired_at: retired_at ?? null, unpublish_at: unpublish_at ?? null }
}
