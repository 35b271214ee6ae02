/** Tests of secrets: which are kept in the clear, sealed, and how long they are. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, NOON, random } from '../../../test/support/builders.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import {
  checkChosenSecret,
  hasReadableSecret,
  makeSecret,
  needsReadableSecret,
  openSecret,
  type SecretNeeds,
  type SecretPorts,
} from './client-secrets.ts'

const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)

function ports(opened: string[] = []): SecretPorts {
  return {
    random,
    now: NOON,
    hasher: { hash: async () => '$argon2id$' },
    async sealer() {
      opened.push('sealer')
      return sealer
    },
  }
}

const READABLE: readonly SecretNeeds[] = [
  { idTokenSignedResponseAlg: 'HS256' },
  { userinfoSignedResponseAlg: 'HS384' },
  { introspectionSignedResponseAlg: 'HS512' },
  { authorizationSignedResponseAlg: 'HS256' },
  { requestObjectSigningAlg: 'HS256' },
  { tokenEndpointAuthSigningAlg: 'HS256' },
  { backchannelAuthenticationRequestSigningAlg: 'HS256' },
  { tokenEndpointAuthMethods: ['client_secret_jwt'] },
  { idTokenEncryptedResponseAlg: 'dir' },
  { userinfoEncryptedResponseAlg: 'A128KW' },
  { introspectionEncryptedResponseAlg: 'A256GCMKW' },
  { authorizationEncryptedResponseAlg: 'A192KW' },
  { requestObjectEncryptionAlg: 'A256KW' },
]

const HASHED: readonly SecretNeeds[] = [
  {},
  { tokenEndpointAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] },
  { idTokenSignedResponseAlg: 'RS256', requestObjectSigningAlg: 'none', tokenEndpointAuthSigningAlg: 'PS256' },
  { idTokenEncryptedResponseAlg: 'RSA-OAEP', userinfoEncryptedResponseAlg: 'ECDH-ES+A128KW' },
]

describe('a client secret', () => {
  for (const uses of READABLE) {
    it(`can be read again where it is a key of both sides: ${JSON.stringify(uses)}`, async () => {
      assert.ok(needsReadableSecret(uses))
      const { stored, plain } = await makeSecret(uses, undefined, ports())
      assert.equal(openSecret(stored, sealer), plain)
      assert.ok(plain.length >= 64, 'long enough for HS512')
      assert.ok(!JSON.stringify(stored).includes(plain))
      assert.ok(hasReadableSecret(aClient({ secrets: [stored] }), NOON))
    })
  }

  for (const uses of HASHED) {
    it(`is kept as a hash alone otherwise, and the master key is left alone: ${JSON.stringify(uses)}`, async () => {
      const opened: string[] = []
      const { stored } = await makeSecret(uses, undefined, ports(opened))
      assert.deepEqual([stored.sealed, openSecret(stored, sealer), opened], [undefined, undefined, []])
      assert.ok(!hasReadableSecret(aClient({ secrets: [stored] }), NOON))
    })
  }

  it('that was chosen keeps its slow hash beside the sealed text', async () => {
    const { stored } = await makeSecret({ idTokenSignedResponseAlg: 'HS256' }, 'x'.repeat(32), ports())
    assert.equal(stored.hash, '$argon2id$')
    assert.equal(openSecret(stored, sealer), 'x'.repeat(32))
  })

  it('that was chosen is as long as the hash it is the key of (RFC 7518 §3.2, OIDC Core §16.19)', () => {
    const rules = (secret: string, uses: SecretNeeds) => checkChosenSecret(secret, uses).map(({ rule }) => rule)
    assert.deepEqual(rules('x'.repeat(31), { idTokenSignedResponseAlg: 'HS256' }), [
      'OIDC Core §16.19 symmetric key entropy',
    ])
    assert.deepEqual(rules('x'.repeat(32), { idTokenSignedResponseAlg: 'HS256' }), [])
    assert.equal(rules('x'.repeat(63), { tokenEndpointAuthSigningAlg: 'HS512' }).length, 1)
    assert.equal(rules('x'.repeat(31), { tokenEndpointAuthMethods: ['client_secret_jwt'] }).length, 1)
    assert.deepEqual(rules('short', { tokenEndpointAuthMethods: ['client_secret_basic'] }), [])
  })

  it('that ended can be read, but counts no more', async () => {
    const { stored } = await makeSecret({ idTokenSignedResponseAlg: 'HS256' }, undefined, ports())
    assert.ok(!hasReadableSecret(aClient({ secrets: [{ ...stored, expiresAt: NOON }] }), NOON))
  })
})
