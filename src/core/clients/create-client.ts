/** A new client, or a whole replacement of one: settings in, client and its secret out. */

import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { Decided } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'
import { checkChosenSecret, generateSecret, keepChosenSecret, type SecretPorts } from './client-secrets.ts'
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
  const isPublic = settings.type === 'public'
  const secretMistakes = clientSecret === undefined || isPublic ? [] : checkChosenSecret(clientSecret)
  if ('mistakes' in parsed) return { mistakes: [...parsed.mistakes, ...secretMistakes] }
  if (secretMistakes.length > 0) return { mistakes: secretMistakes }
  const { properties } = parsed
  if (isPublic) {
    const dropped =
      clientSecret === undefined ? [] : [`${clientId} is a public client and has no secret: the one given was dropped.`]
    return { client: assemble(properties, [], ports), warnings: [...parsed.warnings, ...dropped] }
  }
  const secret = clientSecret === undefined ? generateSecret(ports) : await keepChosenSecret(clientSecret, ports)
  return { client: assemble(properties, [secret.stored], ports), secret: secret.plain, warnings: parsed.warnings }
}

/**
 * The same client with other settings: it keeps its identity, so the consents given to it stay. Its secret stays as well unless
 * another one was given, so that an initialisation step can run again and again.
 */
export function replacing(existing: Client, made: ClientWithSecret, secretGiven: boolean): ClientWithSecret {
  const identity = { uid: existing.uid, createdAt: existing.createdAt }
  const keepsSecrets = made.client.type === 'confidential' && !secretGiven && existing.secrets.length > 0
  return keepsSecrets
    ? { client: { ...made.client, ...identity, secrets: existing.secrets } }
    : { ...made, client: { ...made.client, ...identity } }
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
