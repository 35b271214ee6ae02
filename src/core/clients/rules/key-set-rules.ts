/** The keys that a client registers by value (RFC 7517 §5): public ones, strong enough, and not too many. */

import { createPublicKey } from 'node:crypto'
import type { SettingsMistake } from '../../settings-mistake.ts'
import type { JsonObject } from '../client.ts'

const MAX_KEYS = 20
/** RFC 7518 §6.2.2, §6.3.2, §6.4.1: what only the owner of a key may know. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const

export function checkKeySet(member: string, jwks: JsonObject): readonly SettingsMistake[] {
  const { keys } = jwks
  if (!Array.isArray(keys) || keys.length === 0) {
    return [{ member, rule: 'RFC 7517 §5 keys', message: 'must be {"keys": […]} with at least one key' }]
  }
  if (keys.length > MAX_KEYS) {
    return [{ member, rule: `at most ${MAX_KEYS} keys`, message: `has ${keys.length} keys, more than ${MAX_KEYS}` }]
  }
  return keys.flatMap((key: unknown, index) => {
    const broken = brokenKeyRule(key)
    return broken === undefined ? [] : [{ member, rule: broken.rule, message: `key ${index + 1} ${broken.problem}` }]
  })
}

interface BrokenKey {
  readonly rule: string
  readonly problem: string
}

function brokenKeyRule(key: unknown): BrokenKey | undefined {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) {
    return { rule: 'RFC 7517 §4 JWK', problem: 'is not a JSON object' }
  }
  const jwk = key as JsonObject
  // RFC 7591 §2 jwks: public keys only; a shared secret is no key that may be shown.
  if (jwk.kty === 'oct')
    return { rule: 'RFC 7591 §2 jwks', problem: 'is a symmetric key (oct): only public keys belong here' }
  if (PRIVATE_MEMBERS.some(name => name in jwk)) {
    return { rule: 'RFC 7591 §2 jwks', problem: 'is a private key: keep it, and register its public half' }
  }
  const facts = publicKeyFacts(jwk)
  if (facts === undefined) return { rule: 'RFC 7517 §4 JWK', problem: 'is no public key that this server can read' }
  const { rsaBits } = facts
  // RFC 7518 §3.3, §4.2: a key of 2048 bits or larger MUST be used; far larger ones would only cost us time.
  return rsaBits !== undefined && (rsaBits < 2048 || rsaBits > 8192)
    ? { rule: 'RFC 7518 §3.3 RSA key size', problem: `has ${rsaBits} bits: RSA keys need 2048 to 8192` }
    : undefined
}

function publicKeyFacts(jwk: JsonObject): { readonly rsaBits?: number } | undefined {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const bits = asymmetricKeyDetails?.modulusLength
    return bits === undefined ? {} : { rsaBits: bits }
  } catch {
    return undefined
  }
}
