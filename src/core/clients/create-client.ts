/** A new client: settings in, client and its secret out. */

import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { Decided } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'
import { needsReadableSecret, type SecretPorts } from './client-secrets.ts'
import type { ClientSettings, SupportedByServer } from './client-settings.ts'
import { checkGivenSecret, type GivenSecret, givenWarnings, isSecretGiven, keepGivenSecret } from './given-secret.ts'
import { type ClientProperties, parseClient } from './parse-client.ts'

/** The secret: made up for confidential clients when none is given, dropped with a warning for public ones. */
export interface NewClientSettings extends Omit<ClientSettings, 'clientId'>, GivenSecret {
  /** Made up when absent. */
  readonly clientId?: string
}

export type ClientWithSecret = {
  readonly client: Client
  /** The secret in plain text, for this once. Absent for public clients. */
  readonly secret?: string
}

export async function createClient(
  settings: NewClientSettings,
  supported: SupportedByServer,
  ports: SecretPorts,
): Promise<Decided<ClientWithSecret>> {
  const { clientSecret, clientSecretHash, ...rest } = settings
  const given = { clientSecret, clientSecretHash }
  const clientId = settings.clientId ?? makeClientId(settings.name ?? '', ports.random)
  const parsed = parseClient({ ...rest, clientId }, supported)
  const uses = 'mistakes' in parsed ? {} : parsed.properties
  const isPublic = settings.type === 'public'
  const secretMistakes = isPublic ? [] : checkGivenSecret(given, uses)
  if ('mistakes' in parsed) return { mistakes: [...parsed.mistakes, ...secretMistakes] }
  if (secretMistakes.length > 0) return { mistakes: secretMistakes }
  const { properties, warnings } = parsed
  if (!needsSecret(properties)) {
    const dropped = isSecretGiven(given) ? [secretDropped(properties)] : []
    return { client: assemble(properties, [], ports), warnings: [...warnings, ...dropped] }
  }
  const { stored, plain } = await keepGivenSecret(given, properties, ports)
  return {
    client: assemble(properties, [stored], ports),
    ...(plain === undefined ? {} : { secret: plain }),
    warnings: [...warnings, ...givenWarnings(given)],
  }
}

export function secretDropped({ clientId, type }: Pick<ClientProperties, 'clientId' | 'type'>): string {
  const why = type === 'public' ? 'is a public client and has' : 'proves itself with a key and needs'
  return `${clientId} ${why} no secret: the one given was dropped.`
}

/** RFC 7591 §3.2.1: a secret is issued to clients that use one, to prove themselves or as a key. */
export function needsSecret(client: ClientProperties): boolean {
  if (client.type === 'public') return false
  return (
    client.tokenEndpointAuthMethods.some(method => method.startsWith('client_secret_')) || needsReadableSecret(client)
  )
}

/** OIDC Core §8.1: people keep their pairwise `sub` when the app moves to another host; only its own word changes the sector. */
export function sameSector(before: Client, after: ClientProperties): Pick<Client, 'sectorIdentifier'> {
  const isSame = after.subjectType === 'pairwise' && before.sectorIdentifierUri === after.sectorIdentifierUri
  return isSame && before.sectorIdentifier !== undefined ? { sectorIdentifier: before.sectorIdentifier } : {}
}

function assemble(
  properties: ClientProperties,
  secrets: readonly ClientSecret[],
  { random, now }: SecretPorts,
): Client {
  return { uid: newId(now, random), ...properties, secrets, createdAt: now, updatedAt: now }
}

/** Crockford's base 32 in lower case: no i, l, o, u, so that it can be read out. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** `dashboard-k3m9qxt27a`: people recognise it, nobody guesses it (50 bits). */
export function makeClientId(name: string, random: Random): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
  const ending = [...random.bytes(10)].map(byte => LETTERS[byte & 31]).join('')
  return `${slug === '' ? 'client' : slug}-${ending}`
}
