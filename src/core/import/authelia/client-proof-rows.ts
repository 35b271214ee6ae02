/** How an Authelia client proves who it is, and its keys. */

import { TOKEN_ENDPOINT_AUTH_METHODS } from '../../../spec/client-credentials.ts'
import { SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import { readPublicKey } from '../foreign-key.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isTrue, objectsOf, ownValue, textOf } from '../values.ts'

const OTHERS = ['revocation', 'introspection', 'pushed_authorization_request'] as const

export function proofRows(): readonly SourceRow[] {
  return [
    {
      setting: 'token_endpoint_auth_method',
      outcome: 'mapped',
      field: 'token_endpoint_auth_methods',
      take: (_, whole) => ({ fields: { token_endpoint_auth_methods: methodsOf(whole) } }),
    },
    {
      setting: 'token_endpoint_auth_signing_alg',
      outcome: 'mapped',
      field: 'token_endpoint_auth_signing_alg',
      take: signingAlg('token_endpoint_auth_signing_alg'),
    },
    ...OTHERS.flatMap(endpoint => [
      {
        setting: `${endpoint}_endpoint_auth_method`,
        outcome: 'approximated' as const,
        field: 'token_endpoint_auth_methods',
        why: 'The methods of a client count at every endpoint. One that proves less than the one of the token endpoint is left out: the app uses that one everywhere.',
        take: (_: unknown, whole: Readonly<Record<string, unknown>>) => ({
          fields: { token_endpoint_auth_methods: methodsOf(whole) },
        }),
      },
      {
        setting: `${endpoint}_endpoint_auth_signing_alg`,
        outcome: 'approximated' as const,
        why: 'The algorithm of a client counts at every endpoint: token_endpoint_auth_signing_alg.',
        take: (value: unknown, whole: Readonly<Record<string, unknown>>) =>
          whole.token_endpoint_auth_signing_alg === undefined
            ? { ...signingAlg('token_endpoint_auth_signing_alg')(value, whole) }
            : {},
      },
    ]),
    {
      setting: 'allow_multiple_auth_methods',
      outcome: 'approximated',
      field: 'token_endpoint_auth_methods',
      why: 'The secret may come in the header or in the body; never in both at once (RFC 6749 §2.3).',
      take: (value, whole) =>
        isTrue(value) ? { fields: { token_endpoint_auth_methods: methodsOf(whole) } } : { outcome: 'ignored' },
    },
    { setting: 'jwks_uri', outcome: 'mapped', field: 'jwks_uri' },
    {
      setting: 'jwks',
      outcome: 'mapped',
      field: 'jwks',
      why: 'Keys become JWKs; a chain of certificates is not kept.',
      take: keysOf,
    },
  ]
}

/** How much each of them proves: the secret itself is sent, it signs, a key of the app alone signs. */
const STRENGTH: Readonly<Record<string, number>> = { client_secret_jwt: 1, private_key_jwt: 2 }

function strengthOf(method: string): number {
  return ownValue(STRENGTH, method) ?? 0
}

/** Every endpoint takes the same methods here: none that would open the token endpoint with less than it asked for. */
export function methodsOf(client: Readonly<Record<string, unknown>>): readonly string[] {
  if (isTrue(client.public)) return ['none']
  const named = ['token', ...OTHERS].flatMap(endpoint => textOf(client[`${endpoint}_endpoint_auth_method`]) ?? [])
  const broad = isTrue(client.allow_multiple_auth_methods) ? ['client_secret_basic', 'client_secret_post'] : []
  const token = textOf(client.token_endpoint_auth_method) ?? 'client_secret_basic'
  const all = new Set([token, ...named, ...broad])
  if (all.size > 1) all.delete('none')
  return [...all]
    .filter(method => strengthOf(method) >= strengthOf(token))
    .filter(method => (TOKEN_ENDPOINT_AUTH_METHODS as readonly string[]).includes(method))
}

/** `none` and empty: nothing is said. */
export function signingAlg(field: string): NonNullable<SourceRow['take']> {
  return value => {
    if (value === 'none' || value === '') return { outcome: 'ignored', why: 'the same as nothing' }
    return (SIGNING_ALGORITHMS as readonly unknown[]).includes(value)
      ? { fields: { [field]: value } }
      : { outcome: 'no-equivalent', why: `${textOf(value)} is not signed with here` }
  }
}

function keysOf(value: unknown): Taken {
  const keys = objectsOf(value).map(({ key_id: kid, use = 'sig', algorithm: alg, key }) => {
    const jwk = readPublicKey(textOf(key) ?? '')
    return jwk && { ...jwk, use, ...(kid === undefined ? {} : { kid }), ...(alg === undefined ? {} : { alg }) }
  })
  const readable = keys.filter(key => key !== undefined)
  if (readable.length === keys.length) return { fields: { jwks: { keys: readable } } }
  return {
    outcome: 'no-equivalent',
    why: 'not every key can be read',
    mistake: 'holds a key that is no public key (PEM)',
  }
}
