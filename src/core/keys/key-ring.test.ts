/** Tests of the key ring: keys that come, follow one another and go, on one node and on two. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CompactEncrypt, compactVerify, importJWK, type JWK } from 'jose'
import { aClock, NOON, random } from '../../../test/support/builders.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import type { CommitOutcome, Write } from '../unit-of-work.ts'
import { type KeyRing, openKeyRing } from './key-ring.ts'
import { WrongMasterKey } from './key-sealer.ts'
import { rotateKey } from './rotate-key.ts'
import type { KeyRepository, SealedKey } from './signing-key.ts'

const TRUST_MS = 500
const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)

/** A database of keys: writes are functions that say whether they won. */
function aKeyDatabase() {
  let rows: readonly SealedKey[] = []
  let revision = 0
  let isAway = false
  const acts = new Map<Write, () => boolean>()
  const write = (name: string, act: () => boolean): Write => {
    const made = { name }
    acts.set(made, act)
    return made
  }
  const keys: KeyRepository = {
    async list() {
      if (isAway) throw new Error('away')
      return rows
    },
    insertFirst: key =>
      write('keys.insertFirst', () => {
        if (rows.some(({ alg, retiredAt }) => alg === key.alg && retiredAt === undefined)) return false
        rows = [...rows, key]
        return true
      }),
    retire: (kid, retiredAt, unpublishAt) =>
      write('keys.retire', () => {
        rows = rows.map(key => (key.kid === kid ? { ...key, retiredAt, unpublishAt } : key))
        return true
      }),
    remove: kid =>
      write('keys.remove', () => {
        rows = rows.filter(key => key.kid !== kid)
        return true
      }),
  }
  async function commit(writes: readonly Write[]): Promise<CommitOutcome> {
    for (const each of writes) if (acts.get(each)?.() !== true) return { committed: false, lost: each.name }
    revision += 1
    return { committed: true }
  }
  return {
    keys,
    commit,
    rows: () => rows,
    /** A client, for which the revision grows as well. */
    changeSomethingElse() {
      revision += 1
    },
    goAway(away: boolean) {
      isAway = away
    },
    async revision() {
      if (isAway) throw new Error('away')
      return revision
    },
  }
}

type KeyDatabase = ReturnType<typeof aKeyDatabase>

function open(database: KeyDatabase, clock = aClock()): Promise<KeyRing> {
  const { keys, commit, revision } = database
  return openKeyRing({ keys, commit, revision, sealer, random, clock, trustMs: TRUST_MS })
}

async function rotate(database: KeyDatabase, name: Parameters<typeof rotateKey>[0], keepSeconds = 60, now = NOON) {
  const rotation = await rotateKey(name, keepSeconds, { keys: database.keys, sealer, random, now })
  assert.deepEqual(await database.commit(rotation.writes), { committed: true })
  return rotation
}

const kids = (ring: KeyRing): readonly (string | undefined)[] => ring.jwks().keys.map(({ kid }) => kid)

