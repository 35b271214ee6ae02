/** Changes to a client that exists: what is not mentioned stays; the result obeys the same rules as a new client. */

import type { Decided } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'
import { hasReadableSecret, makeSecret, needsReadableSecret, type SecretPorts } from './client-secrets.ts'
import { type ClientSettings, KEPT_BY_HOUSE, type KeptByHouse, type SupportedByServer } from './client-settings.ts'
import { type ClientWithSecret, needsSecret, sameSector } from './create-client.ts'
import { type ClientProperties, parseClient } from './parse-client.ts'

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

export async function editClient(
  client: Client,
  change: ClientChange,
  supported: SupportedByServer,
  ports: SecretPorts,
): Promise<Decided<ClientWithSecret>> {
  const unknown = [
    ...missing('redirect_uris', change.removeRedirectUris, client.redirectUris),
    ...missing('post_logout_redirect_uris', change.removePostLogoutRedirectUris, client.postLogoutRedirectUris),
  ]
  const parsed = parseClient(settingsAfter(client, change), supported)
  if ('mistakes' in parsed) return { mistakes: [...unknown, ...parsed.mistakes] }
  if (unknown.length > 0) return { mistakes: unknown }
  const { properties, warnings } = parsed
  const { secrets, secret, warnings: told } = await secretsAfter(client, properties, ports)
  const { sectorIdentifier: _, disabledAt: __, ...kept } = keptOf(client)
  const disabledAt = disabledSince(client, change, ports.now)
  return {
    client: {
      ...kept,
      ...properties,
      ...sameSector(client, properties),
      secrets,
      updatedAt: ports.now,
      ...(disabledAt === undefined ? {} : { disabledAt }),
    },
    ...(secret === undefined ? {} : { secret }),
    warnings: [...warnings, ...told],
  }
}

interface SecretsAfter {
  readonly secrets: readonly ClientSecret[]
  /** A new one, in plain text. */
  readonly secret?: string
  readonly warnings: readonly string[]
}

/** A public client keeps no secret; one that begins to need a secret, or to need it in the clear, gets a new one. */
async function secretsAfter(client: Client, after: ClientProperties, ports: SecretPorts): Promise<SecretsAfter> {
  if (after.type === 'public') {
    const dropped = client.secrets.length > 0 ? ['The secret was dropped: public clients have none.'] : []
    return { secrets: [], warnings: dropped }
  }
  const lacksOne = needsSecret(after) && client.secrets.length === 0
  const lacksReadable = needsReadableSecret(after) && !hasReadableSecret(client, ports.now)
  if (!lacksOne && !lacksReadable) return { secrets: client.secrets, warnings: [] }
  const { stored, plain } = await makeSecret(after, undefined, ports)
  const warnings = lacksOne
    ? []
    : [
        'A new secret was made: of the old one only a hash was kept, and now it is a key. The old one still counts for signing in.',
      ]
  return { secrets: [stored, ...client.secrets], secret: plain, warnings }
}

/** The settings that would make the client as it is now. */
export function settingsOf(client: Client): ClientSettings {
  const kept: readonly string[] = KEPT_BY_HOUSE
  return Object.fromEntries(
    Object.entries(client).filter(([name]) => !kept.includes(name)),
  ) as unknown as ClientSettings
}

function keptOf(client: Client): Pick<Client, KeptByHouse> {
  const kept: readonly string[] = KEPT_BY_HOUSE
  return Object.fromEntries(Object.entries(client).filter(([name]) => kept.includes(name))) as unknown as Pick<
    Client,
    KeptByHouse
  >
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
