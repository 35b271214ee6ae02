/**
 * The keys of a client: its key set, given or fetched (RFC 7591 §2), and the secrets it shares with us. What it signs is checked with
 * nothing else, and what we encrypt for it is encrypted to nothing else.
 */

import { createSecretKey, type KeyObject } from 'node:crypto'
import { compactVerify, decodeProtectedHeader } from 'jose'
import type { Clock } from '../../lib/clock.ts'
import type { GuardedFetch } from '../../lib/guarded-fetch.ts'
import {
  type DecryptedJwe,
  decryptJwe,
  type EncryptionAlgorithm,
  type EncryptionEnc,
  encryptJwe,
  keyManagementOf,
  readJweHeader,
  secretEncryptionKey,
} from '../../spec/jwe.ts'
import {
  type AsymmetricSigningAlgorithm,
  createJwsSigner,
  isAsymmetric,
  type JwsSigner,
  type MacAlgorithm,
  minSecretOctets,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { Client, ClientSecret, JsonObject } from './client.ts'
import { liveSecrets, openSecret } from './client-secrets.ts'
import { createFetchedKeySets, type FetchedKeySets } from './fetched-key-sets.ts'
import { type EncryptionKey, encryptionKey, verificationKeys } from './key-choice.ts'

export type KeyHolder = Pick<Client, 'clientId' | 'secrets' | 'jwks' | 'jwksUri'>

export interface VerifiedJws {
  readonly header: JsonObject
  readonly payload: JsonObject
  /** By which secret of the client, where it was a MAC. */
  readonly secretId?: ClientSecret['id']
}

export interface Expected {
  /** RFC 8725 §3.1: the algorithms that this client may use here; the token's own `alg` only picks among them. */
  readonly algs: readonly SigningAlgorithm[]
  readonly now: Date
  /** The error of a refusal; `invalid_request` when absent. */
  readonly error?: string
}

export interface Encryption {
  readonly alg: EncryptionAlgorithm
  readonly enc: EncryptionEnc
  readonly cty?: string
  readonly typ?: string
}

export interface ClientKeys {
  /** Checks the signature and nothing else: claims and `typ` are for whoever asks. */
  verify(client: KeyHolder, jws: string, expected: Expected): Promise<VerifiedJws | Refusal>
  encryptFor(client: KeyHolder, plaintext: string, how: Encryption): Promise<string | Refusal>
  /** What the client encrypted with its secret (OIDC Core §10.2); what it encrypted to a key of ours is for the key ring. */
  decryptWithSecret(client: KeyHolder, jwe: string, now: Date): Promise<DecryptedJwe | undefined>
  /** Signs with the client's newest secret (OIDC Core §10.1). */
  macSigner(client: KeyHolder, alg: MacAlgorithm): JwsSigner | Refusal
  /** Its key set as JWKs; empty when it has none, or when it cannot be had. */
  publicKeys(client: KeyHolder): Promise<readonly JsonObject[]>
  /** The live secrets that we can read, newest first. */
  secretsOf(client: KeyHolder, now: Date): readonly string[]
}

export interface ClientKeysPorts {
  readonly fetch: GuardedFetch
  readonly sealer: Pick<KeySealer, 'open'>
  readonly clock: Clock
}

/** A request object of `request_uri` may have 100 kB. */
const MAX_JWS_LENGTH = 100_000
const HAS_KEYS = 'RFC 7591 §2 jwks or jwks_uri'
const SIGNED_BY_CLIENT = 'RFC 7515 §5.2 the signature is by a key of the client'
const READABLE_SECRET = 'OIDC Core §10.1 the client has a secret that the server can read'

export function createClientKeys({ fetch, sealer, clock }: ClientKeysPorts): ClientKeys {
  const fetched = createFetchedKeySets(fetch, clock)

  const readable = ({ secrets }: KeyHolder, now: Date): readonly ReadableSecret[] =>
    liveSecrets(secrets, now)
      .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
      .flatMap(secret => {
        const text = openSecret(secret, sealer)
        return text === undefined ? [] : [{ id: secret.id, text }]
      })
  const secretsOf: ClientKeys['secretsOf'] = (client, now) => readable(client, now).map(({ text }) => text)

  return {
    secretsOf,
    async publicKeys({ jwks, jwksUri }) {
      if (jwks !== undefined) return jwks.keys
      const keySet = jwksUri === undefined ? undefined : await fetched.read(jwksUri)
      return keySet === undefined || 'problem' in keySet ? [] : keySet.keys
    },
    async verify(client, jws, expected) {
      const header = readHeader(jws, expected)
      if (isRefusal(header)) return header
      const { alg, kid } = header
      const verified = isAsymmetric(alg)
        ? await verifyByKeySet(jws, alg, kid, client, fetched)
        : await verifyBySecret(jws, alg, readable(client, expected.now))
      if (typeof verified === 'object') return verified
      const facts = { client_id: client.clientId, alg, ...(kid === undefined ? {} : { kid: kid.slice(0, 100) }) }
      const error = expected.error ?? 'invalid_request'
      if (verified === undefined)
        return refuse(error, 'the signature is not by a key of the client', SIGNED_BY_CLIENT, facts)
      return refuse(error, 'the keys of the client cannot be had', HAS_KEYS, { ...facts, problem: verified })
    },
    async encryptFor(client, plaintext, how) {
      const { alg, enc } = how
      const key = await keyToEncryptTo(client, alg, enc)
      if (isRefusal(key)) return key
      const { kid } = key
      return encryptJwe(plaintext, { ...how, ...(kid === undefined ? {} : { kid }) }, key.key)
    },
    async decryptWithSecret(client, jwe, now) {
      const header = readJweHeader(jwe)
      if (header === undefined || keyManagementOf(header.alg) !== 'secret') return undefined
      for (const secret of secretsOf(client, now)) {
        const decrypted = await decryptJwe(jwe, secretEncryptionKey(secret, header.alg, header.enc))
        if (decrypted !== undefined) return decrypted
      }
      return undefined
    },
    macSigner(client, alg) {
      const [key] = macKeys(secretsOf(client, clock.now()).slice(0, 1), alg)
      if (key !== undefined) return createJwsSigner(alg, '', key)
      return refuse('server_error', 'the client has no secret to sign with', READABLE_SECRET, {
        client_id: client.clientId,
        alg,
      })
    },
  }

  async function keyToEncryptTo(
    client: KeyHolder,
    alg: EncryptionAlgorithm,
    enc: EncryptionEnc,
  ): Promise<{ readonly key: KeyObject | Uint8Array; readonly kid?: string } | Refusal> {
    const facts = { client_id: client.clientId, alg, enc }
    if (keyManagementOf(alg) === 'secret') {
      const [secret] = secretsOf(client, clock.now())
      if (secret !== undefined) return { key: secretEncryptionKey(secret, alg, enc) }
      return refuse('server_error', 'the client has no secret to encrypt with', READABLE_SECRET, facts)
    }
    const found = await publicKeyOf(client, alg, fetched)
    if (typeof found === 'object') return found
    return refuse('server_error', 'the client has no key to encrypt to', HAS_KEYS, {
      ...facts,
      ...(found === undefined ? {} : { problem: found }),
    })
  }
}

async function publicKeyOf(
  { jwks, jwksUri }: KeyHolder,
  alg: EncryptionAlgorithm,
  fetched: FetchedKeySets,
): Promise<EncryptionKey | string | undefined> {
  if (jwks !== undefined) return encryptionKey(jwks.keys, alg)
  if (jwksUri === undefined) return undefined
  const keySet = await fetched.read(jwksUri)
  return 'problem' in keySet ? keySet.problem : encryptionKey(keySet.keys, alg)
}

interface ReadHeader {
  readonly alg: SigningAlgorithm
  readonly kid?: string
}

function readHeader(jws: string, { algs, error = 'invalid_request' }: Expected): ReadHeader | Refusal {
  if (jws.length > MAX_JWS_LENGTH || jws.split('.', 4).length !== 3)
    return refuse(error, 'not a signed JWT', 'RFC 7515 §7.1 compact serialization')
  let header: JsonObject
  try {
    header = decodeProtectedHeader(jws) as JsonObject
  } catch {
    return refuse(error, 'not a signed JWT', 'RFC 7515 §7.1 compact serialization')
  }
  // RFC 7515 §4.1.11: no extension is understood here, that of RFC 7797 (`b64`) among them.
  if (header.crit !== undefined || header.b64 !== undefined)
    return refuse(error, 'the JWT has a critical header that is not supported', 'RFC 7515 §4.1.11 crit')
  const alg = SIGNING_ALGORITHMS.find(known => known === header.alg)
  // RFC 8725 §3.1: `none` and whatever was not agreed on end here.
  if (alg === undefined || !algs.includes(alg)) {
    const named = typeof header.alg === 'string' ? header.alg.slice(0, 30) : ''
    return refuse(error, 'the JWT is signed with an algorithm that is not allowed', 'RFC 8725 §3.1 alg', {
      alg: named,
      allowed: algs,
    })
  }
  return { alg, ...(typeof header.kid === 'string' ? { kid: header.kid } : {}) }
}

/** A text says why there are no keys to try; nothing says that none of them made the signature. */
async function verifyByKeySet(
  jws: string,
  alg: AsymmetricSigningAlgorithm,
  kid: string | undefined,
  { jwks, jwksUri }: KeyHolder,
  fetched: FetchedKeySets,
): Promise<VerifiedJws | string | undefined> {
  if (jwks !== undefined) return verifyByAny(jws, alg, verificationKeys(jwks.keys, alg, kid))
  if (jwksUri === undefined) return 'the client has neither jwks nor jwks_uri'
  const keySet = await fetched.read(jwksUri)
  if ('problem' in keySet) return keySet.problem
  const verified = await verifyByAny(jws, alg, verificationKeys(keySet.keys, alg, kid))
  if (verified !== undefined) return verified
  // OIDC Core §10.1.1: an unknown key may be a new one.
  const again = await fetched.readAgain(jwksUri)
  if (again === undefined || 'problem' in again || again === keySet) return undefined
  return verifyByAny(jws, alg, verificationKeys(again.keys, alg, kid))
}

interface ReadableSecret {
  readonly id: ClientSecret['id']
  readonly text: string
}

async function verifyBySecret(
  jws: string,
  alg: SigningAlgorithm,
  secrets: readonly ReadableSecret[],
): Promise<VerifiedJws | undefined> {
  for (const { id, text } of secrets) {
    const verified = await verifyByAny(jws, alg, macKeys([text], alg))
    if (verified !== undefined) return { ...verified, secretId: id }
  }
  return undefined
}

async function verifyByAny(
  jws: string,
  alg: SigningAlgorithm,
  keys: readonly KeyObject[],
): Promise<VerifiedJws | undefined> {
  for (const key of keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: [alg] })
      const claims: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined
      return { header: protectedHeader as unknown as JsonObject, payload: claims as JsonObject }
    } catch {
      // Another key may have made it.
    }
  }
  return undefined
}

/** RFC 7518 §3.2: a secret that is shorter than the hash is no key for it. */
function macKeys(secrets: readonly string[], alg: SigningAlgorithm): readonly KeyObject[] {
  return secrets
    .map(secret => Buffer.from(secret, 'utf8'))
    .filter(octets => octets.length >= minSecretOctets(alg))
    .map(octets => createSecretKey(octets))
}
