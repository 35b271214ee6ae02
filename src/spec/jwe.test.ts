/** Tests of encryption: what we write, the library reads, and the other way round. */

import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import {
  decryptJwe,
  ENCRYPTION_ALGORITHMS,
  ENCRYPTION_ENCS,
  type EncryptionAlgorithm,
  type EncryptionEnc,
  encryptJwe,
  keyManagementOf,
  readJweHeader,
  secretEncryptionKey,
} from './jwe.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const SECRET = 'a secret that both sides know'

type Key = KeyObject | Uint8Array

function keysFor(alg: EncryptionAlgorithm, enc: EncryptionEnc): { readonly to: Key; readonly from: Key } {
  const management = keyManagementOf(alg)
  if (management === 'RSA-OAEP') return { to: rsa.publicKey, from: rsa.privateKey }
  if (management === 'ECDH-ES') return { to: ec.publicKey, from: ec.privateKey }
  const key = secretEncryptionKey(SECRET, alg, enc)
  return { to: key, from: key }
}

describe('compact JWE (RFC 7516 §7.1)', () => {
  for (const alg of ENCRYPTION_ALGORITHMS) {
    it(`${alg}: what we encrypt the library reads, and we read what it encrypts, with every content encryption`, async () => {
      for (const enc of ENCRYPTION_ENCS) {
        const { to, from } = keysFor(alg, enc)
        const ours = await encryptJwe('grüße', { alg, enc, cty: 'JWT' }, to)
        const read = await compactDecrypt(ours, from)
        assert.equal(Buffer.from(read.plaintext).toString(), 'grüße')
        assert.equal(read.protectedHeader.cty, 'JWT')
        const theirs = await new CompactEncrypt(Buffer.from('grüße')).setProtectedHeader({ alg, enc }).encrypt(to)
        const decrypted = await decryptJwe(theirs, from)
        assert.deepEqual({ ...decrypted, plaintext: decrypted?.plaintext.toString() }, { plaintext: 'grüße', alg, enc })
      }
    })
  }

  it('names the key of the reader', async () => {
    const jwe = await encryptJwe('x', { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'k1' }, rsa.publicKey)
    assert.deepEqual(decodeProtectedHeader(jwe), { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'k1' })
  })

  it('reads nothing that was changed, cut, or meant for another key (RFC 7516 §11.5)', async () => {
    const jwe = await encryptJwe('x', { alg: 'ECDH-ES+A128KW', enc: 'A128GCM' }, ec.publicKey)
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    assert.equal(await decryptJwe(jwe, other.privateKey), undefined)
    const parts = jwe.split('.')
    for (const at of parts.keys()) {
      const changed = parts.with(at, `AAAA${(parts[at] ?? '').slice(4)}`).join('.')
      assert.equal(await decryptJwe(changed, ec.privateKey), undefined, `part ${at}`)
      assert.equal(await decryptJwe(parts.with(at, '').join('.'), ec.privateKey), undefined, `without part ${at}`)
    }
    assert.equal(await decryptJwe(parts.slice(1).join('.'), ec.privateKey), undefined)
    assert.ok(await decryptJwe(jwe, ec.privateKey))
  })

  it('takes no compression, no password, no extension and nothing huge (RFC 8725 §3.6)', async () => {
    const header = (members: object): string =>
      `${Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', ...members })).toString('base64url')}..AAAA.AAAA.AAAA`
    assert.ok(readJweHeader(header({})))
    assert.equal(readJweHeader(header({ zip: 'DEF' })), undefined)
    assert.equal(readJweHeader(header({ alg: 'PBES2-HS256+A128KW', p2c: 1_000_000_000, p2s: 'AAAA' })), undefined)
    assert.equal(readJweHeader(header({ alg: 'RSA1_5' })), undefined)
    assert.equal(readJweHeader(header({ crit: ['exp'], exp: 1 })), undefined)
    assert.equal(readJweHeader(`${header({})}${'A'.repeat(200_000)}`), undefined)
    assert.equal(readJweHeader('a.b.c'), undefined)
  })
})

describe('the key that a client secret stands for (OIDC Core §10.2)', () => {
  it('is the left part of its SHA-256, and of a longer hash only for a longer key', () => {
    const hex = (alg: EncryptionAlgorithm, enc: EncryptionEnc = 'A128CBC-HS256'): string =>
      Buffer.from(secretEncryptionKey('secret', alg, enc)).toString('hex')
    const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'
    assert.equal(hex('A128KW'), sha256.slice(0, 32))
    assert.equal(hex('A192GCMKW'), sha256.slice(0, 48))
    assert.equal(hex('A256KW'), sha256)
    assert.equal(hex('dir', 'A128CBC-HS256'), sha256)
    assert.equal(hex('dir', 'A128GCM'), sha256.slice(0, 32))
    assert.equal(hex('dir', 'A192CBC-HS384').length, 96)
    assert.equal(hex('dir', 'A256CBC-HS512').length, 128)
  })
})
