/** Tests of foreign digests, by the vectors that their authors publish. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadArgon2 } from '../argon2.ts'
import { createPasswordHashing } from '../password-hashing.ts'
import { createSystemRandom } from '../random.ts'
import { isDigestProblem, parseDigest } from './digest.ts'

type Vector = readonly [digest: string, password: string]

/** crypt_blowfish's own tests (Openwall, wrapper.c), and vectors2.h of OpenBSD's bcrypt. */
const BCRYPT: readonly Vector[] = [
  ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK', 'U*U*'],
  ['$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a', 'U*U*U'],
  [
    '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
  ],
  ['$2a$04$mlr.PoDP3w4SzMh8A/td4O2LE5lJcM2/JSPEwYH0wXmT/Ai.Ip3GG', 'twist'],
  ['$2a$06$LtzByA9pukm5I9XbW.6t6eZy3Qkg1pB17IuzfTfSCsky2X5eoFMua', 'wedge'],
  // The documentation of passlib.
  ['$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2', 'password'],
]

/** Ulrich Drepper, Unix crypt using SHA-256 and SHA-512, the self tests of its reference implementation. */
const SHA_CRYPT: readonly Vector[] = [
  ['$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
  ['$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA', 'Hello world!'],
  ['$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5', 'This is just a test'],
  [
    '$5$rounds=77777$short$JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/',
    'we have a short salt string but not a short password',
  ],
  ['$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD', 'a short string'],
  [
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    'Hello world!',
  ],
  [
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    'Hello world!',
  ],
  [
    '$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
    'a very much longer text to encrypt.  This one even stretches over morethan one line.',
  ],
]

/** The documentation of passlib. */
const PBKDF2: readonly Vector[] = [
  ['$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M', 'password'],
  ['$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE', 'password'],
  ['$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk', 'toomanysecrets'],
  // RFC 6070 §2, with 4096 rounds, as passlib writes it.
  ['$pbkdf2$4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE', 'password'],
]

/** RFC 7914 §12: N = 1024, r = 8, p = 16; N = 16384, r = 8, p = 1. */
const SCRYPT: readonly Vector[] = [
  [
    `$scrypt$ln=10,r=8,p=16$TmFDbA$${Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640', 'hex').toString('base64').replace(/=+$/, '')}`,
    'password',
  ],
  [
    `$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$${Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887', 'hex').toString('base64').replace(/=+$/, '')}`,
    'pleaseletmein',
  ],
]

/** The documentation of passlib (django_argon2), and of Authelia. */
const ARGON2: readonly Vector[] = [['$argon2i$v=19$m=256,t=1,p=1$c29tZXNhbHQ$AJFIsNZTMKTAewB4+ETN1A', 'password']]

describe('foreign digests', async () => {
  const limits = { concurrency: 2, maxQueued: 100 }
  const hashing = createPasswordHashing({ ...limits, compute: await loadArgon2(), random: createSystemRandom() })

  for (const [name, vectors] of Object.entries({ BCRYPT, SHA_CRYPT, PBKDF2, SCRYPT, ARGON2 })) {
    it(`verify by their published vectors, and take nothing else: ${name}`, async () => {
      for (const [digest, password] of vectors) {
        assert.equal(await hashing.verify(digest, password), true, digest)
        assert.equal(await hashing.verify(digest, `x${password}`), false, digest)
        assert.equal(hashing.needsRehash(digest), true, digest)
      }
    })
  }

  it('knows every hash function that pbkdf2 is written with', async () => {
    const { pbkdf2Sync } = await import('node:crypto')
    for (const name of ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
      const key = pbkdf2Sync('sesame', 'sixteen octets..', 10, 20, name).toString('base64').replaceAll('+', '.')
      const salt = Buffer.from('sixteen octets..').toString('base64').replaceAll('=', '')
      const digest = `$pbkdf2-${name}$10$${salt}$${key.replaceAll('=', '')}`
      assert.equal(await hashing.verify(digest, 'sesame'), true, name)
      assert.equal(await hashing.verify(digest, 'sesames'), false, name)
    }
  })

  it('looks past 72 octets of a password where bcrypt is made of its hash', async () => {
    const { createHash } = await import('node:crypto')
    const { runCryptJob } = await import('./crypt-jobs.ts')
    const long = 'x'.repeat(80)
    const password = createHash('sha256').update(long).digest('hex')
    const salt = 'CCCCCCCCCCCCCCCCCCCCC.'
    const made = Buffer.from(runCryptJob({ kind: 'bcrypt', password, salt, cost: 4 }))
    const letters = bcryptLetters(made)
    const digest = `bcrypt_sha256$$2b$04$${salt}${letters}`
    assert.equal(await hashing.verify(digest, long), true)
    assert.equal(await hashing.verify(digest, `${long}x`), false)
  })

  it('never takes more than a kilobyte for a password: the work of SHA-crypt grows with its square', async () => {
    assert.equal(await hashing.verify(SHA_CRYPT[0]?.[0], 'x'.repeat(100_000)), false)
  })

  it('is refused where one check would keep the server busy, or memory would run out', () => {
    const salt = 'c29tZXNhbHRzb21lc2FsdA'
    const key = 'Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M'
    for (const digest of [
      `$pbkdf2-sha512$5000001$${salt}$${key}`,
      `$pbkdf2-sha512$0$${salt}$${key}`,
      `$scrypt$ln=20,r=8,p=1$${salt}$${key}`,
      `$scrypt$ln=10,r=8,p=17$${salt}$${key}`,
      `$scrypt$ln=0,r=8,p=1$${salt}$${key}`,
      // Each within its limit, and too much together (RFC 7914 §6, RFC 8018 §5.2).
      `$scrypt$ln=18,r=8,p=16$${salt}$${key}`,
      `$pbkdf2-sha1$1000000$${salt}$${'a'.repeat(170)}`,
      `$argon2id$v=19$m=262145,t=1,p=1$${salt}$${key}`,
      `$argon2id$v=19$m=65536,t=65,p=1$${salt}$${key}`,
      `$argon2id$v=19$m=65536,t=1,p=65$${salt}$${key}`,
      `$argon2id$v=19$m=8,t=1,p=4$${salt}$${key}`,
      `$argon2id$v=18$m=1024,t=1,p=4$${salt}$${key}`,
      '$2b$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
      '$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
      '$6$rounds=1000001$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ]) {
      assert.ok(isDigestProblem(parseDigest(digest)), digest)
    }
  })

  it('is refused where a key is so short that a guess would hit it, or the text is something else', () => {
    for (const digest of [
      '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y10',
      '$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$AJFI',
      '$5$saltstring$5B8vYYiY',
      '$6$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
      '$1$deadbeef$0Huu6KHrKLVWfqa4WljDE0',
      '$plaintext$secret',
      '',
      `$pbkdf2-sha256$6400$${'A'.repeat(2000)}$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M`,
    ]) {
      assert.ok(isDigestProblem(parseDigest(digest)), digest)
    }
  })

  it('counts fewer than 1000 rounds of SHA-crypt as 1000, and none as 5000', () => {
    const letters = '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'
    const roundsOf = (text: string) => {
      const digest = parseDigest(text)
      return !isDigestProblem(digest) && digest.scheme === 'sha-crypt' ? digest.rounds : undefined
    }
    assert.equal(roundsOf(`$5$rounds=10$roundstoolow$${letters}`), 1000)
    assert.equal(roundsOf(`$5$saltstring$${letters}`), 5000)
  })

  it('leaves the event loop free while it computes', async () => {
    let turns = 0
    let done = false
    const turn = (): void => {
      if (done) return
      turns++
      setImmediate(turn)
    }
    setImmediate(turn)
    await hashing.verify('$2b$12$012345678901234567890urJuVDjqhVLN4JtdA/LMQb5YGJelo1WO', 'password')
    done = true
    assert.ok(turns > 10, `${turns} turns`)
  })
})

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT_LETTERS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function bcryptLetters(octets: Buffer): string {
  const letters = octets.toString('base64').replace(/=+$/, '')
  return [...letters].map(letter => BCRYPT_LETTERS[STANDARD.indexOf(letter)]).join('')
}
