/** A client as commands print it: JSON for programs, lines for people. Hashes of secrets are never shown. */

import type { Client } from '../core/clients/client.ts'
import { registrationMetadataOf } from '../core/clients/registration-metadata.ts'
import { formatFields } from './output.ts'

/** By the registered names, so that it can be given back with `client create --file`. */
export function clientJson(client: Client): Record<string, unknown> {
  return {
    client_id: client.clientId,
    ...registrationMetadataOf(client),
    ...(client.origin === undefined ? {} : { origin: client.origin }),
    secrets: client.secrets.map(({ createdAt, expiresAt }) => ({ created_at: createdAt, expires_at: expiresAt })),
    created_at: client.createdAt,
    updated_at: client.updatedAt,
    disabled_at: client.disabledAt,
  }
}

export function clientText(client: Client): string {
  const secrets = client.secrets.map(
    ({ createdAt, expiresAt }) =>
      `made ${day(createdAt)}${expiresAt === undefined ? '' : `, ends ${expiresAt.toISOString()}`}`,
  )
  const fields = Object.entries(clientJson(client)).map(([name, value]) => [name, fieldOf(value)])
  return formatFields({ ...Object.fromEntries(fields), secrets })
}

/** Short words share a line; URIs have one each. */
function fieldOf(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (!Array.isArray(value) || value.some(item => typeof item !== 'string' || item.includes('//'))) return value
  return value.length === 0 ? [] : value.join(', ')
}

export function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
