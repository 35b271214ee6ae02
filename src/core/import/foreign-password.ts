/** Digests of passwords in the words of Django and of Keycloak, as PHC strings: they verify as they are. */

import { toAdaptedBase64 } from '../../lib/digests/crypt-base64.ts'
import { isDigestProblem, parseDigest } from '../../lib/digests/digest.ts'
import type { JsonObject } from '../clients/client.ts'
import { listOf, objectOf, textOf } from './values.ts'

/** Or why there is none: a sentence without its subject. */
export type ForeignPassword = { readonly hash: string } | { readonly why: string }

/** `pbkdf2_sha256$600000$salt$hash` and the other hashers of django.contrib.auth. */
export function djangoPassword(text: string): ForeignPassword {
  if (text === '' || text.startsWith('!')) return { why: 'is unusable there, too: the account has no password' }
  return verifiable(djangoDigest(text))
}

function djangoDigest(text: string): string {
  const [hasher = '', ...rest] = text.split('$')
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest
  switch (hasher) {
    case 'pbkdf2_sha256':
      return pbkdf2('pbkdf2-sha256', first, Buffer.from(second), Buffer.from(third, 'base64'))
    case 'pbkdf2_sha1':
      return pbkdf2('pbkdf2', first, Buffer.from(second), Buffer.from(third, 'base64'))
    case 'scrypt': {
      const salt = toAdaptedBase64(Buffer.from(second))
      return `$scrypt$ln=${Math.log2(Number(first))},r=${third},p=${fourth}$${salt}$${unpadded(fifth)}`
    }
    case 'argon2':
      return `$${rest.join('$')}`
    case 'bcrypt':
      return text.slice('bcrypt$'.length)
    default:
      return text
  }
}

/** `credentialData` and `secretData`, as texts or as objects. */
export function keycloakPassword(credential: JsonObject): ForeignPassword {
  const data = parsed(credential.credentialData)
  const secret = parsed(credential.secretData)
  const algorithm = textOf(data.algorithm) ?? ''
  const salt = Buffer.from(textOf(secret.salt) ?? '', 'base64')
  const value = textOf(secret.value) ?? ''
  if (algorithm.startsWith('pbkdf2')) {
    const name = algorithm === 'pbkdf2' ? 'pbkdf2' : algorithm
    return verifiable(pbkdf2(name, textOf(data.hashIterations) ?? '', salt, Buffer.from(value, 'base64')))
  }
  if (algorithm !== 'argon2')
    return { why: `was hashed with ${algorithm === '' ? 'something unnamed' : algorithm}, which is not known` }
  const of = (name: string): string => textOf(listOf(objectOf(data.additionalParameters)[name])[0]) ?? ''
  const version = of('version') === '1.0' ? '16' : '19'
  const costs = `m=${of('memory')},t=${textOf(data.hashIterations) ?? ''},p=${of('parallelism')}`
  return verifiable(
    `$argon2${of('type') || 'id'}$v=${version}$${costs}$${unpadded(salt.toString('base64'))}$${unpadded(value)}`,
  )
}

function pbkdf2(name: string, rounds: string, salt: Uint8Array, key: Uint8Array): string {
  return `$${name}$${rounds}$${toAdaptedBase64(salt)}$${toAdaptedBase64(key)}`
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '')
}

function verifiable(digest: string): ForeignPassword {
  const read = parseDigest(digest)
  return isDigestProblem(read) ? { why: `${read.problem}; the account has no password` } : { hash: digest }
}

function parsed(value: unknown): JsonObject {
  if (typeof value !== 'string') return objectOf(value)
  try {
    return objectOf(JSON.parse(value))
  } catch {
    return {}
  }
}
