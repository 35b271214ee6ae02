/** The keys of the odd upstream: three that it publishes, and one of a stranger. */

import { exportJWK, generateKeyPair, type JWK } from 'jose'

export interface OddKeys {
  readonly privateKeys: Readonly<Record<'first' | 'second' | 'elliptic' | 'stranger', CryptoKey>>
  readonly published: readonly JWK[]
}

export async function makeOddKeys(): Promise<OddKeys> {
  const [first, second, elliptic, stranger] = await Promise.all(
    (['RS256', 'RS256', 'ES256', 'RS256'] as const).map(alg => generateKeyPair(alg, { extractable: true })),
  )
  if (first === undefined || second === undefined || elliptic === undefined || stranger === undefined)
    throw new Error('no keys')
  const jwk = async (key: CryptoKey, kid: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid, use: 'sig' })
  return {
    privateKeys: {
      first: first.privateKey,
      second: second.privateKey,
      elliptic: elliptic.privateKey,
      stranger: stranger.privateKey,
    },
    published: await Promise.all([
      jwk(first.publicKey, 'first'),
      jwk(second.publicKey, 'second'),
      jwk(elliptic.publicKey, 'elliptic'),
    ]),
  }
}
