/** Tests of signing: what we write, the library reads. */

import assert from 'node:assert/strict'
import { createHash, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compactVerify, decodeProtectedHeader } from 'jose'
import {
  ASYMMETRIC_SIGNING_ALGORITHMS,
  createJwsSigner,
  halfHash,
  minSecretOctets,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from './jws.ts'

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const secret = createSecretKey(Buffer.from('a secret of at least sixty-four characters, so that it fits HS512'))
const mac = { publicKey: secret, privateKey: secret }

const PAIRS: Readonly<Record<SigningAlgorithm, () => Pair>> = {
  RS256: () => rsa,
  RS384: () => rsa,
  RS512: () => rsa,
  PS256: () => rsa,
  PS384: () => rsa,
  PS512: () => rsa,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  HS256: () => mac,
  HS384: () => mac,
  HS512: () => mac,
  'ML-DSA-44': () => generateKeyPairSync('ml-dsa-44'),
  'ML-DSA-65': () => generateKeyPairSync('ml-dsa-65'),
  'ML-DSA-87': () => generateKeyPairSync('ml-dsa-87'),
}

describe('compact JWS (RFC 7515 §7.1)', () => {
  for (const alg of SIGNING_ALGORITHMS) {
    const pair = PAIRS[alg]()

    it(`${alg} verifies with a library, and names its key`, async () => {
      const token = await createJwsSigner(alg, 'kid-1', pair.privateKey).sign({ sub: 'ä' })
      const { payload, protectedHeader } = await compactVerify(token, pair.publicKey, { algorithms: [alg] })
      assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), { sub: 'ä' })
      assert.deepEqual(protectedHeader, { alg, typ: 'JWT', kid: 'kid-1' })
    })

    it(`${alg} signs exactly the JSON of the claims, whatever they are`, async () => {
      const signer = createJwsSigner(alg, 'kid-1', pair.privateKey)
      const claims = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
      await fc.assert(
        fc.asyncProperty(claims, async payload => {
          const verified = await compactVerify(await signer.sign(payload), pair.publicKey)
          assert.equal(Buffer.from(verified.payload).toString(), JSON.stringify(payload))
        }),
        { numRuns: 25 },
      )
    })

    it(`${alg} says what kind of token it is where that is not the usual one (RFC 8725 §3.11)`, async () => {
      const signer = createJwsSigner(alg, 'kid-1', pair.privateKey)
      const tokens = [await signer.sign({}, 'at+jwt'), await signer.sign({}), await signer.sign({ a: 1 }, 'at+jwt')]
      assert.deepEqual(
        tokens.map(token => decodeProtectedHeader(token).typ),
        ['at+jwt', 'JWT', 'at+jwt'],
      )
      for (const token of tokens) await compactVerify(token, pair.publicKey)
    })
  }

  it('a MAC by the secret of a client names no key', async () => {
    const token = await createJwsSigner('HS256', '', secret).sign({})
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'JWT' })
  })

  it('puts RS256 first, and tells apart what verifies with a published key (OIDC Core §15.1)', () => {
    assert.equal(SIGNING_ALGORITHMS[0], 'RS256')
    assert.ok(SIGNING_ALGORITHMS.includes('HS256'))
    assert.deepEqual(
      ASYMMETRIC_SIGNING_ALGORITHMS.filter(alg => alg.startsWith('HS')),
      [],
    )
  })

  it('a MAC takes a key as long as its hash (RFC 7518 §3.2)', () => {
    const octets = (['HS256', 'HS384', 'HS512', 'RS256'] as const).map(minSecretOctets)
    assert.deepEqual(octets, [32, 48, 64, 0])
  })
})

describe('the half hash of a token (OIDC Core §3.1.3.6)', () => {
  const half = (digest: string, outputLength?: number): string => {
    const whole = createHash(digest, outputLength === undefined ? {} : { outputLength })
      .update('token')
      .digest()
    return whole.subarray(0, whole.length / 2).toString('base64url')
  }

  it('is by the hash of the signature', () => {
    for (const bits of ['256', '384', '512'] as const)
      for (const family of ['RS', 'PS', 'ES', 'HS'] as const)
        assert.equal(halfHash(`${family}${bits}`, 'token'), half(`sha${bits}`))
  })

  it('is by the hash inside the signature where the algorithm names none: SHA-512, SHAKE256', () => {
    assert.equal(halfHash('EdDSA', 'token'), half('sha512'))
    assert.equal(halfHash('ML-DSA-44', 'token'), half('shake256', 64))
  })

  it('is that of the example of OpenID Connect Core (appendix A.3)', () => {
    const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'
    assert.equal(halfHash('RS256', accessToken), '77QmUPtjPfzWtF2AnpK9RQ')
  })
})
