/** Tests of the keys of a client: what it signs, what is encrypted for it, and whose server is asked how often. */

import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CompactEncrypt, CompactSign, compactDecrypt, decodeProtectedHeader } from 'jose'
import { aClient, aClock, NOON, random } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import type { GuardedFetch } from '../../lib/guarded-fetch.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { secretEncryptionKey } from '../../spec/jwe.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../spec/jws.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import type { Client, ClientSecret, JsonObject } from './client.ts'
import { type ClientKeys, createClientKeys } from './client-keys.ts'
import { generateSecret, type NewSecret, sealed } from './client-secrets.ts'

const JWKS_URI = 'https://app.example.org/jwks'
const sealer = createSealer(masterKeyFromText('the master key of a test, 32 characters or more'), random)

interface OwnKey {
  readonly privateKey: KeyObject
  readonly jwk: JsonObject
}

function ownKey(pair: { publicKey: KeyObject; privateKey: KeyObject }, members: JsonObject = {}): OwnKey {
  const jwk = pair.publicKey.export({ format: 'jwk' }) as JsonObject
  return { privateKey: pair.privateKey, jwk: { ...jwk, ...members } }
}

const rsa = ownKey(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const ec = ownKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const ec384 = ownKey(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
const ec521 = ownKey(generateKeyPairSync('ec', { namedCurve: 'P-521' }))
const ed = ownKey(generateKeyPairSync('ed25519'))
const KEYS: Readonly<Partial<Record<SigningAlgorithm, OwnKey>>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: ec,
  ES384: ec384,
  ES512: ec521,
  EdDSA: ed,
  'ML-DSA-44': ownKey(generateKeyPairSync('ml-dsa-44')),
  'ML-DSA-65': ownKey(generateKeyPairSync('ml-dsa-65')),
  'ML-DSA-87': ownKey(generateKeyPairSync('ml-dsa-87')),
}

function signed(key: KeyObject | Uint8Array, header: { alg: string; kid?: string }, claims: unknown = { iss: 'app' }) {
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(key)
}

/** The client's own server: what it answers now, and how often it was asked. */
function aServer(keys: readonly JsonObject[] = []) {
  const server = { keys, status: 200, text: undefined as string | undefined, asked: 0 }
  const fetch: GuardedFetch = async ({ url }) => {
    assert.equal(url, JWKS_URI)
    server.asked += 1
    if (server.status === 0) return { kind: 'refused', reason: 'unreachable', detail: 'app.example.org is away' }
    const body = Buffer.from(server.text ?? JSON.stringify({ keys: server.keys }))
    return { kind: 'answered', status: server.status, headers: {}, body }
  }
  return Object.assign(server, { fetch })
}

function clientKeysWith(server = aServer(), clock = aClock()): ClientKeys {
  return createClientKeys({ fetch: server.fetch, sealer, clock })
}

function accepts(verified: unknown): boolean {
  return !isRefusal(verified)
}

function refusalOf(verified: unknown): Refusal {
  return isRefusal(verified) ? verified : assert.fail('was not refused')
}

describe('what a client signs', () => {
  for (const alg of SIGNING_ALGORITHMS.filter(each => !each.startsWith('HS'))) {
    it(`${alg} verifies by its registered keys, with a kid, without one, and by a key that has none`, async () => {
      const { privateKey, jwk } = KEYS[alg] ?? assert.fail(alg)
      const client = aClient({ jwks: { keys: [{ ...jwk, kid: 'k1' }] } })
      const expected = { algs: [alg], now: NOON }
      const verify = async (of: Client, header: { alg: string; kid?: string }) =>
        accepts(await clientKeysWith().verify(of, await signed(privateKey, header), expected))
      assert.ok(await verify(client, { alg, kid: 'k1' }))
      assert.ok(await verify(client, { alg }))
      assert.ok(await verify(aClient({ jwks: { keys: [{ ...jwk }] } }), { alg, kid: 'whatever' }))
      assert.ok(!(await verify(client, { alg, kid: 'k2' })), 'another kid is another key')
    })
  }

  it('answers with the header and the claims', async () => {
    const client = aClient({ jwks: { keys: [ec.jwk] } })
    const jws = await signed(ec.privateKey, { alg: 'ES256', kid: 'x' }, { iss: 'app', n: 1 })
    const verified = await clientKeysWith().verify(client, jws, { algs: ['ES256'], now: NOON })
    assert.deepEqual(verified, { header: { alg: 'ES256', kid: 'x' }, payload: { iss: 'app', n: 1 } })
  })

  it('tries all keys that fit when no kid says which (OIDC Core §10.1), and no more than ten', async () => {
    const others = Array.from({ length: 10 }, () => ownKey(generateKeyPairSync('ed25519')).jwk)
    const jws = await signed(ed.privateKey, { alg: 'EdDSA' })
    const verify = async (keys: readonly JsonObject[]) =>
      accepts(await clientKeysWith().verify(aClient({ jwks: { keys } }), jws, { algs: ['EdDSA'], now: NOON }))
    assert.ok(await verify([rsa.jwk, ec.jwk, ...others.slice(0, 9), ed.jwk]))
    assert.ok(!(await verify([...others, ed.jwk])))
  })

  it('is refused when the algorithm was not agreed on, none above all (RFC 8725 §3.1)', async () => {
    const client = aClient({ jwks: { keys: [rsa.jwk] } })
    const jws = await signed(rsa.privateKey, { alg: 'RS256' })
    const refused = refusalOf(await clientKeysWith().verify(client, jws, { algs: ['PS256', 'ES256'], now: NOON }))
    assert.equal(refused.rule, 'RFC 8725 §3.1 alg')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
    for (const algs of [['RS256'], SIGNING_ALGORITHMS] as const)
      assert.ok(isRefusal(await clientKeysWith().verify(client, none, { algs, now: NOON })))
  })

  it('is refused when the public key was used as the key of a MAC (RFC 8725 §2.1)', async () => {
    const client = aClient({ jwks: { keys: [rsa.jwk, { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }] } })
    const pem = createPublicKey(rsa.privateKey).export({ format: 'pem', type: 'spki' })
    for (const secret of [Buffer.from(pem), Buffer.from(JSON.stringify(rsa.jwk)), Buffer.alloc(32, 7)]) {
      const jws = await signed(secret, { alg: 'HS256' })
      const verified = await clientKeysWith().verify(client, jws, { algs: SIGNING_ALGORITHMS, now: NOON })
      assert.equal(refusalOf(verified).rule, 'RFC 7515 §5.2 the signature is by a key of the client')
    }
  })

  it('is refused by a key for something else: use, key_ops, alg (RFC 7517 §4.2–4.4)', async () => {
    const jws = await signed(ec.privateKey, { alg: 'ES256' })
    const verify = async (members: JsonObject) =>
      accepts(
        await clientKeysWith().verify(aClient({ jwks: { keys: [{ ...ec.jwk, ...members }] } }), jws, {
          algs: ['ES256'],
          now: NOON,
        }),
      )
    assert.ok(await verify({ use: 'sig', key_ops: ['verify'], alg: 'ES256' }))
    assert.ok(!(await verify({ use: 'enc' })))
    assert.ok(!(await verify({ key_ops: ['deriveBits'] })))
    assert.ok(!(await verify({ alg: 'ECDH-ES' })))
  })

  it('is refused by an RSA key that is too short, or so long that it costs us time (RFC 7518 §3.3)', async () => {
    const short = ownKey(generateKeyPairSync('rsa', { modulusLength: 1024 }))
    const long = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(2048, 0xff).toString('base64url') }
    const jws = await signed(rsa.privateKey, { alg: 'RS256' })
    for (const jwk of [short.jwk, long, { kty: 'RSA' }, { kty: 'RSA', n: 1, e: [] }]) {
      const client = aClient({ jwks: { keys: [jwk as JsonObject] } })
      assert.ok(isRefusal(await clientKeysWith().verify(client, jws, { algs: ['RS256'], now: NOON })))
    }
  })

  it('is refused with a critical header, with an unencoded payload, and when it is no JWS at all', async () => {
    const client = aClient({ jwks: { keys: [ec.jwk] } })
    const head = (members: object) => Buffer.from(JSON.stringify({ alg: 'ES256', ...members })).toString('base64url')
    const texts = [
      `${head({ crit: ['x'], x: 1 })}.e30.AAAA`,
      `${head({ b64: false })}.e30.AAAA`,
      '',
      'a',
      'a.b',
      'a.b.c.d.e',
    ]
    for (const text of [...texts, `${head({})}.${'A'.repeat(100_001)}.AAAA`])
      assert.ok(
        isRefusal(await clientKeysWith().verify(client, text, { algs: ['ES256'], now: NOON })),
        text.slice(0, 40),
      )
  })

  it('is refused when the claims are no object', async () => {
    const client = aClient({ jwks: { keys: [ec.jwk] } })
    for (const claims of [[], 'text', null, 1]) {
      const jws = await signed(ec.privateKey, { alg: 'ES256' }, claims)
      assert.ok(isRefusal(await clientKeysWith().verify(client, jws, { algs: ['ES256'], now: NOON })))
    }
  })

  it('is refused with the error that the caller names, and with facts that hold nothing of the token', async () => {
    const jws = await signed(ec.privateKey, { alg: 'ES256', kid: 'k'.repeat(500) })
    const expected = { algs: ['ES256'], now: NOON, error: 'invalid_client' } as const
    const refused = refusalOf(await clientKeysWith().verify(aClient({ clientId: 'app' }), jws, expected))
    assert.equal(refused.error, 'invalid_client')
    assert.equal(refused.facts.problem, 'the client has neither jwks nor jwks_uri')
    assert.equal(String(refused.facts.kid).length, 100)
  })
})

