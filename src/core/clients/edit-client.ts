/** A client that exists gets other settings: they obey the same rules as those of a new client. */

import type { Decided } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'
import { hasReadableSecret, makeSecret, needsReadableSecret, type SecretPorts } from './client-secrets.ts'
import { type ClientSettings, KEPT_BY_HOUSE, type KeptByHouse, type SupportedByServer } from './client-settings.ts'
import { type ClientWithSecret, needsSecret, sameSector, secretDropped } from './create-client.ts'
import { checkGivenSecret, type GivenSecret, givenWarnings, isSecretGiven, keepGivenSecret } from './given-secret.ts'
import { type ClientProperties, parseClient } from './parse-client.ts'

export interface ClientReplacement extends GivenSecret {
  readonly settings: ClientSettings
  /** Absent: as it was. */
  readonly disabled?: boolean
}

/**
 * The same client with other settings: it keeps its identity, so the consents given to it stay, and people are known to it by the same
 * `sub`. Its secrets stay unless another one is given, which then is the only one.
 */
export async function replaceClient(
  client: Client,
  { settings, disabled, ...given }: ClientReplacement,
  supported: SupportedByServer,
  ports: SecretPorts,
): Promise<Decided<ClientWithSecret>> {
  const parsed = parseClient(settings, supported)
  if ('mistakes' in parsed) {
    return { mistakes: [...parsed.mistakes, ...(settings.type === 'public' ? [] : checkGivenSecret(given, {}))] }
  }
  const { properties, warnings } = parsed
  const secretMistakes = properties.type === 'public' ? [] : checkGivenSecret(given, properties)
  if (secretMistakes.length > 0) return { mistakes: secretMistakes }
  const { secrets, secret, warnings: told } = await secretsAfter(client, properties, given, ports)
  const { sectorIdentifier: _, disabledAt: __, ...kept } = keptOf(client)
  const disabledAt = disabledSince(client, disabled, ports.now)
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

/**
 * A public client keeps no secret (a change to public and back makes a new one); one that begins to need a secret, or to need it in the
 * clear, gets a new one.
 */
async function secretsAfter(
  client: Client,
  after: ClientProperties,
  given: GivenSecret,
  ports: SecretPorts,
): Promise<SecretsAfter> {
  const isGiven = isSecretGiven(given)
  if (after.type === 'public') {
    const dropped = client.secrets.length > 0 ? ['The secret was dropped: public clients have none.'] : []
    return { secrets: [], warnings: isGiven ? [secretDropped(after)] : dropped }
  }
  if (isGiven && !needsSecret(after)) return { secrets: client.secrets, warnings: [secretDropped(after)] }
  if (isGiven) {
    const same = client.secrets.find(({ hash }) => hash === given.clientSecretHash)
    const stored = same === undefined ? (await keepGivenSecret(given, after, ports)).stored : withoutEnd(same)
    return { secrets: [stored], warnings: givenWarnings(given) }
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

/** Whoever gives a secret again that was about to end, or has ended, means it to count. */
function withoutEnd({ expiresAt: _, ...secret }: ClientSecret): ClientSecret {
  return secret
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
  for (const byItself of ['updatedAt', 'updatedBy'] as const) names.delete(byItself)
  return [...names].filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort()
}

function disabledSince(client: Client, disabled: boolean | undefined, now: Date): Date | undefined {
  if (disabled === undefined) return client.disabledAt
  return disabled ? (client.disabledAt ?? now) : undefined
}
