/** Tests of foreign password digests: each verifies as a PHC string of ours. */

import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { nodeArgon2 } from '../../lib/argon2.ts'
import { createPasswordHashing } from '../../lib/password-hashing.ts'
import { createSystemRandom } from '../../lib/random.ts'
import { djangoPassword, type ForeignPassword, keycloakPassword } from './foreign-password.ts'

const random = createSystemRandom()
const hashing = createPasswordHashing({ concurrency: 1, maxQueued: 10, compute: nodeArgon2, random })

async function verifies(read: ForeignPassword, password: string): Promise<void> {
  assert.ok('hash' in read, JSON.stringify(read))
  assert.equal(await hashing.verify(read.hash, password), true, read.hash)
  assert.equal(await hashing.verify(read.hash, `${password}x`), false, read.hash)
}

describe('passwords of Django', () => {
  it('verify as they are, by every hasher whose work is known', async () => {
    const sha256 = pbkdf2Sync('sesame', 'seasalt', 100, 32, 'sha256').toString('base64')
    const sha1 = pbkdf2Sync('sesame', 'seasalt', 100, 20, 'sha1').toString('base64')
    const scrypt = scryptSync('sesame', 'seasalt', 64, { cost: 1024, blockSize: 8, parallelization: 5 }).toString(
      'base64',
    )
    await verifies(djangoPassword(`pbkdf2_sha256$100$seasalt$${sha256}`), 'sesame')
    await verifies(djangoPassword(`pbkdf2_sha1$100$seasalt$${sha1}`), 'sesame')
    await verifies(djangoPassword(`scrypt$1024$seasalt$8$5$${scrypt}`), 'sesame')
    // The documentation of passlib (django_argon2); crypt_blowfish's tests.
    await verifies(djangoPassword('argon2$argon2i$v=19$m=256,t=1,p=1$c29tZXNhbHQ$AJFIsNZTMKTAewB4+ETN1A'), 'password')
    await verifies(djangoPassword('bcrypt$$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'), 'U*U')
  })

  it('are none where nobody can sign in with them, or their hash is too weak', () => {
    for (const text of [
      '',
      '!',
      '!Xq',
      'md5$salt$5f4dcc3b5aa765d61d8327deb882cf99',
      'sha1$salt$hash',
      'scrypt$3$s$8$1$aaaa',
    ]) {
      assert.ok('why' in djangoPassword(text), text)
    }
  })
})

describe('passwords of Keycloak', () => {
  const salt = Buffer.from('sixteen octets..')

  it('verify as they are: pbkdf2 of every kind, and argon2', async () => {
    for (const [algorithm, hash] of [
      ['pbkdf2', 'sha1'],
      ['pbkdf2-sha256', 'sha256'],
      ['pbkdf2-sha512', 'sha512'],
    ] as const) {
      const value = pbkdf2Sync('sesame', salt, 100, 64, hash).toString('base64')
      const secretData = JSON.stringify({ value, salt: salt.toString('base64') })
      const credentialData = JSON.stringify({ hashIterations: 100, algorithm })
      await verifies(keycloakPassword({ secretData, credentialData }), 'sesame')
    }
    const costs = {
      variant: 'argon2id',
      version: 19,
      memoryKib: 64,
      passes: 2,
      parallelism: 1,
      salt,
      hashBytes: 32,
    } as const
    const value = (await nodeArgon2('sesame', costs)).toString('base64')
    const additionalParameters = { memory: ['64'], type: ['id'], version: ['1.3'], parallelism: ['1'] }
    await verifies(
      keycloakPassword({
        secretData: { value, salt: salt.toString('base64') },
        credentialData: { hashIterations: 2, algorithm: 'argon2', additionalParameters },
      }),
      'sesame',
    )
  })

  it('are none where the algorithm is not known, or nothing can be read', () => {
    for (const credential of [
      {},
      { secretData: '{', credentialData: '{' },
      { secretData: '{}', credentialData: JSON.stringify({ algorithm: 'md5' }) },
      { secretData: '{}', credentialData: JSON.stringify({ algorithm: 'pbkdf2-sha256', hashIterations: 1e9 }) },
    ]) {
      assert.ok('why' in keycloakPassword(credential), JSON.stringify(credential))
    }
  })
})