describe('the key ring', () => {
  it('(5) publishes at the first start what apps may sign with and encrypt to, RS256 first, nothing private', async () => {
    const ring = await open(aKeyDatabase())
    const { keys } = ring.jwks()
    assert.deepEqual(
      keys.map(({ alg, use, kty }) => [alg, use, kty]),
      [
        ['RS256', 'sig', 'RSA'],
        ['ES256', 'sig', 'EC'],
        ['EdDSA', 'sig', 'OKP'],
        [undefined, 'enc', 'RSA'],
        [undefined, 'enc', 'EC'],
      ],
    )
    assert.equal(new Set(kids(ring)).size, keys.length)
    for (const key of keys)
      assert.deepEqual([key.d, key.k, key.p, key.priv], [undefined, undefined, undefined, undefined])
  })

  it('(8) makes the key of every other algorithm when it is first asked for, and publishes it before it signs', async () => {
    const ring = await open(aKeyDatabase())
    for (const alg of ASYMMETRIC_SIGNING_ALGORITHMS) {
      const [first, second] = await Promise.all([ring.signer(alg), ring.signer(alg)])
      assert.equal(first.kid, second.kid)
      const matching = ring.jwks().keys.filter(({ kid }) => kid === first.kid)
      assert.equal(matching.length, 1)
      const [jwk] = matching
      assert.equal(jwk?.alg, alg)
      assert.equal(jwk?.use, 'sig')
      const key = await importJWK({ ...jwk } as JWK, alg)
      await compactVerify(await first.sign({ sub: 'ada' }), key)
    }
    assert.throws(() => ring.signer('HS256'), /secret of a client/)
  })

  it('a key made at its first use waits until the other nodes publish it', async () => {
    const clock = aClock()
    const ring = await open(aKeyDatabase(), clock)
    await ring.signer('RS256')
    assert.deepEqual(clock.slept, [])
    await ring.signer('PS512')
    assert.deepEqual(clock.slept, [TRUST_MS])
  })

  it('two nodes that start at once, or need a key at once, agree on one', async () => {
    const database = aKeyDatabase()
    const [one, two] = await Promise.all([open(database), open(database)])
    assert.deepEqual(kids(one), kids(two))
    const [ours, theirs] = await Promise.all([one.signer('ES384'), two.signer('ES384')])
    assert.equal(ours.kid, theirs.kid)
    assert.equal(database.rows().filter(({ alg }) => alg === 'ES384').length, 1)
    assert.equal(one.pairwiseSubject('app.example', 'ada'), two.pairwiseSubject('app.example', 'ada'))
  })

  it('finds a key that another node has just made at once, though it looks for changes only now and then', async () => {
    const database = aKeyDatabase()
    const [one, two] = [await open(database), await open(database)]
    await two.freshen()
    const { kid } = await one.signer('PS256')
    assert.equal(two.freshen(), undefined)
    assert.ok(!kids(two).includes(kid))
    assert.equal((await two.findPublicKey(kid))?.alg, 'PS256')
    assert.ok(kids(two).includes(kid))
    assert.equal(await two.findPublicKey('nobody'), undefined)
  })

  it('keeps the key set as one object until a key comes or goes', async () => {
    const database = aKeyDatabase()
    const clock = aClock()
    const ring = await open(database, clock)
    await ring.freshen()
    const before = ring.jwks()
    clock.advance(60)
    await ring.freshen()
    assert.equal(ring.jwks(), before)
    database.changeSomethingElse()
    clock.advance(60)
    await ring.freshen()
    assert.equal(ring.jwks(), before)
    await rotate(database, 'ES256')
    clock.advance(60)
    await ring.freshen()
    assert.notEqual(ring.jwks(), before)
  })

  it('goes on with what it knows while the database is away', async () => {
    const database = aKeyDatabase()
    const clock = aClock()
    const ring = await open(database, clock)
    const { kid } = await ring.signer('RS256')
    database.goAway(true)
    clock.advance(60)
    assert.equal((await ring.signer('RS256')).kid, kid)
    await ring.freshen()
    assert.equal(ring.jwks().keys.length, 5)
    clock.advance(60)
    assert.equal(ring.freshen(), undefined, 'nobody waits for it twice')
    database.goAway(false)
    await rotate(database, 'RS256', 3_600)
    clock.advance(60)
    assert.equal(ring.freshen(), undefined, 'nor for the first answer')
    await new Promise(setImmediate)
    assert.equal(ring.jwks().keys.length, 6)
  })

  it('does not start on keys of another master key, and makes none beside them', async () => {
    const database = aKeyDatabase()
    await open(database)
    const other = createSealer(masterKeyFromText('another master key of a test, 32 characters or more'), random)
    const { keys, commit, revision } = database
    const ports = { keys, commit, revision, sealer: other, random, clock: aClock(), trustMs: TRUST_MS }
    const before = database.rows()
    await assert.rejects(openKeyRing(ports), WrongMasterKey)
    assert.equal(database.rows(), before)
  })
})