describe('keys that a client publishes under its jwks_uri', () => {
  const client = aClient({ jwksUri: JWKS_URI })
  const expected = { algs: ['ES256'], now: NOON } as const
  const verify = async (keys: ClientKeys, kid: string, key = ec.privateKey) =>
    accepts(await keys.verify(client, await signed(key, { alg: 'ES256', kid }), expected))

  it('are fetched once for many signatures, and again after a minute', async () => {
    const server = aServer([{ ...ec.jwk, kid: 'k1' }])
    const clock = aClock()
    const keys = clientKeysWith(server, clock)
    assert.deepEqual(await Promise.all([verify(keys, 'k1'), verify(keys, 'k1'), verify(keys, 'k1')]), [
      true,
      true,
      true,
    ])
    clock.advance(59)
    await verify(keys, 'k1')
    assert.equal(server.asked, 1)
    server.keys = []
    clock.advance(1)
    assert.ok(!(await verify(keys, 'k1')), 'a key that was withdrawn counts no more')
    assert.equal(server.asked, 2)
  })

  it('(33) a new kid is found at once after a rotation', async () => {
    const server = aServer([{ ...ec.jwk, kid: 'k1' }])
    const clock = aClock()
    const keys = clientKeysWith(server, clock)
    await verify(keys, 'k1')
    clock.advance(6)
    server.keys = [{ ...ec.jwk, kid: 'k2' }]
    assert.ok(await verify(keys, 'k2'))
    assert.equal(server.asked, 2)
  })

  it('a new key without a kid is found as well', async () => {
    const server = aServer([ownKey(generateKeyPairSync('ec', { namedCurve: 'P-256' })).jwk])
    const clock = aClock()
    const keys = clientKeysWith(server, clock)
    assert.ok(!(await verify(keys, 'any')))
    clock.advance(6)
    server.keys = [ec.jwk]
    assert.ok(await verify(keys, 'any'))
  })

  it('made-up kids do not drive us against the server of somebody else', async () => {
    const server = aServer([{ ...ec.jwk, kid: 'k1' }])
    const clock = aClock()
    const keys = clientKeysWith(server, clock)
    for (let at = 0; at < 50; at += 1) await verify(keys, `made-up-${at}`)
    assert.equal(server.asked, 1)
    clock.advance(6)
    await Promise.all(Array.from({ length: 50 }, (_, at) => verify(keys, `made-up-${at}`)))
    assert.equal(server.asked, 2)
  })

  it('go on counting while the server is away, but not for ever', async () => {
    const server = aServer([{ ...ec.jwk, kid: 'k1' }])
    const clock = aClock()
    const keys = clientKeysWith(server, clock)
    await verify(keys, 'k1')
    server.status = 0
    clock.advance(120)
    assert.ok(await verify(keys, 'k1'))
    const asked = server.asked
    await verify(keys, 'k1')
    assert.equal(server.asked, asked, 'it is left in peace for some seconds')
    clock.advance(7200)
    assert.ok(!(await verify(keys, 'k1')))
    server.status = 200
    clock.advance(6)
    assert.ok(await verify(keys, 'k1'))
  })

  it('that cannot be had are a refusal that tells the operator why', async () => {
    const server = aServer()
    const problem = async () => {
      const jws = await signed(ec.privateKey, { alg: 'ES256' })
      return String(refusalOf(await clientKeysWith(server).verify(client, jws, expected)).facts.problem)
    }
    server.status = 0
    assert.equal(await problem(), 'unreachable: app.example.org is away')
    server.status = 404
    assert.match(await problem(), /status 404/)
    server.status = 200
    for (const text of ['<html>', '[]', '{"keys":{}}', 'null']) {
      server.text = text
      assert.match(await problem(), /no (JSON object|key set)/)
    }
  })

  it('that are no objects are passed over', async () => {
    const server = aServer([null, 1, 'x', [], { ...ec.jwk, kid: 'k1' }] as unknown as JsonObject[])
    assert.ok(await verify(clientKeysWith(server), 'k1'))
  })
})

