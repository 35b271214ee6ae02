/** Tests of DPoP proofs. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type AppKey,
  dpopProof,
  makeAppKey,
  type ProofChanges,
  signJws,
  unsignedJws,
} from '../../test/support/proofs.ts'
import { PROOF_ALGORITHMS, publicKeyOf } from './compact-jws.ts'
import { checkDpopClaims, checkDpopSignature, normalTarget, type ProvenRequest, parseDpopProof } from './dpop.ts'
import { jwkThumbprint } from './jwk-thumbprint.ts'
import { isRefusal, type Refusal } from './refusal.ts'

const URL_OF_TOKEN = 'https://id.example.org/token'
const NOW = 1_772_366_400
const KEY = makeAppKey()

const asked = (changes: Partial<ProvenRequest> = {}): ProvenRequest => ({
  method: 'POST',
  url: URL_OF_TOKEN,
  now: NOW,
  nonces: 'ignored',
  ...changes,
})

/** The whole check, as the house does it. */
async function check(header: string, request = asked()): Promise<string | Refusal> {
  const proof = parseDpopProof(header)
  if (isRefusal(proof)) return proof
  const usable = checkDpopClaims(proof, request)
  if (isRefusal(usable)) return usable
  return checkDpopSignature(proof, publicKeyOf(proof.jwk)) ?? proof.jkt
}

const prove = (changes: ProofChanges & { readonly accessToken?: string } = {}, key: AppKey = KEY): Promise<string> =>
  dpopProof(key, 'POST', URL_OF_TOKEN, { ...changes, payload: { iat: NOW, ...changes.payload } })