describe('rotation of a key', () => {
  it('(37) the new key signs once all nodes publish it; the old one stays published and verifies until its time is over', async () => {
    const database = aKeyDatabase()
    const clock = aClock()
    const ring = await open(database, clock)
    const old = await ring.signer('RS256')
    const { made, retired } = await rotate(database, 'RS256')
    assert.equal(retired?.kid, old.kid)
    clock.advance(1)
    assert.equal((await ring.signer('RS256')).kid, old.kid, 'another node may not publish the new key yet')
    assert.deepEqual(kids(ring).slice(0, 2), [made.kid, old.kid], 'both are published, the new one first')
    clock.advance(1)
    assert.equal((await ring.signer('RS256')).kid, made.kid)
    assert.equal((await ring.findPublicKey(old.kid))?.alg, 'RS256')
    clock.advance(60)
    assert.ok(!kids(ring).includes(old.kid), 'its time is over')
    assert.equal((await ring.findPublicKey(old.kid))?.alg, 'RS256', 'and still it recognises an id_token_hint')
  })

  it('a key that was removed verifies nothing and signs nothing, not even until its successor may', async () => {
    const database = aKeyDatabase()
    const clock = aClock()
    const ring = await open(database, clock)
    const old = await ring.signer('ES256')
    const { made } = await rotate(database, 'ES256')
    await database.commit([database.keys.remove(old.kid)])
    clock.advance(1)
    assert.equal((await ring.signer('ES256')).kid, made.kid)
    assert.equal(await ring.findPublicKey(old.kid), undefined)
    assert.ok(!kids(ring).includes(old.kid))
  })

  it('of two rotations at once only one takes place', async () => {
    const database = aKeyDatabase()
    await open(database)
    const making = { keys: database.keys, sealer, random, now: NOON }
    const [one, two] = await Promise.all([rotateKey('EdDSA', 60, making), rotateKey('EdDSA', 60, making)])
    assert.deepEqual(await database.commit(one.writes), { committed: true })
    assert.deepEqual(await database.commit(two.writes), { committed: false, lost: 'keys.insertFirst' })
  })

  it('what is encrypted to an old key is read as long as it is published', async () => {
    const database = aKeyDatabase()
    const clock = aClock()
    const ring = await open(database, clock)
    const jwk = ring.jwks().keys.find(({ kty, use }) => kty === 'EC' && use === 'enc')
    const { retired } = await rotate(database, 'ECDH-ES', 60)
    assert.equal(retired?.kid, jwk?.kid)
    clock.advance(1)
    await ring.freshen()
    const jwe = await encryptedTo(jwk as JWK, 'ECDH-ES', jwk?.kid)
    assert.equal((await ring.decrypt(jwe))?.plaintext.toString(), 'grüße')
    clock.advance(60)
    assert.equal(await ring.decrypt(jwe), undefined)
  })
})

function encryptedTo(jwk: JWK, alg: string, kid?: string): Promise<string> {
  const header = { alg, enc: 'A128GCM', ...(kid === undefined ? {} : { kid }) }
  return importJWK(jwk, alg).then(key =>
    new CompactEncrypt(Buffer.from('grüße')).setProtectedHeader(header).encrypt(key),
  )
}

describe('what is encrypted to our published keys', () => {
  it('is read, with and without a kid', async () => {
    const ring = await open(aKeyDatabase())
    const published = ring.jwks().keys.filter(({ use }) => use === 'enc')
    for (const jwk of published) {
      const algs = jwk.kty === 'RSA' ? ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-512'] : ['ECDH-ES', 'ECDH-ES+A256KW']
      for (const alg of algs)
        for (const kid of [jwk.kid, undefined]) {
          const decrypted = await ring.decrypt(await encryptedTo(jwk as JWK, alg, kid))
          assert.deepEqual([decrypted?.plaintext.toString(), decrypted?.alg, decrypted?.enc], ['grüße', alg, 'A128GCM'])
        }
    }
  })

  it('and nothing else: another kid, a key for signatures, a shared secret, no JWE at all', async () => {
    const ring = await open(aKeyDatabase())
    const encryption = ring.jwks().keys.find(({ kty, use }) => kty === 'EC' && use === 'enc')
    const signing = ring.jwks().keys.find(({ alg }) => alg === 'ES256')
    assert.equal(await ring.decrypt(await encryptedTo(encryption as JWK, 'ECDH-ES', 'nobody')), undefined)
    const toSigner = { kty: 'EC', crv: 'P-256', x: signing?.x ?? '', y: signing?.y ?? '' }
    assert.equal(await ring.decrypt(await encryptedTo(toSigner, 'ECDH-ES', signing?.kid)), undefined)
    const shared = new CompactEncrypt(Buffer.from('x')).setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
    assert.equal(await ring.decrypt(await shared.encrypt(Buffer.alloc(16))), undefined)
    assert.equal(await ring.decrypt('a.b.c'), undefined)
  })
})

describe('the subject of a person at the apps of a sector (OIDC Core §8.1)', () => {
  it('is the same each time, and another one for another sector or another person', async () => {
    const database = aKeyDatabase()
    const ring = await open(database)
    const subjects = [
      ring.pairwiseSubject('one.example', 'ada'),
      ring.pairwiseSubject('two.example', 'ada'),
      ring.pairwiseSubject('one.example', 'bob'),
    ]
    assert.equal(new Set(subjects).size, 3)
    assert.equal((await open(database)).pairwiseSubject('one.example', 'ada'), subjects[0])
    assert.notEqual((await open(aKeyDatabase())).pairwiseSubject('one.example', 'ada'), subjects[0])
    assert.match(subjects[0] ?? '', /^[\w-]{43}$/)
  })

  it('cannot be moved between sector and person', async () => {
    const ring = await open(aKeyDatabase())
    assert.notEqual(ring.pairwiseSubject('a', 'b.c'), ring.pairwiseSubject('a.b', 'c'))
    assert.notEqual(ring.pairwiseSubject('ab', 'c'), ring.pairwiseSubject('a', 'bc'))
  })
})