function secretOf(made: NewSecret, changes: Partial<ClientSecret> = {}): ClientSecret {
  return { ...sealed(made, sealer).stored, ...changes }
}

describe('secrets that are keys of both sides (OIDC Core §10.1)', () => {
  const [first, second, ended] = Array.from({ length: 3 }, () => generateSecret({ random, now: NOON }, 48))
  assert.ok(first !== undefined && second !== undefined && ended !== undefined)
  const client = aClient({
    secrets: [
      secretOf(first, { expiresAt: addSeconds(NOON, 60) }),
      secretOf(second, { createdAt: addSeconds(NOON, 1) }),
      secretOf(ended, { expiresAt: NOON }),
    ],
  })

  it('are read newest first, and only while they live', () => {
    const keys = clientKeysWith()
    assert.deepEqual(keys.secretsOf(client, NOON), [second.plain, first.plain])
    assert.deepEqual(keys.secretsOf(client, addSeconds(NOON, 60)), [second.plain])
    assert.deepEqual(keys.secretsOf(aClient({ secrets: [first.stored] }), NOON), [], 'only its hash was kept')
  })

  it('belong to their row: one that was moved to another is not read', () => {
    const moved = { ...secretOf(first), id: second.stored.id }
    assert.throws(() => clientKeysWith().secretsOf(aClient({ secrets: [moved] }), NOON))
  })

  for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
    it(`${alg} verifies by every live secret, and signs by the newest`, async () => {
      const keys = clientKeysWith()
      const verify = async (secret: string) => {
        const jws = await signed(Buffer.from(secret), { alg })
        return accepts(await keys.verify(client, jws, { algs: [alg], now: NOON }))
      }
      assert.deepEqual(
        [await verify(first.plain), await verify(second.plain), await verify(ended.plain)],
        [true, true, false],
      )
      const signer = keys.macSigner(client, alg)
      assert.ok(!isRefusal(signer))
      const made = await signer.sign({ sub: 'ada' })
      assert.ok(accepts(await keys.verify(aClient({ secrets: [secretOf(second)] }), made, { algs: [alg], now: NOON })))
      assert.ok(!accepts(await keys.verify(aClient({ secrets: [secretOf(first)] }), made, { algs: [alg], now: NOON })))
    })
  }

  it('that are shorter than the hash are no key for it (RFC 7518 §3.2, OIDC Core §16.19)', async () => {
    const short = generateSecret({ random, now: NOON })
    const of = aClient({ secrets: [secretOf(short)] })
    const keys = clientKeysWith()
    assert.ok(!isRefusal(keys.macSigner(of, 'HS256')))
    assert.ok(isRefusal(keys.macSigner(of, 'HS512')))
    const jws = await signed(Buffer.from(short.plain), { alg: 'HS512' })
    assert.ok(isRefusal(await keys.verify(of, jws, { algs: ['HS512'], now: NOON })))
  })

  it('read what the client encrypted with one of them', async () => {
    const header = { alg: 'A256GCMKW', enc: 'A128GCM' } as const
    const key = secretEncryptionKey(first.plain, header.alg, header.enc)
    const jwe = await new CompactEncrypt(Buffer.from('grüße')).setProtectedHeader(header).encrypt(key)
    const decrypted = await clientKeysWith().decryptWithSecret(client, jwe, NOON)
    assert.equal(decrypted?.plaintext.toString(), 'grüße')
    assert.equal(await clientKeysWith().decryptWithSecret(client, jwe, addSeconds(NOON, 60)), undefined)
  })
})

