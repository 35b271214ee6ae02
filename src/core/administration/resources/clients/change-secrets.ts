/** What becomes of the secrets of a client: rotated, one more, one ended. Decided here, written by `secret-actions.ts`. */

import { addSeconds } from '../../../../lib/clock.ts'
import type { Client, ClientSecret } from '../../../clients/client.ts'
import {
  endedBy,
  hasReadableSecret,
  liveSecrets,
  needsReadableSecret,
  rotateSecret,
} from '../../../clients/client-secrets.ts'
import { needsSecret } from '../../../clients/create-client.ts'
import { checkGivenSecret, type GivenSecret, givenWarnings, keepGivenSecret } from '../../../clients/given-secret.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, invalid, invalidField, isProblem, notFound, type Problem } from '../../problem.ts'
import type { ChangeEvent } from '../../resource.ts'
import { GIVEN_SECRET } from './client-fields.ts'
import { secretPortsOf } from './parse-client-document.ts'

/** Each costs a slow check with every guess. */
export const MOST_SECRETS = 5
/** Longer is no change-over; and there is a last moment that a date can name. */
const MOST_OVERLAP_SECONDS = 366 * 86_400

const EXPIRES_AT: Field = {
  name: 'expires_at',
  kind: 'time',
  access: 'written',
  about: 'When the new secret ends by itself.',
  standard: 'it does not',
}
const OVERLAP: Field = {
  name: 'overlap_seconds',
  kind: 'seconds',
  access: 'written',
  about: 'How long the old secrets still count, so that the app can be changed over without a gap; at most a year.',
  standard: '0: they end at once',
}
export const ROTATE_FIELDS: readonly Field[] = [...GIVEN_SECRET, OVERLAP, EXPIRES_AT]
export const ADD_FIELDS: readonly Field[] = [...GIVEN_SECRET, EXPIRES_AT]
export const END_FIELDS: readonly Field[] = [
  { name: 'at', kind: 'time', access: 'written', about: 'When it ends.', standard: 'now' },
  {
    name: 'leave_none',
    kind: 'boolean',
    access: 'written',
    about: 'Even if the app has no secret then that counts, and is refused.',
    standard: 'false',
  },
]
export interface SecretChange {
  readonly client: Client
  readonly event: Pick<ChangeEvent, 'type' | 'detail'>
  readonly once?: Document
  readonly warnings?: readonly string[]
}

export async function rotate(client: Client, body: Document, acting: Acting): Promise<SecretChange | Problem> {
  const mistakes = documentMistakes(body, ROTATE_FIELDS, 'making')
  const overlap = typeof body.overlap_seconds === 'number' ? body.overlap_seconds : 0
  if (overlap < 0 || overlap > MOST_OVERLAP_SECONDS) {
    return invalidField('overlap_seconds', 'whole number of seconds', `must be 0 to ${MOST_OVERLAP_SECONDS} (a year)`)
  }
  const kept = overlap === 0 ? [] : liveSecrets(client.secrets, acting.now)
  if (kept.length >= MOST_SECRETS) return tooMany(client, kept.length)
  const made = await newSecret(client, body, mistakes, acting)
  if (isProblem(made)) return made
  const { stored, once, warnings } = made
  const rotated = rotateSecret(client, stored, overlap, acting.now)
  const oldEnds = rotated.secrets.length > 1 ? addSeconds(acting.now, overlap).toISOString() : undefined
  return {
    client: rotated,
    event: { type: 'client.secret-rotated', detail: { overlap_seconds: overlap } },
    once: { ...once, ...(oldEnds === undefined ? {} : { old_secret_expires_at: oldEnds }) },
    warnings: kept.length > 0 && needsReadableSecret(client) ? [...warnings, SIGNS_AT_ONCE] : warnings,
  }
}

/** OIDC Core §10.1: one secret makes the MAC. */
const SIGNS_AT_ONCE =
  'What the server signs or encrypts with the secret is made with the new one from now on; the old one counts for what the app sends.'

