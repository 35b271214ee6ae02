/** Tests of keys from other servers: which are taken, under which name, for what, and how long. */

import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import type { Write } from '../unit-of-work.ts'
import { importKey, type KeyImport } from './import-key.ts'
import { makeKey, sealContext } from './make-key.ts'
import { parsePrivateKey } from './parse-private-key.ts'
import type { SealedKey } from './signing-key.ts'

const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const ed = generateKeyPairSync('ed25519').privateKey

type PemType = 'pkcs1' | 'pkcs8' | 'sec1'
const pemOf = (key: KeyObject, type: PemType = 'pkcs8'): string =>
  key.export({ format: 'pem', type: type as 'pkcs8' }).toString()
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>

function ports(stored: readonly SealedKey[] = []) {
  const written: string[] = []
  const write = (name: string): Write => {
    written.push(name)
    return {} as Write
  }
  const keys = {
    list: async () => stored,
    insertFirst: ({ kid }: SealedKey) => write(`insert ${kid}`),
    retire: (kid: string) => write(`retire ${kid}`),
  }
  return { keys, sealer, now: NOON, written }
}

async function imported(said: Partial<KeyImport>, stored?: readonly SealedKey[]) {
  const given = ports(stored)
  const outcome = await importKey({ isLive: false, ...said }, given)
  return { outcome, written: given.written }
}

async function made(said: Partial<KeyImport>, stored?: readonly SealedKey[]) {
  const { outcome, written } = await imported(said, stored)
  assert.ok(!('mistakes' in outcome) && !('taken' in outcome), JSON.stringify(outcome))
  return { ...outcome, written }
}

async function refused(said: Partial<KeyImport>, stored?: readonly SealedKey[]): Promise<string> {
  const { outcome, written } = await imported(said, stored)
  assert.ok('mistakes' in outcome)
  assert.deepEqual(written, [])
  return outcome.mistakes.map(({ member, message }) => `${member} ${message}`).join('\n')
}

