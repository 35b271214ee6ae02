/** A client as operators see it: its registered metadata, its secrets by their dates, never what opens anything. */

import type { Client } from '../../../clients/client.ts'
import { logoPath } from '../../../clients/logo-path.ts'
import { registrationMetadataOf } from '../../../clients/registration-metadata.ts'
import type { SecretUse } from '../../../clients/secret-use.ts'
import type { Acting, Document } from '../../ports.ts'
import { madeAndChanged, ownedBy } from '../made-and-changed.ts'

export async function clientDocument(client: Client, acting: Acting): Promise<Document> {
  const { repositories } = acting
  const uses = client.secrets.length === 0 ? [] : await repositories.secretUses.listOfClient(client.uid)
  return { ...documentWithUses(client, uses, acting), ...(await ownedBy('clients', client.clientId, acting)) }
}

/** What lists are searched, narrowed and ordered by: without a look into the database for each. */
export function briefDocument(client: Client, acting: Pick<Acting, 'issuer'>): Document {
  return documentWithUses(client, [], acting)
}

function documentWithUses(client: Client, uses: readonly SecretUse[], { issuer }: Pick<Acting, 'issuer'>): Document {
  const { clientId, disabledAt, origin = 'operator' } = client
  const logo = logoPath(client)
  return {
    client_id: clientId,
    ...registrationMetadataOf(client),
    disabled: disabledAt !== undefined,
    ...(disabledAt === undefined ? {} : { disabled_at: disabledAt.toISOString() }),
    secrets: secretDocuments(client, uses),
    ...(logo === undefined ? {} : { logo: issuer + logo }),
    origin,
    ...madeAndChanged(client),
  }
}

export function secretDocuments({ secrets }: Pick<Client, 'secrets'>, uses: readonly SecretUse[]): readonly Document[] {
  return secrets.map(({ id, prefix, createdAt, expiresAt }) => {
    const used = uses.find(({ secretId }) => secretId === id)?.lastUsedAt
    return {
      id,
      ...(prefix === undefined ? {} : { prefix }),
      created_at: createdAt.toISOString(),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
      ...(used === undefined ? {} : { last_used_at: used.toISOString() }),
    }
  })
}
