/** The file as the one who acts: what it declares may be anything, as whoever writes it may open the database. */

import type { Actor } from '../administration/actor.ts'

/** `address`: from where it was applied, for the audit. */
export function fileActor(address: 'cli' | 'start'): Actor {
  return { kind: 'file', name: 'sallyport.yaml', role: 'administrator', address }
}
