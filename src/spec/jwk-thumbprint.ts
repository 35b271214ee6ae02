/** JWK thumbprints (RFC 7638): one name for a public key, however its JWK is written. */

import { hash } from 'node:crypto'
import type { JsonMembers } from './compact-jws.ts'
import { jsonText } from './params.ts'

/** RFC 7638 §3.2, RFC 8037 §2: the required members of each type of key, in lexicographic order. */
const REQUIRED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** The SHA-256 thumbprint, base64url; nothing when it is no public key of a type we know. */
export function jwkThumbprint(jwk: JsonMembers): string | undefined {
  const type = jsonText(jwk.kty)
  const names = Object.hasOwn(REQUIRED_MEMBERS, type) ? REQUIRED_MEMBERS[type] : undefined
  if (names === undefined || !names.every(name => typeof jwk[name] === 'string')) return undefined
  // RFC 7638 §3.3: no white space, and the strings as they are; base64url and curve names need no escapes.
  return hash('sha256', JSON.stringify(Object.fromEntries(names.map(name => [name, jwk[name]]))), 'base64url')
}

/** RFC 7518 §6: members that only a private or a symmetric key has. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

export function hasSecretMembers(jwk: JsonMembers): boolean {
  return SECRET_MEMBERS.some(name => jwk[name] !== undefined)
}
