/** Secrets of confidential clients: made, chosen, rotated. Only hashes are kept, and the secret itself, sealed, where it is needed in the clear. */

import { hash } from 'node:crypto'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import { type EncryptionAlgorithm, keyManagementOf } from '../../spec/jwe.ts'
import { minSecretOctets, type SigningAlgorithm } from '../../spec/jws.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { SecretHasher } from '../secret-hasher.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'

export interface SecretPorts {
  readonly random: Random
  readonly hasher: SecretHasher
  /** Opened only for clients that need their secret in the clear: a command may run where the master key is not. */
  readonly sealer: () => Promise<Pick<KeySealer, 'seal'>>
  readonly now: Date
}

export interface NewSecret {
  readonly stored: ClientSecret
  /** The secret itself, to be shown once. */
  readonly plain: string
}

/** What decides whether a client's secret must be read again. */
export type SecretNeeds = Partial<
  Pick<
    Client,
    | 'tokenEndpointAuthMethods'
    | 'tokenEndpointAuthSigningAlg'
    | 'idTokenSignedResponseAlg'
    | 'userinfoSignedResponseAlg'
    | 'introspectionSignedResponseAlg'
    | 'authorizationSignedResponseAlg'
    | 'accessTokenSigningAlg'
    | 'requestObjectSigningAlg'
    | 'backchannelAuthenticationRequestSigningAlg'
    | 'idTokenEncryptedResponseAlg'
    | 'userinfoEncryptedResponseAlg'
    | 'introspectionEncryptedResponseAlg'
    | 'authorizationEncryptedResponseAlg'
    | 'requestObjectEncryptionAlg'
  >
>

/** OIDC Core §10.1, §10.2: the secret is a key of both sides. */
export function needsReadableSecret(uses: SecretNeeds): boolean {
  return macOctets(uses) > 0 || encryptionsOf(uses).some(alg => keyManagementOf(alg) === 'secret')
}

/** A secret as a client of these uses needs it: the one that was chosen, or else one of ours. */
export async function makeSecret(
  uses: SecretNeeds,
  chosen: string | undefined,
  ports: SecretPorts,
): Promise<NewSecret> {
  if (!needsReadableSecret(uses)) return chosen === undefined ? generateSecret(ports) : keepChosenSecret(chosen, ports)
  const made = chosen === undefined ? generateSecret(ports, MAC_SECRET_BYTES) : await keepChosenSecret(chosen, ports)
  return sealed(made, await ports.sealer())
}

/** 64 characters, as many as the longest MAC takes: whatever algorithm the client changes to, its secret is long enough. */
const MAC_SECRET_BYTES = 48

const PREFIX_LENGTH = 6

/** 256 random bits need no slow hash: nobody guesses them, and the token endpoint stays fast. */
export function generateSecret({ random, now }: Pick<SecretPorts, 'random' | 'now'>, bytes = 32): NewSecret {
  const plain = random.bytes(bytes).toString('base64url')
  return {
    plain,
    stored: {
      id: newId(now, random),
      hash: `sha256:${hash('sha256', plain, 'base64url')}`,
      // 220 bits and more are left.
      prefix: plain.slice(0, PREFIX_LENGTH),
      createdAt: now,
    },
  }
}

/** A secret that a person chose may be a weak one, so its hash is argon2id. */
export async function keepChosenSecret(
  plain: string,
  { random, hasher, now }: Pick<SecretPorts, 'random' | 'hasher' | 'now'>,
): Promise<NewSecret> {
  return { plain, stored: { id: newId(now, random), hash: await hasher.hash(plain), createdAt: now } }
}

/** A secret that nobody here knows: another system kept this digest of it. */
export function keepDigest(digest: string, { random, now }: Pick<SecretPorts, 'random' | 'now'>): ClientSecret {
  return { id: newId(now, random), hash: digest, createdAt: now }
}