async function assertBad(header: string | Promise<string>, rule: RegExp, request = asked()): Promise<void> {
  const refusal = await check(await header, request)
  assert.ok(isRefusal(refusal), 'it is refused')
  assert.match(refusal.rule, rule)
  assert.match(refusal.description, /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
}

describe('DPoP proofs (RFC 9449 §4.2, §4.3)', () => {
  for (const alg of PROOF_ALGORITHMS) {
    it(`are taken when they are signed with ${alg}, and name the key by its thumbprint (RFC 7638)`, async () => {
      const key = makeAppKey(alg)
      assert.equal(await check(await prove({}, key)), key.jkt)
    })
  }

  const { jwk: privateJwk } = { jwk: KEY.privateKey.export({ format: 'jwk' }) }
  const other = makeAppKey()
  const rsa = makeAppKey('RS256')
  const wrong: readonly [string, () => Promise<string> | string, RegExp][] = [
    ['two in one header', async () => `${await prove()}, ${await prove()}`, /§4.3 one DPoP proof/],
    ['what is no JWT', () => 'abc', /§4.3 one DPoP proof/],
    ['another typ', () => prove({ header: { typ: 'JWT' } }), /§4.2 typ/],
    ['no typ', () => prove({ header: { typ: undefined } }), /§4.2 typ/],
    ['alg none', () => unsignedJws({ typ: 'dpop+jwt', jwk: KEY.jwk }, {}), /§4.3 one DPoP proof/],
    [
      'a MAC',
      () => signJws(Buffer.alloc(32, 1), { typ: 'dpop+jwt', alg: 'HS256', jwk: KEY.jwk }, {}),
      /§4.3 alg is asymmetric/,
    ],
    ['no jwk', () => prove({ header: { jwk: undefined } }), /§4.2 jwk is required/],
    ['a private jwk', () => prove({ header: { jwk: privateJwk } }), /§4.3 jwk has no private key/],
    ['a symmetric jwk', () => prove({ header: { jwk: { kty: 'oct', k: 'AAAA' } } }), /§4.3 jwk has no private key/],
    ['a key of another kind', () => prove({ header: { jwk: rsa.jwk } }), /§4.2 jwk is the key of alg/],
    [
      'the key of somebody else',
      () => prove({ header: { jwk: { ...other.jwk, alg: undefined } } }),
      /signature verifies/,
    ],
    ['a critical header', async () => await prove({ header: { b64: true, crit: ['b64'] } }), /§4.3 one DPoP proof/],
    ['another method', () => prove({ payload: { htm: 'GET' } }), /§4.3 htm/],
    ['a method in other letters', () => prove({ payload: { htm: 'post' } }), /§4.3 htm/],
    ['another endpoint', () => prove({ payload: { htu: 'https://id.example.org/userinfo' } }), /§4.3 htu/],
    ['another server', () => prove({ payload: { htu: 'https://evil.example/token' } }), /§4.3 htu/],
    ['another scheme', () => prove({ payload: { htu: 'http://id.example.org/token' } }), /§4.3 htu/],
    ['a name before the host', () => prove({ payload: { htu: 'https://a@id.example.org/token' } }), /§4.3 htu/],
    ['an htu that is no text', () => prove({ payload: { htu: [URL_OF_TOKEN] } }), /§4.3 htu/],
    ['no jti', () => prove({ payload: { jti: undefined } }), /§4.2 jti/],
    ['a jti of 10 kB', () => prove({ payload: { jti: 'x'.repeat(5000) } }), /§4.2 jti/],
    ['no iat', () => prove({ payload: { iat: undefined } }), /§4.2 iat/],
    ['an old iat', () => prove({ payload: { iat: NOW - 121 } }), /§4.3 iat is now/],
    ['an iat in the future', () => prove({ payload: { iat: NOW + 31 } }), /§4.3 iat is now/],
  ]
  for (const [what, header, rule] of wrong) {
    it(`are refused with ${what}`, () => assertBad(header(), rule))
  }

  it('are refused when a byte of the signature or the payload is another', async () => {
    const [head, body, signature = ''] = (await prove()).split('.')
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    await assertBad(`${head}.${body}.${flipped}`, /signature verifies/)
    const payload = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as object
    const changed = Buffer.from(JSON.stringify({ ...payload, jti: 'another' })).toString('base64url')
    await assertBad(`${head}.${changed}.${signature}`, /signature verifies/)
  })

  it('stand for one access token where it is used (ath, §7)', async () => {
    const request = asked({ accessToken: 'token-1' })
    assert.equal(await check(await prove({ accessToken: 'token-1' }), request), KEY.jkt)
    await assertBad(prove({ accessToken: 'token-2' }), /ath/, request)
    await assertBad(prove(), /ath/, request)
  })

  it('bring a nonce of ours when it is asked for, which then tells the time (§8, §11.1)', async () => {
    const nonces = { isRequired: true, secondsLeft: (nonce: string) => (nonce === 'ours' ? 10 : undefined) }
    for (const header of [prove(), prove({ payload: { nonce: 'theirs' } }), prove({ payload: { nonce: 7 } })]) {
      const refusal = await check(await header, asked({ nonces }))
      assert.ok(isRefusal(refusal) && refusal.error === 'use_dpop_nonce')
    }
    assert.equal(await check(await prove({ payload: { nonce: 'ours', iat: NOW - 4000 } }), asked({ nonces })), KEY.jkt)
    assert.equal(await check(await prove({ payload: { nonce: 'theirs' } })), KEY.jkt)
  })
})

describe('the target of a proof (RFC 9449 §4.3, RFC 3986 §6.2)', () => {
  it('is the same in every spelling of one URL', () => {
    for (const spelling of [
      'HTTPS://ID.example.org/token',
      'https://id.example.org:443/token',
      'https://id.example.org/token?a=b',
      'https://id.example.org/token#part',
      'https://id.example.org/x/../token',
      'https://id.example.org/%74oken',
    ]) {
      assert.equal(normalTarget(spelling), URL_OF_TOKEN, spelling)
    }
  })

  it('differs where the URLs differ', () => {
    for (const another of [
      'https://id.example.org/token/',
      'https://id.example.org/TOKEN',
      'https://id.example.org:8443/token',
      'https://id.example.org/tok%2Fen',
      'https://id.example.org.evil.example/token',
    ]) {
      assert.notEqual(normalTarget(another), URL_OF_TOKEN, another)
    }
    for (const nothing of [
      '',
      '/token',
      'ftp://id.example.org/token',
      'javascript:alert(1)',
      'https://u:p@id.example.org/token',
    ])
      assert.equal(normalTarget(nothing), undefined, nothing)
  })

  it('does not change any more once it is normal, and never holds a query or fragment', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), url => {
        const normal = normalTarget(url)
        assert.ok(normal !== undefined)
        assert.equal(normalTarget(normal), normal)
        assert.doesNotMatch(normal, /[?#]/)
        assert.equal(normalTarget(`${normal}?x#y`), normal)
      }),
    )
  })
})

describe('JWK thumbprints (RFC 7638)', () => {
  it('are that of the example (§3.1)', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs' +
      'tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5h' +
      'ajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    const key = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' }
    assert.equal(jwkThumbprint(key), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  it('do not exist of what is no public key', () => {
    for (const jwk of [{}, { kty: 'oct', k: 'AA' }, { kty: 'EC', crv: 'P-256', x: 'AA' }, { kty: 'toString' }])
      assert.equal(jwkThumbprint(jwk), undefined)
  })

  it('hash what the specification writes down', () => {
    const { kty, crv, x, y } = KEY.jwk
    assert.equal(jwkThumbprint(KEY.jwk), hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url'))
  })
})