function tooMany({ clientId }: Client, many: number): Problem {
  return conflict(`the client ${clientId} has ${many} secrets already: end one of them first`)
}

export async function add(client: Client, body: Document, acting: Acting): Promise<SecretChange | Problem> {
  const live = liveSecrets(client.secrets, acting.now)
  if (live.length >= MOST_SECRETS) return tooMany(client, live.length)
  const made = await newSecret(client, body, documentMistakes(body, ADD_FIELDS, 'making'), acting)
  if (isProblem(made)) return made
  const { stored, once, warnings } = made
  return {
    client: { ...client, secrets: [stored, ...live] },
    event: { type: 'client.secret-added', detail: { secret_id: stored.id } },
    once,
    warnings,
  }
}

function checkUsesSecret(client: Client): Problem | undefined {
  if (client.type === 'public') {
    const message = `${client.clientId} is a public client and has no secret`
    return invalidField('client_type', 'RFC 6749 §2.1 client type', message)
  }
  if (needsSecret(client)) return undefined
  const message = `${client.clientId} proves itself with a key and needs no secret`
  return invalidField('token_endpoint_auth_methods', 'RFC 7591 §3.2.1 a secret is for clients that use one', message)
}

interface NewSecret {
  readonly stored: ClientSecret
  readonly once: Document
  readonly warnings: readonly string[]
}

async function newSecret(
  client: Client,
  body: Document,
  shapes: readonly SettingsMistake[],
  acting: Acting,
): Promise<NewSecret | Problem> {
  const useless = checkUsesSecret(client)
  if (useless !== undefined) return useless
  if (shapes.length > 0) return invalid(shapes)
  const given: GivenSecret = {
    ...(typeof body.client_secret === 'string' ? { clientSecret: body.client_secret } : {}),
    ...(typeof body.client_secret_hash === 'string' ? { clientSecretHash: body.client_secret_hash } : {}),
  }
  const expiresAt = typeof body.expires_at === 'string' ? new Date(body.expires_at) : undefined
  const past =
    expiresAt !== undefined && expiresAt <= acting.now
      ? [{ member: 'expires_at', rule: 'in the future', message: 'is past: the secret would never count' }]
      : []
  const mistakes = [...checkGivenSecret(given, client), ...past]
  if (mistakes.length > 0) return invalid(mistakes)
  const { stored, plain, isMade } = await keepGivenSecret(given, client, secretPortsOf(acting))
  return {
    stored: expiresAt === undefined ? stored : { ...stored, expiresAt },
    once: isMade && plain !== undefined ? { client_secret: plain } : {},
    warnings: givenWarnings(given),
  }
}

export async function end(
  client: Client,
  secretId: string,
  body: Document,
  { now }: Acting,
): Promise<SecretChange | Problem> {
  const mistakes = documentMistakes(body, END_FIELDS, 'making')
  if (mistakes.length > 0) return invalid(mistakes)
  if (!client.secrets.some(({ id }) => id === secretId)) return notFound('secret', secretId)
  const said = typeof body.at === 'string' ? new Date(body.at) : now
  const at = said < now ? now : said
  const secrets = client.secrets.map(secret => (secret.id === secretId ? endedBy(secret, at) : secret))
  if (body.leave_none !== true && leavesNone({ ...client, secrets }, at)) {
    const message = 'is the last secret that the app can use: add another one first, or say leave_none'
    return invalidField('secret_id', 'a client that needs a secret keeps one', message)
  }
  return {
    client: { ...client, secrets: [...liveSecrets(secrets, now)] },
    event: { type: 'client.secret-ended', detail: { secret_id: secretId, ends_at: at.toISOString() } },
  }
}

function leavesNone(client: Client, at: Date): boolean {
  if (!needsSecret(client)) return false
  return needsReadableSecret(client) ? !hasReadableSecret(client, at) : liveSecrets(client.secrets, at).length === 0
}