/** The same secret, to be read again. */
export function sealed({ plain, stored }: NewSecret, sealer: Pick<KeySealer, 'seal'>): NewSecret {
  return {
    plain,
    stored: { ...stored, sealed: sealer.seal(Buffer.from(plain, 'utf8'), sealContext(stored)).toString('base64url') },
  }
}

/** The secret in the clear; nothing when only its hash was kept. */
export function openSecret(secret: ClientSecret, sealer: Pick<KeySealer, 'open'>): string | undefined {
  if (secret.sealed === undefined) return undefined
  return sealer.open(Buffer.from(secret.sealed, 'base64url'), sealContext(secret)).toString('utf8')
}

function sealContext({ id }: Pick<ClientSecret, 'id'>): string {
  return `client-secret:${id}`
}

/** `uses`: a secret that is a key of a MAC has to be long enough for it. */
export function checkChosenSecret(secret: string, uses: SecretNeeds = {}): readonly SettingsMistake[] {
  if (secret === '') {
    return [{ member: 'client_secret', rule: 'not empty', message: 'is empty: leave it out to have one made' }]
  }
  // RFC 6749 appendix A.2: VSCHAR, which every client can send.
  if (!/^[\x20-\x7e]{1,256}$/.test(secret)) {
    const message = 'must be at most 256 visible ASCII characters'
    return [{ member: 'client_secret', rule: 'RFC 6749 appendix A.2', message }]
  }
  const octets = macOctets(uses)
  if (secret.length >= octets) return []
  const message = `must have at least ${octets} characters, as many as the MAC that it is the key of has octets`
  return [{ member: 'client_secret', rule: 'OIDC Core §16.19 symmetric key entropy', message }]
}

/** False for a client that began to need its secret in the clear: it has to get a new one. */
export function hasReadableSecret({ secrets }: Pick<Client, 'secrets'>, now: Date): boolean {
  return liveSecrets(secrets, now).some(({ sealed: box }) => box !== undefined)
}

/** Those that count: a secret that has ended opens nothing. */
export function liveSecrets(secrets: readonly ClientSecret[], now: Date): readonly ClientSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
}

function macOctets(uses: SecretNeeds): number {
  const byAssertion = uses.tokenEndpointAuthMethods?.includes('client_secret_jwt') ?? false
  const algs: readonly (SigningAlgorithm | 'none' | undefined)[] = [
    uses.tokenEndpointAuthSigningAlg,
    uses.idTokenSignedResponseAlg,
    uses.userinfoSignedResponseAlg,
    uses.introspectionSignedResponseAlg,
    uses.authorizationSignedResponseAlg,
    uses.accessTokenSigningAlg,
    uses.requestObjectSigningAlg,
    uses.backchannelAuthenticationRequestSigningAlg,
  ]
  const octets = algs.map(alg => (alg === undefined || alg === 'none' ? 0 : minSecretOctets(alg)))
  return Math.max(byAssertion ? minSecretOctets('HS256') : 0, ...octets)
}

function encryptionsOf(uses: SecretNeeds): readonly EncryptionAlgorithm[] {
  const algs = [
    uses.idTokenEncryptedResponseAlg,
    uses.userinfoEncryptedResponseAlg,
    uses.introspectionEncryptedResponseAlg,
    uses.authorizationEncryptedResponseAlg,
    uses.requestObjectEncryptionAlg,
  ]
  return algs.filter(alg => alg !== undefined)
}

/**
 * The new secret counts at once. With an overlap of 0 the old ones end now; otherwise each lives on for at most that long,
 * so that the app can be changed over without a gap.
 */
export function rotateSecret(client: Client, secret: ClientSecret, overlapSeconds: number, now: Date): Client {
  const end = addSeconds(now, overlapSeconds)
  const old = liveSecrets(
    client.secrets.map(kept => endedBy(kept, end)),
    now,
  )
  return { ...client, secrets: [secret, ...old], updatedAt: now }
}

/** Never later than it would have ended anyway. */
export function endedBy(secret: ClientSecret, end: Date): ClientSecret {
  return secret.expiresAt !== undefined && secret.expiresAt <= end ? secret : { ...secret, expiresAt: end }
}