describe('what is encrypted for a client (OIDC Core §10.2)', () => {
  const how = { alg: 'ECDH-ES+A128KW', enc: 'A128GCM', cty: 'JWT' } as const

  it('is encrypted to the key that says it is for encryption, and names it', async () => {
    const x25519 = ownKey(generateKeyPairSync('x25519'), { kid: 'x', use: 'enc' })
    const keys = [rsa.jwk, { ...ec.jwk, kid: 'any' }, { ...ec384.jwk, kid: 'sig', use: 'sig' }, x25519.jwk]
    const jwe = await clientKeysWith().encryptFor(aClient({ jwks: { keys } }), 'x', how)
    assert.ok(typeof jwe === 'string')
    const { epk: _, ...header } = decodeProtectedHeader(jwe)
    assert.deepEqual(header, { ...how, kid: 'x' })
    assert.equal(Buffer.from((await compactDecrypt(jwe, x25519.privateKey)).plaintext).toString(), 'x')
  })

  it('is encrypted to a fetched key', async () => {
    const server = aServer([{ ...rsa.jwk, use: 'enc', alg: 'RSA-OAEP-256' }])
    const client = aClient({ jwksUri: JWKS_URI })
    const jwe = await clientKeysWith(server).encryptFor(client, 'x', { alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    assert.ok(typeof jwe === 'string')
    assert.equal(Buffer.from((await compactDecrypt(jwe, rsa.privateKey)).plaintext).toString(), 'x')
    const other = await clientKeysWith(server).encryptFor(client, 'x', { alg: 'RSA-OAEP', enc: 'A256GCM' })
    assert.ok(isRefusal(other), 'a key that names its algorithm is for no other')
  })

  it('is never sent in the clear: without a fitting key there is a refusal', async () => {
    for (const keys of [
      [],
      [rsa.jwk],
      [{ ...ec.jwk, use: 'sig' }],
      [ed.jwk],
      [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }],
    ])
      assert.ok(isRefusal(await clientKeysWith().encryptFor(aClient({ jwks: { keys } }), 'x', how)))
    assert.ok(isRefusal(await clientKeysWith().encryptFor(aClient(), 'x', how)))
    assert.ok(isRefusal(await clientKeysWith().encryptFor(aClient(), 'x', { alg: 'dir', enc: 'A128GCM' })))
  })
})

describe('whatever a client registers or sends', () => {
  const member = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('RSA', 'EC', 'OKP', 'AKP', 'P-256', 'X25519', 'AQAB', 'sig', 'enc'),
  )
  const aJwk = fc
    .record({
      kty: member,
      crv: member,
      x: member,
      y: member,
      n: member,
      e: member,
      use: member,
      alg: member,
      pub: member,
    })
    .map(members => members as JsonObject)

  it('is a key or none, and never a crash', async () => {
    const signatures = await Promise.all([
      signed(rsa.privateKey, { alg: 'RS256' }),
      signed(ec.privateKey, { alg: 'ES256' }),
      signed(ed.privateKey, { alg: 'EdDSA' }),
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(aJwk, { maxLength: 5 }), async keys => {
        const client = aClient({ jwks: { keys } })
        for (const jws of signatures)
          assert.ok(isRefusal(await clientKeysWith().verify(client, jws, { algs: SIGNING_ALGORITHMS, now: NOON })))
        for (const alg of ['RSA-OAEP', 'ECDH-ES'] as const)
          assert.ok(isRefusal(await clientKeysWith().encryptFor(client, 'x', { alg, enc: 'A128GCM' })))
      }),
      { numRuns: 200 },
    )
  })

  it('is a signature or a refusal, and never a crash', async () => {
    const client = aClient({ jwks: { keys: [rsa.jwk, ec.jwk, ed.jwk] } })
    const part = fc.oneof(
      fc.string(),
      fc.jsonValue().map(value => Buffer.from(JSON.stringify(value)).toString('base64url')),
      fc
        .record({ alg: fc.constantFrom(...SIGNING_ALGORITHMS, 'none'), kid: fc.jsonValue(), typ: fc.jsonValue() })
        .map(header => Buffer.from(JSON.stringify(header)).toString('base64url')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async parts => {
        const text = parts.join('.')
        assert.ok(isRefusal(await clientKeysWith().verify(client, text, { algs: SIGNING_ALGORITHMS, now: NOON })))
        assert.equal(await clientKeysWith().decryptWithSecret(client, text, NOON), undefined)
      }),
      { numRuns: 300 },
    )
  })
})

it('a JWK of a key pair is read by its public members alone', async () => {
  const jwk = ec.privateKey.export({ format: 'jwk' }) as JsonObject
  const jws = await signed(ec.privateKey, { alg: 'ES256' })
  const verified = await clientKeysWith().verify(aClient({ jwks: { keys: [jwk] } }), jws, {
    algs: ['ES256'],
    now: NOON,
  })
  assert.ok(accepts(verified))
})
