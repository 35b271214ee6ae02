/** ID tokens that somebody made to get in: each trick that has been played with JWTs, one at a time (RFC 8725 §2). */

import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { type AttemptTerms, attemptSecrets } from '../../src/core/upstreams/attempt.ts'
import type { Received, RelyingParty } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { type OddUpstream, startOddUpstream } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

interface Forger {
  readonly claims: Readonly<Record<string, unknown>>
  /** Compact JWS over the texts as they are. */
  jws(header: unknown, payload?: unknown, signer?: Signer): string
}

type Signer = (input: string) => Buffer

type Trick = readonly [
  what: string,
  forge: (forger: Forger) => unknown,
  rule: RegExp,
  published?: readonly object[] | undefined,
]

describe('forged ID tokens (RFC 8725 §2)', () => {
  let app: RunningApp
  let odd: OddUpstream
  let party: RelyingParty
  let upstream: Upstream
  const keys = makeKeys()
  const byOurs: Signer = input => sign('sha256', Buffer.from(input), keys.rsa.privateKey)

  before(async () => {
    app = await startApp()
    odd = await startOddUpstream()
    upstream = await app.addUpstream({ alias: 'odd', ...odd.whereItIs }, odd.secret)
    party = relyingPartyOf(app)
  })
  after(async () => {
    await odd?.close()
    await app?.close()
  })

  async function signIn(
    forge: (forger: Forger) => unknown,
    { published = [keys.rsaJwk], changes = {}, terms = {} }: Published = {},
  ): Promise<Received> {
    const asked = { ...upstream, ...changes }
    const attempt = attemptAt(asked, terms)
    const now = Math.floor(Date.now() / 1000)
    const { nonce } = attemptSecrets(app.keys.handles, attempt.id)
    const claims = { iss: odd.issuer, sub: 'ada', aud: 'sallyport', iat: now, exp: now + 300, auth_time: now, nonce }
    const idToken = await forge({
      claims,
      jws(header, payload = claims, signer = byOurs) {
        const input = `${encoded(header)}.${encoded(payload)}`
        return `${input}.${signer(input).toString('base64url')}`
      },
    })
    odd.behave({ tokenResponse: { id_token: idToken }, keys: () => published })
    const url = await party.authorizationUrl(asked, attempt, { further: [] })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    // A room of its own, so that the keys of the attack before are not remembered.
    return relyingPartyOf(app).receive(asked, attempt, paramsOf(await odd.signIn(url)))
  }

  const HEADER = { alg: 'RS256', kid: 'ours' }

  it('passes when nothing is forged', async () => {
    const { refusal, answer } = await signIn(({ jws }) => jws(HEADER))
    assert.equal(refusal, undefined)
    assert.equal(answer?.sources.id_token?.sub, 'ada')
  })

  const tricks: readonly Trick[] = [
    ...['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS1', 'rs256'].map(
      alg =>
        [
          `alg ${alg}`,
          ({ jws }: Forger) => jws({ alg, kid: 'ours' }, undefined, () => Buffer.alloc(0)),
          /RFC 8725 §3\.1|RFC 7519 §7\.2/,
        ] as const,
    ),
    ['no alg', ({ jws }) => jws({ kid: 'ours' }), /RFC 8725 §3\.1|RFC 7519 §7\.2/],
    ['an alg that is a list', ({ jws }) => jws({ alg: ['RS256'] }), /RFC 8725 §3\.1|RFC 7519 §7\.2/],
    ['an alg that is too deep', ({ jws }) => jws(`{"alg":${nested(20_000)}}`), /RFC 8725 §3\.1|RFC 7519 §7\.2/],
    [
      'a typ that is too deep',
      ({ jws }) => jws(`{"alg":"RS256","kid":"ours","typ":${nested(20_000)}}`),
      /RFC 8725 §3\.11|RFC 7519 §7\.2/,
    ],
    ['claims that are too deep', ({ jws }) => jws(HEADER, `{"a":${nested(20_000)}}`), /RFC 7519 §7\.2/],
    ['RS256 without a signature', ({ jws }) => jws(HEADER, undefined, () => Buffer.alloc(0)), /RFC 7515 §5\.2/],
    [
      'a MAC with the public key as the secret (PEM)',
      ({ jws }) => jws({ alg: 'HS256', kid: 'ours' }, undefined, mac(keys.rsaPem)),
      /RFC 8725 §3\.1/,
    ],
    [
      'its own key in the header (jwk)',
      ({ jws }) => jws({ alg: 'RS256', jwk: keys.strangerJwk }, undefined, byStranger),
      /RFC 7515 §5\.2/,
    ],
    [
      'its own key set in the header (jku)',
      ({ jws }) => jws({ ...HEADER, jku: 'http://127.0.0.1:9/jwks' }, undefined, byStranger),
      /RFC 7515 §5\.2/,
    ],
    [
      'its own certificate in the header (x5c, x5u)',
      ({ jws }) => jws({ ...HEADER, x5u: 'http://127.0.0.1:9/', x5c: ['AAAA'] }, undefined, byStranger),
      /RFC 7515 §5\.2/,
    ],
    [
      'a payload that is not encoded (b64)',
      ({ jws }) => jws({ ...HEADER, b64: false, crit: ['b64'] }),
      /RFC 7515 §4\.1\.11/,
    ],
    ['b64 without crit', ({ jws }) => jws({ ...HEADER, b64: false }), /RFC 7515 §4\.1\.11/],
    ['an empty crit', ({ jws }) => jws({ ...HEADER, crit: [] }), /RFC 7515 §4\.1\.11/],
    ['crit null', ({ jws }) => jws({ ...HEADER, crit: null }), /RFC 7515 §4\.1\.11/],
    ['a crit of what is registered', ({ jws }) => jws({ ...HEADER, crit: ['alg'] }), /RFC 7515 §4\.1\.11/],
    [
      'the JSON serialization with two signatures',
      ({ jws }) => twoSignatures(jws(HEADER)),
      /RFC 7519 §7\.2|§3\.1\.3\.3/,
    ],
    [
      'the JSON serialization as an object',
      ({ jws }) => JSON.parse(twoSignatures(jws(HEADER))),
      /RFC 7519 §7\.2|§3\.1\.3\.3/,
    ],
    ['four parts', ({ jws }) => `${jws(HEADER)}.`, /RFC 7519 §7\.2/],
    ['a blank in the payload', ({ jws }) => jws(HEADER).replace('.', '. '), /RFC 7515 §5\.2|RFC 7519 §7\.2/],
    [
      'two members of the same name, read otherwise by whoever signed',
      ({ jws, claims }) => jws(HEADER, `${JSON.stringify(claims).slice(0, -1)},"iss":"https://elsewhere.example"}`),
      /§3\.1\.3\.7 iss/,
    ],
    ['claims that are a list', ({ jws, claims }) => jws(HEADER, [claims]), /RFC 7519 §7\.2/],
    [
      'the kid of an encryption key',
      ({ jws }) => jws({ alg: 'RS256', kid: 'enc' }),
      /RFC 7515 §5\.2/,
      [{ ...keys.rsaJwk, kid: 'enc', use: 'enc' }],
    ],
    [
      'a key for other operations',
      ({ jws }) => jws(HEADER),
      /RFC 7515 §5\.2/,
      [{ ...keys.rsaJwk, use: undefined, key_ops: ['encrypt'] }],
    ],
    ['a key for another algorithm', ({ jws }) => jws(HEADER), /RFC 7515 §5\.2/, [{ ...keys.rsaJwk, alg: 'PS256' }]],
    ['an empty kid, which is not that of a key', ({ jws }) => jws({ alg: 'RS256', kid: '' }), /RFC 7515 §5\.2/],
    [
      'a key of 1024 bits (RFC 7518 §3.3)',
      ({ jws }) => jws({ alg: 'RS256', kid: 'small' }, undefined, bySmall),
      /RFC 7515 §5\.2/,
      [keys.smallJwk],
    ],
    [
      'a curve that is not that of the algorithm',
      ({ jws }) => jws({ alg: 'ES256', kid: 'p384' }, undefined, byCurve(keys.p384.privateKey)),
      /RFC 7515 §5\.2/,
      [keys.p384Jwk],
    ],
    [
      'another curve under the name of the right one',
      ({ jws }) => jws({ alg: 'ES256', kid: 'p384' }, undefined, byCurve(keys.p384.privateKey)),
      /RFC 7515 §5\.2/,
      [{ ...keys.p384Jwk, crv: 'P-256' }],
    ],
    [
      'a signature of zeros (CVE-2022-21449)',
      ({ jws }) => jws({ alg: 'ES256', kid: 'p256' }, undefined, () => Buffer.alloc(64)),
      /RFC 7515 §5\.2/,
      [keys.p256Jwk],
    ],
    [
      'a secret in the key set',
      ({ jws }) => jws({ alg: 'HS256', kid: 'oct' }, undefined, mac('x'.repeat(32))),
      /RFC 8725 §3\.1/,
      [{ kty: 'oct', kid: 'oct', alg: 'HS256', k: Buffer.from('x'.repeat(32)).toString('base64url') }],
    ],
    [
      'encrypted to us, unsigned inside',
      async ({ jws }) => encrypted(jws({ alg: 'none' }, undefined, () => Buffer.alloc(0))),
      /RFC 8725 §3\.1/,
    ],
    ['encrypted to us, claims alone inside', async ({ claims }) => encrypted(JSON.stringify(claims)), /RFC 7519 §7\.2/],
    ['encrypted to us twice', async ({ jws }) => encrypted(await encrypted(jws(HEADER))), /RFC 7519 §7\.2/],
    ['a bomb (zip: DEF)', async ({ jws }) => bomb(jws(HEADER)), /RFC 7516 §5\.2/],
    [
      'a password that takes years (PBES2, p2c)',
      async () =>
        `${encoded({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2s: 'c2FsdHNhbHQ', p2c: 2_000_000_000 })}.AAAA.AAAA.AAAA.AAAA`,
      /RFC 7516 §5\.2/,
    ],
    [
      'encrypted in a way that leaks (RSA1_5)',
      async () => `${encoded({ alg: 'RSA1_5', enc: 'A128CBC-HS256' })}.AAAA.AAAA.AAAA.AAAA`,
      /RFC 7516 §5\.2/,
    ],
    ['as long as a book', ({ jws, claims }) => jws(HEADER, { ...claims, book: 'x'.repeat(180_000) }), /RFC 7519 §7\.2/],
  ]
  for (const [what, forge, rule, published] of tricks)
    it(`${what}: refused`, async () => {
      const { refusal, answer } = await signIn(forge, published === undefined ? {} : { published })
      assert.match(refusal?.rule ?? `signed in as ${answer?.sources.id_token?.sub}`, rule)
    })

  const claims: readonly [what: string, changes: Record<string, unknown> | string, rule: RegExp][] = [
    ['iss in capitals', { iss: 'HTTP://127.0.0.1' }, /§3\.1\.3\.7 iss/],
    ['iss as a list', { iss: ['x'] }, /§3\.1\.3\.7 iss/],
    ['aud with strangers and an azp that is not ours', { aud: ['sallyport', 'x'], azp: 'x' }, /§3\.1\.3\.7 aud/],
    ['aud with strangers and azp null', { aud: ['sallyport', 'x'], azp: null }, /§3\.1\.3\.7 aud/],
    ['aud in a list in a list', { aud: [['sallyport']] }, /§3\.1\.3\.7 aud/],
    ['aud as an object', { aud: { 0: 'sallyport', length: 1 } }, /§3\.1\.3\.7 aud/],
    ['aud in capitals', { aud: 'SALLYPORT' }, /§3\.1\.3\.7 aud/],
    ['aud with a number', { aud: ['sallyport', 7] }, /§3\.1\.3\.7 aud/],
    ['aud that is empty', { aud: [] }, /§3\.1\.3\.7 aud/],
    ['azp as a list', { azp: ['sallyport'] }, /§3\.1\.3\.7 aud/],
    ['exp true', { exp: true }, /§3\.1\.3\.7 times/],
    ['exp null', { exp: null }, /§3\.1\.3\.7 times/],
    ['iat text', { iat: '1' }, /§3\.1\.3\.7 times/],
    ['nonce as a list', { nonce: ['x'] }, /§3\.1\.3\.7 nonce/],
    ['nonce empty', { nonce: '' }, /§3\.1\.3\.7 nonce/],
    ['nonce null', { nonce: null }, /§3\.1\.3\.7 nonce/],
    ['at_hash as a list', { at_hash: [] }, /§3\.1\.3\.8/],
    ['at_hash empty', { at_hash: '' }, /§3\.1\.3\.8/],
    ['sub null', { sub: null }, /§2 sub/],
    ['sub an object with toString', { sub: { toString: 'ada' } }, /§2 sub/],
    ['sub a list', { sub: ['ada'] }, /§2 sub/],
    ['sub with a NUL', { sub: 'ada\0' }, /§2 sub/],
  ]
  for (const [what, changes, rule] of claims)
    it(`${what}: refused`, async () => {
      const { refusal } = await signIn(({ jws, claims: usual }) => jws(HEADER, { ...usual, ...(changes as object) }))
      assert.match(refusal?.rule ?? 'signed in', rule)
    })

  for (const number of ['1e400', '-1e400', '1e-400'])
    it(`exp ${number}: refused`, async () => {
      const { refusal } = await signIn(({ jws, claims: usual }) =>
        jws(HEADER, JSON.stringify({ ...usual, exp: 'EXP' }).replace('"EXP"', number)),
      )
      assert.match(refusal?.rule ?? 'signed in', /§3\.1\.3\.7 times/)
    })

  for (const time of ['1e400', '1e300', '99999999999999', '"now"', 'null', '[]', 'true'])
    it(`a fresh proof at ${time}: refused`, async () => {
      const { refusal } = await signIn(
        ({ jws, claims: usual }) => jws(HEADER, JSON.stringify({ ...usual, auth_time: 'T' }).replace('"T"', time)),
        { terms: { maxAgeSeconds: 0 } },
      )
      assert.match(refusal?.rule ?? 'signed in', /§3\.1\.3\.7 auth_time/)
    })

  it('claims named like the innards of the language stay claims', async () => {
    const { refusal, answer } = await signIn(({ jws, claims: usual }) =>
      jws(
        HEADER,
        `${JSON.stringify(usual).slice(0, -1)},"__proto__":{"email":"boss@odd.example"},"constructor":{"prototype":{"x":1}}}`,
      ),
    )
    assert.equal(refusal, undefined)
    assert.equal(({} as Record<string, unknown>).x, undefined)
    assert.equal(Object.hasOwn(answer?.sources.id_token ?? {}, 'email'), false)
  })

  it('a key set of thousands of keys costs no more than one of a hundred (RFC 7517 §5)', async () => {
    const many = Array.from({ length: 2000 }, (_, at) => ({ kty: 'RSA', kid: `k${at}`, n: 'AQ', e: 'AQAB' }))
    const { refusal } = await signIn(({ jws }) => jws({ alg: 'RS256' }), { published: many })
    assert.match(refusal?.rule ?? 'signed in', /RFC 7515 §5\.2/)
  })

  function byStranger(input: string): Buffer {
    return sign('sha256', Buffer.from(input), keys.stranger.privateKey)
  }
  function bySmall(input: string): Buffer {
    return sign('sha256', Buffer.from(input), keys.small.privateKey)
  }
  function byCurve(key: KeyObject): Signer {
    return input => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  }

  async function encrypted(plaintext: string): Promise<string> {
    const jwk = app.keys.jwks().keys.find(({ use, kty }) => use === 'enc' && kty === 'RSA')
    assert.ok(jwk !== undefined)
    return new CompactEncrypt(Buffer.from(plaintext))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: String(jwk.kid) })
      .encrypt(await importJWK(jwk as JWK, 'RSA-OAEP-256'))
  }

  async function bomb(jws: string): Promise<string> {
    const jwe = await encrypted(deflateRawSync(`${' '.repeat(10_000_000)}${jws}`).toString('latin1'))
    const [header = '', ...rest] = jwe.split('.')
    return [encoded({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), zip: 'DEF' }), ...rest].join('.')
  }
})

interface Published {
  readonly published?: readonly object[]
  readonly changes?: Partial<Upstream>
  readonly terms?: Partial<AttemptTerms>
}

function makeKeys() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' })
  return {
    rsa,
    stranger,
    small,
    p384,
    rsaPem: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    rsaJwk: jwk(rsa.publicKey, 'ours'),
    strangerJwk: jwk(stranger.publicKey, 'ours'),
    smallJwk: jwk(small.publicKey, 'small'),
    p256Jwk: jwk(p256.publicKey, 'p256'),
    p384Jwk: jwk(p384.publicKey, 'p384'),
  }
}

function mac(secret: string): Signer {
  return input => createHmac('sha256', secret).update(input).digest()
}

function encoded(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}

function twoSignatures(jws: string): string {
  const [header, payload, signature] = jws.split('.')
  return JSON.stringify({
    payload,
    signatures: [
      { protected: header, signature },
      { protected: encoded({ alg: 'none' }), signature: '' },
    ],
  })
}
