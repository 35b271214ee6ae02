/** Identities as commands print them. */

import type { ItemOf } from '../admin-client/admin-client.ts'

export type IdentityDocument = ItemOf<'identities.list'>

export function identityJson({ id: _, ...identity }: IdentityDocument): Omit<IdentityDocument, 'id'> {
  return identity
}

/** `corp: a-1 (Ada)` */
export function identityText({ upstream, subject, label }: IdentityDocument): string {
  return `${upstream}: ${subject}${label === undefined ? '' : ` (${label})`}`
}
