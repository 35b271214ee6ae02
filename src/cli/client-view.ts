/** A client as commands print it to people. What opens anything is not in it. */

import type { Client } from '../admin-client/operations.ts'
import { secretWarnings } from '../core/clients/secret-warnings.ts'
import { formatFields } from './output.ts'
import { dayOf, timeText } from './print-document.ts'

export function clientText(client: Client): string {
  const { secrets = [], ...rest } = client
  const fields = Object.entries(rest)
    // Said only where it is so.
    .filter(([name, value]) => !(name === 'disabled' && value === false))
    .map(([name, value]) => [name, fieldOf(value)])
  return formatFields({ ...Object.fromEntries(fields), secrets: secrets.map(secretText) })
}

export function secretText({ id, prefix, created_at, expires_at, last_used_at }: Client['secrets'][number]): string {
  const parts = [
    `made ${dayOf(created_at)}`,
    ...(prefix === undefined ? [] : [`begins with ${prefix}`]),
    ...(last_used_at === undefined ? [] : [`used ${dayOf(last_used_at)}`]),
    ...(expires_at === undefined ? [] : [`ends ${timeText(expires_at)}`]),
    `id ${id}`,
  ]
  return parts.join(', ')
}

/** Sentences about secrets that end soon. */
export function warningsOf({ client_id, client_type, secrets = [] }: Client, now: Date): readonly string[] {
  return client_type === 'public' ? [] : secretWarnings(client_id, secrets, now)
}

/** Short words share a line; URIs have one each. */
function fieldOf(value: unknown): unknown {
  if (typeof value === 'string') return timeText(value)
  if (!Array.isArray(value) || value.some(item => typeof item !== 'string' || item.includes('//'))) return value
  return value.length === 0 ? [] : value.join(', ')
}
