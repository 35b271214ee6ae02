/** A client gets another form: with it go the notes about secrets that it no longer has. */

import type { Client } from '../../../clients/client.ts'
import type { Write } from '../../../unit-of-work.ts'
import type { Acting } from '../../ports.ts'

export function clientWrites(before: Client, after: Client, { repositories }: Acting): readonly Write[] {
  const gone = before.secrets.filter(({ id }) => !after.secrets.some(secret => secret.id === id))
  return [
    repositories.clients.replace(after, before),
    ...gone.map(({ id }) => repositories.secretUses.forget({ clientUid: before.uid, secretId: id })),
  ]
}
