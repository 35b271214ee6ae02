/** Changes to a client that exists: what is not mentioned stays; the result obeys the same rules as a new client. */

import type { Decided } from '../settings-mistake.ts'
import type { Client } from './client.ts'
import { generateSecret, type SecretPorts } from './client-secrets.ts'
import type { ClientSettings, SupportedByServer } from './client-settings.ts'
import type { ClientWithSecret } from './create-client.ts'
import { parseClient } from './parse-client.ts'

export interface ClientChange {
  /** The `client_id` cannot change: apps know the client by it. */
  readonly set: Partial<Omit<ClientSettings, 'clientId'>>
  /** Members to take away, so that their defaults count again. */
  readonly clear?: readonly (keyof Omit<ClientSettings, 'clientId' | 'type'>)[]
  readonly addRedirectUris?: readonly string[]
  readonly removeRedirectUris?: readonly string[]
  readonly addPostLogoutRedirectUris?: readonly string[]
  readonly removePostLogoutRedirectUris?: readonly string[]
  /** Switches the client off or on again. */
  readonly disabled?: boolean
}

export function editClient(
  client: Client,
  change: ClientChange,
  supported: SupportedByServer,
  ports: Pick<SecretPorts, 'random' | 'now'>,
): Decided<ClientWithSecret> {
  const unknown = [
    ...missing('redirect_uris', change.removeRedirectUris, client.redirectUris),
    ...missing('post_logout_redirect_uris', change.removePostLogoutRedirectUris, client.postLogoutRedirectUris),
  ]
  const parsed = parseClient(settingsAfter(client, change), supported)
  if ('mistakes' in parsed) return { mistakes: [...unknown, ...parsed.mistakes] }
  if (unknown.length > 0) return { mistakes: unknown }
  const { properties, warnings } = parsed
  // A public client keeps no secret; one that becomes confidential gets a new one.
  const made = properties.type === 'confidential' && client.type === 'public' ? generateSecret(ports) : undefined
  const secrets = properties.type === 'public' ? [] : made === undefined ? client.secrets : [made.stored]
  const disabledAt = disabledSince(client, change, ports.now)
  return {
    client: {
      uid: client.uid,
      ...properties,
      secrets,
      createdAt: client.createdAt,
      updatedAt: ports.now,
      ...(disabledAt === undefined ? {} : { disabledAt }),
    },
    ...(made === undefined ? {} : { secret: made.plain }),
    warnings:
      secrets.length < client.secrets.length
        ? [...warnings, 'The secret was dropped: public clients have none.']
        : warnings,
  }
}

/** The settings that would make the client as it is now. */
export function settingsOf({
  uid: _,
  secrets: __,
  createdAt: ___,
  updatedAt: ____,
  disabledAt: _____,
  ...settings
}: Client): ClientSettings {
  return settings
}

/** The names of the members that differ, for the audit. Secrets are named, never shown. */
export function changedMembers(before: Client, after: Client): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Client)[])
  names.delete('updatedAt')
  return [...names].filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort()
}

function settingsAfter(client: Client, change: ClientChange): ClientSettings {
  const switchesType = change.set.type !== undefined && change.set.type !== client.type
  const { tokenEndpointAuthMethods: methods, requirePkce, ...rest } = settingsOf(client)
  const merged: ClientSettings = {
    ...rest,
    // What hangs on the type starts again from its defaults.
    ...(switchesType ? {} : { tokenEndpointAuthMethods: methods, requirePkce }),
    ...change.set,
    redirectUris: edited(
      change.set.redirectUris ?? client.redirectUris,
      change.addRedirectUris,
      change.removeRedirectUris,
    ),
    postLogoutRedirectUris: edited(
      change.set.postLogoutRedirectUris ?? client.postLogoutRedirectUris,
      change.addPostLogoutRedirectUris,
      change.removePostLogoutRedirectUris,
    ),
  }
  const cleared: readonly string[] = change.clear ?? []
  const { clientId, type, ...optional } = merged
  return { clientId, type, ...Object.fromEntries(Object.entries(optional).filter(([name]) => !cleared.includes(name))) }
}

function edited(
  uris: readonly string[],
  added: readonly string[] = [],
  removed: readonly string[] = [],
): readonly string[] {
  return [...uris.filter(uri => !removed.includes(uri)), ...added]
}

function missing(member: string, removed: readonly string[] = [], present: readonly string[]) {
  return removed
    .filter(uri => !present.includes(uri))
    .map(uri => ({ member, rule: 'compared exactly', message: `${uri} is not among them, so it cannot be removed` }))
}

function disabledSince(client: Client, { disabled }: ClientChange, now: Date): Date | undefined {
  if (disabled === undefined) return client.disabledAt
  return disabled ? (client.disabledAt ?? now) : undefined
}
