/** Tests of signing: what we write, the library reads. */

import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { compactVerify } from 'jose'
import { createJwsSigner, SIGNING_ALGORITHMS, type SigningAlgorithm } from './jws.ts'

const PAIRS: Partial<Record<SigningAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }>> = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}

describe('compact JWS (RFC 7515 §7.1)', () => {
  for (const alg of SIGNING_ALGORITHMS) {
    it(`${alg} verifies with a library, and names its key`, async () => {
      const { publicKey, privateKey } = PAIRS[alg] ?? assert.fail(alg)
      const token = await createJwsSigner(alg, 'kid-1', privateKey).sign({ sub: 'ä' })
      const { payload, protectedHeader } = await compactVerify(token, publicKey)
      assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), { sub: 'ä' })
      assert.deepEqual(protectedHeader, { alg, typ: 'JWT', kid: 'kid-1' })
    })
  }
})
