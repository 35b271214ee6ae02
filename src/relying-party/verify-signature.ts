/** Whether a signature is by an upstream (RFC 7515 §5.2): by its key set, by the one key that was entered, or by the secret that both share. */

import { createSecretKey, type KeyObject } from 'node:crypto'
import { compactVerify } from 'jose'
import type { JsonObject } from '../core/clients/client.ts'
import { verificationKeys } from '../core/clients/key-choice.ts'
import { isIssuer, isTemplate } from '../core/upstreams/issuer.ts'
import { keyOfPem } from '../core/upstreams/settings/public-key.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { type AsymmetricSigningAlgorithm, isAsymmetric, minSecretOctets, type SigningAlgorithm } from '../spec/jws.ts'
import { isRefusal, type Refusal } from '../spec/refusal.ts'
import { clientSecretOf } from './client-secret.ts'
import { jsonObject } from './normalise-answer.ts'
import type { RelyingPartyRoom } from './room.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

/** A text says why there is no key to try; nothing says that none of them made the signature. */
type Verified = true | undefined | string | Refusal

export function verifySignature(
  ready: ReadyUpstream,
  jws: string,
  { alg, kid }: { readonly alg: SigningAlgorithm; readonly kid: string | undefined },
  room: RelyingPartyRoom,
): Promise<Verified> {
  return isAsymmetric(alg)
    ? verifyByItsKeys(ready, jws, alg, kid, room)
    : verifyBySecret(ready.upstream, jws, alg, room)
}

async function verifyByItsKeys(
  { upstream, endpoints }: ReadyUpstream,
  jws: string,
  alg: AsymmetricSigningAlgorithm,
  kid: string | undefined,
  room: RelyingPartyRoom,
): Promise<Verified> {
  if (!upstream.useJwksUri) return verifyByFixedKey(upstream, jws, alg, kid)
  const { jwksUri } = endpoints
  if (jwksUri === undefined) return 'the upstream has no jwks_uri'
  const sets = room.keySets.of(upstream)
  const fitting = (keys: readonly JsonObject[]): readonly KeyObject[] =>
    verificationKeys(keysOfTenant(keys, jws, endpoints.issuer), alg, kid)
  const keySet = await sets.read(jwksUri)
  if ('keys' in keySet && (await isByAny(jws, alg, fitting(keySet.keys)))) return true
  // OIDC Core §10.1.1: an unknown key may be a new one; keys are rotated while somebody signs in.
  const again = await sets.readAgain(jwksUri)
  if ('problem' in again) return again.problem
  if (again !== keySet && (await isByAny(jws, alg, fitting(again.keys)))) return true
  return undefined
}

/**
 * RFC 8725 §3.8: a key has to be that of the issuer. Entra has one key set for all tenants, and says of each key whose tokens it signs: a
 * key of one tenant signs for no other.
 */
function keysOfTenant(keys: readonly JsonObject[], jws: string, ofUpstream: string | undefined): readonly JsonObject[] {
  if (ofUpstream === undefined || !isTemplate(ofUpstream)) return keys
  const { iss, tid } = jsonObject(Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url').toString('utf8')) ?? {}
  return keys.filter(({ issuer }) => typeof issuer !== 'string' || iss === undefined || isIssuer(iss, issuer, tid))
}

async function verifyByFixedKey(
  { publicKey, publicKeyId }: Upstream,
  jws: string,
  alg: SigningAlgorithm,
  kid: string | undefined,
): Promise<Verified> {
  if (publicKeyId !== undefined && kid !== undefined && kid !== publicKeyId) return 'the kid is not public_key_id'
  const key = publicKey === undefined ? undefined : keyOfPem(publicKey)
  if (key === undefined) return 'public_key holds no key'
  return (await isByAny(jws, alg, [key])) ? true : undefined
}

async function verifyBySecret(
  upstream: Upstream,
  jws: string,
  alg: SigningAlgorithm,
  room: RelyingPartyRoom,
): Promise<Verified> {
  if (upstream.clientSecret === undefined) return 'there is no client secret'
  const secret = clientSecretOf(upstream, room)
  if (isRefusal(secret)) return secret
  const octets = Buffer.from(secret, 'utf8')
  // RFC 7518 §3.2: a shorter one can be found by trying.
  if (octets.length < minSecretOctets(alg)) return `the client secret is too short for ${alg}`
  return (await isByAny(jws, alg, [createSecretKey(octets)])) ? true : undefined
}

async function isByAny(jws: string, alg: SigningAlgorithm, keys: readonly KeyObject[]): Promise<boolean> {
  for (const key of keys) {
    try {
      await compactVerify(jws, key, { algorithms: alg === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [alg] })
      return true
    } catch {
      // Another key may have made it.
    }
  }
  return false
}
