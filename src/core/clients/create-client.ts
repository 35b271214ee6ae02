/** A new client, or a whole replacement of one: settings in, client and its secret out. */

import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { Decided } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'
import {
  checkChosenSecret,
  hasReadableSecret,
  makeSecret,
  needsReadableSecret,
  type SecretPorts,
} from './client-secrets.ts'
import type { ClientSettings, SupportedByServer } from './client-settings.ts'
import { type ClientProperties, parseClient } from './parse-client.ts'

export interface NewClientSettings extends Omit<ClientSettings, 'clientId'> {
  /** Made up when absent. */
  readonly clientId?: string
  /** Made up for confidential clients when absent, dropped with a warning for public ones. */
  readonly clientSecret?: string
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
  const { clientSecret, ...rest } = settings
  const clientId = settings.clientId ?? makeClientId(settings.name ?? '', ports.random)
  const parsed = parseClient({ ...rest, clientId }, supported)
  const uses = 'mistakes' in parsed ? {} : parsed.properties
  const isPublic = settings.type === 'public'
  const secretMistakes = clientSecret === undefined || isPublic ? [] : checkChosenSecret(clientSecret, uses)
  if ('mistakes' in parsed) return { mistakes: [...parsed.mistakes, ...secretMistakes] }
  if (secretMistakes.length > 0) return { mistakes: secretMistakes }
  const { properties, warnings } = parsed
  if (!needsSecret(properties)) {
    const why = isPublic ? 'is a public client and has' : 'proves itself with a key and needs'
    const dropped = clientSecret === undefined ? [] : [`${clientId} ${why} no secret: the one given was dropped.`]
    return { client: assemble(properties, [], ports), warnings: [...warnings, ...dropped] }
  }
  const secret = await makeSecret(properties, clientSecret, ports)
  return { client: assemble(properties, [secret.stored], ports), secret: secret.plain, warnings }
}

/** RFC 7591 §3.2.1: a secret is issued to clients that use one, to prove themselves or as a key. */
export function needsSecret(client: ClientProperties): boolean {
  if (client.type === 'public') return false
  return (
    client.tokenEndpointAuthMethods.some(method => method.startsWith('client_secret_')) || needsReadableSecret(client)
  )
}

/**
 * The same client with other settings: it keeps its identity, so the consents given to it stay, and people are known to it by the same
 * `sub`. Its secret stays as well unless another one was given, so that an initialisation step can run again and again.
 */
export function replacing(existing: Client, made: ClientWithSecret, secretGiven: boolean): ClientWithSecret {
  const { client } = made
  const identity = { uid: existing.uid, createdAt: existing.createdAt, ...sameSector(existing, client) }
  const isReadable = !needsReadableSecret(client) || hasReadableSecret(existing, client.updatedAt)
  const keepsSecrets = client.secrets.length > 0 && !secretGiven && existing.secrets.length > 0 && isReadable
  return keepsSecrets
    ? { client: { ...client, ...identity, secrets: existing.secrets } }
    : { ...made, client: { ...client, ...identity } }
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