describe('a key of another server', () => {
  it('is read from PEM in every form (PKCS#1, PKCS#8, SEC 1), and from a JWK (RFC 7517)', () => {
    const forms = [
      [{ pem: pemOf(rsa, 'pkcs1') }, 'RS256'],
      [{ pem: pemOf(rsa) }, 'RS256'],
      [{ pem: pemOf(ec, 'sec1') }, 'ES256'],
      [{ pem: pemOf(ec) }, 'ES256'],
      [{ pem: pemOf(ed) }, 'EdDSA'],
      [{ jwk: jwkOf(rsa) }, 'RS256'],
      [{ jwk: { ...jwkOf(rsa), alg: 'PS384' } }, 'PS384'],
      [{ jwk: jwkOf(ec) }, 'ES256'],
      [{ jwk: jwkOf(ed) }, 'EdDSA'],
      [{ pem: pemOf(rsa), alg: 'RSA-OAEP' }, 'RSA-OAEP'],
    ] as const
    for (const [said, alg] of forms) {
      const parsed = parsePrivateKey(said)
      assert.ok(!('mistakes' in parsed), `${alg}: ${JSON.stringify(parsed)}`)
      assert.equal(parsed.alg, alg)
    }
  })

  it('is sealed under the master key for its row alone, and its public half has nothing of the private one', async () => {
    const { made: key } = await made({ jwk: { ...jwkOf(rsa), kid: 'realm' } })
    assert.equal(key.kid, 'realm')
    const der = sealer.open(key.sealedPrivateKey, sealContext(key))
    const opened = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    assert.deepEqual(jwkOf(opened), jwkOf(rsa))
    assert.throws(() => sealer.open(key.sealedPrivateKey, sealContext({ kid: 'other', alg: 'RS256' })))
    const { n, e } = jwkOf(rsa)
    assert.deepEqual(JSON.parse(key.publicJwk), { kty: 'RSA', n, e, kid: 'realm', alg: 'RS256', use: 'sig' })
  })

  it('keeps the kid that tokens have (RFC 7517 §4.5), else takes its thumbprint (RFC 7638)', async () => {
    assert.equal((await made({ pem: pemOf(ec), kid: 'authelia' })).made.kid, 'authelia')
    assert.equal((await made({ jwk: { ...jwkOf(ec), kid: 'a' }, kid: 'b' })).made.kid, 'b')
    assert.match((await made({ pem: pemOf(ec) })).made.kid, /^[\w-]{43}$/)
    for (const kid of ['', 'a b', 'a\n', 'ä', 'x'.repeat(201)])
      assert.match(await refused({ pem: pemOf(ec), kid }), /^kid /)
  })

  it('is published for 30 days or until the time that is said, and signs nothing', async () => {
    const usual = await made({ pem: pemOf(ec) })
    assert.deepEqual([usual.made.retiredAt, usual.made.unpublishAt], [NOON, addSeconds(NOON, 30 * 86_400)])
    assert.deepEqual(usual.written, [`insert ${usual.made.kid}`])
    const until = addSeconds(NOON, 60)
    assert.deepEqual((await made({ pem: pemOf(ec), unpublishAt: until })).made.unpublishAt, until)
    assert.match(await refused({ pem: pemOf(ec), unpublishAt: NOON }), /^unpublish_at is over/)
    assert.match(await refused({ pem: pemOf(ec), unpublishAt: addSeconds(NOON, 11 * 365 * 86_400) }), /ten years/)
  })

  it('that is to sign takes the place of the one in use, which stays published', async () => {
    const before = await makeKey('ES256', { sealer, random }, NOON)
    const { made: key, retired, written } = await made({ pem: pemOf(ec), isLive: true }, [before])
    assert.deepEqual([key.retiredAt, retired?.kid], [undefined, before.kid])
    assert.deepEqual(written, [`retire ${before.kid}`, `insert ${key.kid}`])
    assert.match(await refused({ pem: pemOf(ec), isLive: true, unpublishAt: addSeconds(NOON, 9) }), /only published/)
  })

  it('is not taken twice, under no other name either, but for another algorithm', async () => {
    const { made: key } = await made({ pem: pemOf(rsa), kid: 'one' })
    assert.deepEqual((await imported({ pem: pemOf(rsa), kid: 'two' }, [key])).outcome, { taken: 'two' })
    assert.deepEqual((await imported({ pem: pemOf(ec), kid: 'one' }, [key])).outcome, { taken: 'one' })
    assert.equal((await made({ pem: pemOf(rsa), kid: 'two', alg: 'PS256' }, [key])).made.alg, 'PS256')
  })

  it('is strong enough: RSA of 2048 bits or more (RFC 7518 §3.3), known curves, an exponent of 65537', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    assert.match(await refused({ pem: pemOf(weak) }), /has 1024 bits/)
    const exponent = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey
    assert.match(await refused({ pem: pemOf(exponent) }), /exponent below 65537/)
    const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
    assert.match(await refused({ pem: pemOf(curve) }), /does not go with this key/)
    const exchange = generateKeyPairSync('x25519').privateKey
    assert.match(await refused({ pem: pemOf(exchange) }), /cannot be read|does not go/)
  })

  it('has one algorithm that fits it (RFC 7517 §4.4)', async () => {
    assert.match(await refused({ pem: pemOf(ec), alg: 'RS256' }), /^alg "RS256" does not go with this key: ES256/)
    assert.match(await refused({ jwk: { ...jwkOf(rsa), alg: 'HS256' } }), /^alg "HS256" does not go/)
    assert.match(await refused({ pem: pemOf(ed), alg: 'handle' }), /^alg "handle" does not go/)
  })

  it('is a whole private key, and what is none is refused without repeating it (RFC 7518 §6.2.2, §6.3.2)', async () => {
    const pem = pemOf(ec)
    const { d: _, ...publicOnly } = jwkOf(ec)
    const other = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    const passphrase = ec.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()
    const cases: ReadonlyArray<readonly [Partial<KeyImport>, RegExp]> = [
      [{}, /say either pem or jwk/],
      [{ pem, jwk: jwkOf(ec) }, /say either pem or jwk/],
      [{ pem: createPublicKey(ec).export({ format: 'pem', type: 'spki' }).toString() }, /is no private key in PEM/],
      [{ pem: passphrase }, /is encrypted: take its passphrase away first/],
      [{ pem: pem.replace(/^MI.{20}/m, 'AAAAAAAAAAAAAAAAAAAAAA') }, /cannot be read as a private key/],
      [{ pem: `${pem}${' '.repeat(20_000)}` }, /is longer than/],
      [{ jwk: publicOnly }, /has no private part/],
      [{ jwk: { ...jwkOf(ec), d: other.d } }, /is broken|cannot be read/],
      [{ jwk: { ...jwkOf(rsa), n: 1 } }, /cannot be read/],
      [{ jwk: { ...jwkOf(rsa), junk: 'x'.repeat(20_000) } }, /is longer than/],
    ]
    const secret = pem.split('\n')[1] ?? assert.fail()
    for (const [said, message] of cases) {
      const told = await refused(said)
      assert.match(told, message)
      assert.ok(!told.includes(secret))
    }
  })
})
