/** What an upstream may get wrong about ID tokens and keys, one thing at a time: nobody is signed in, and nothing is asked any more. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CompactEncrypt, generateKeyPair, importJWK, type JWK } from 'jose'
import type { AttemptTerms } from '../../src/core/upstreams/attempt.ts'
import type { Received } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { oddRoom } from '../support/upstreams/odd-room.ts'
import type { OddJwt } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf } from '../support/upstreams/upstream-room.ts'

describe('ID tokens of an odd upstream (OIDC Core §3.1.3.7)', () => {
  const room = oddRoom()

  async function signIn(changes: Partial<Upstream> = {}, terms: Partial<AttemptTerms> = {}): Promise<Received> {
    const asked = { ...room.upstream, ...changes }
    const attempt = attemptAt(asked, terms)
    const url = await room.party.authorizationUrl(asked, attempt, { further: [] })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    return room.party.receive(asked, attempt, paramsOf(await room.odd.signIn(url)))
  }

  it('signs in when nothing is odd', async () => {
    const { answer, refusal, lines } = await signIn()
    assert.equal(refusal, undefined)
    assert.equal(answer?.sources.id_token?.sub, 'ada')
    assert.equal(answer?.sources.userinfo?.email, 'ada@odd.example')
    assert.deepEqual(
      lines.map(({ step, outcome }) => [step, outcome]),
      ['token-request', 'id-token', 'userinfo'].map(step => [step, 'passed']),
    )
    const texts = JSON.stringify(answer?.sources)
    for (const token of [answer?.accessToken, answer?.refreshToken, answer?.idToken])
      assert.ok(token !== undefined && !texts.includes(token))
  })

  const now = (): number => Math.floor(Date.now() / 1000)
  const wrong: readonly [what: string, idToken: () => OddJwt, rule: RegExp][] = [
    ['another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } }), /§3\.1\.3\.7 iss/],
    ['the issuer with a slash more', () => ({ claims: { iss: `${room.odd.issuer}/` } }), /§3\.1\.3\.7 iss/],
    ['no issuer', () => ({ claims: { iss: undefined } }), /§3\.1\.3\.7 iss/],
    ['no sub', () => ({ claims: { sub: undefined } }), /§2 sub/],
    ['an empty sub', () => ({ claims: { sub: '' } }), /§2 sub/],
    ['a number as sub', () => ({ claims: { sub: 7 } }), /§2 sub/],
    ['an endless sub', () => ({ claims: { sub: 'a'.repeat(256) } }), /§2 sub/],
    ['no aud', () => ({ claims: { aud: undefined } }), /§3\.1\.3\.7 aud/],
    ['the aud of another app', () => ({ claims: { aud: ['somebody-else'] } }), /§3\.1\.3\.7 aud/],
    ['a further aud without azp', () => ({ claims: { aud: ['sallyport', 'somebody-else'] } }), /§3\.1\.3\.7 aud/],
    ['the azp of another app', () => ({ claims: { azp: 'somebody-else' } }), /§3\.1\.3\.7 aud/],
    ['no exp', () => ({ claims: { exp: undefined } }), /§3\.1\.3\.7 times/],
    ['an exp that is over', () => ({ claims: { exp: now() - 60 } }), /§3\.1\.3\.7 times/],
    ['an exp that is text', () => ({ claims: { exp: '4000000000' } }), /§3\.1\.3\.7 times/],
    ['no iat', () => ({ claims: { iat: undefined } }), /§3\.1\.3\.7 times/],
    ['an iat in the future', () => ({ claims: { iat: now() + 3600 } }), /§3\.1\.3\.7 times/],
    ['an nbf in the future', () => ({ claims: { nbf: now() + 3600 } }), /§3\.1\.3\.7 times/],
    ['another nonce', () => ({ claims: { nonce: 'another' } }), /§3\.1\.3\.7 nonce/],
    ['no nonce', () => ({ claims: { nonce: undefined } }), /§3\.1\.3\.7 nonce/],
    ['a bad at_hash', () => ({ claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }), /§3\.1\.3\.8 at_hash/],
    ['a bad signature', () => ({ signer: 'stranger' }), /RFC 7515 §5\.2/],
    ['no signature (alg none)', () => ({ signer: 'none' }), /RFC 8725 §3\.1/],
    ['a MAC with the client secret that was not agreed on', () => ({ signer: 'secret' }), /RFC 8725 §3\.1/],
    ['a critical header', () => ({ header: { crit: ['b64'], b64: true } }), /RFC 7515 §4\.1\.11/],
    ['the type of another token', () => ({ header: { typ: 'at+jwt' } }), /RFC 8725 §3\.11/],
  ]
  for (const [what, idToken, rule] of wrong)
    it(`(42) ${what}: refused, and no user info is asked for (OIDC Core §3.1.3.7, §2, §3.1.3.8, RFC 8725 §3.1, §3.11, RFC 7515 §5.2, §4.1.11)`, async () => {
      room.odd.behave({ idToken: idToken() })
      const before = room.odd.asked('/userinfo')
      const { refusal, answer, lines } = await signIn()
      assert.match(refusal?.rule ?? '', rule)
      assert.equal(room.odd.asked('/userinfo'), before)
      assert.deepEqual(lines.at(-1)?.outcome, 'refused')
      assert.equal(lines.at(-1)?.step, 'id-token')
      assert.equal(answer?.sources.id_token, undefined)
      assert.ok(answer?.idToken !== undefined, 'what came is kept for a replay')
    })

  it('no ID token at all is refused (OIDC Core §3.1.3.3), nor what is no JWT (RFC 7519 §7.2)', async () => {
    room.odd.behave({ tokenResponse: { id_token: undefined } })
    assert.match((await signIn()).refusal?.rule ?? '', /§3\.1\.3\.3/)
    room.odd.behave({ tokenResponse: { id_token: null } })
    assert.match((await signIn()).refusal?.rule ?? '', /§3\.1\.3\.3/)
    room.odd.behave({ tokenResponse: { id_token: 'no token' } })
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 7519 §7\.2/)
  })

  const odds: readonly unknown[] = [
    { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' },
    { kty: 'quantum', kid: 'later' },
    { kty: 'OKP', crv: 'X25519', x: 'AA' },
    null,
    'a key',
  ]
  const encryptionOnly = (jwk: JWK): JWK => ({ ...jwk, use: 'enc', kid: 'enc' })
  const withoutKid = ({ kid: _, ...jwk }: JWK): JWK => jwk

  it('(43) a token without kid passes with one suitable key among keys of every kind (RFC 7517 §5)', async () => {
    room.odd.behave({
      idToken: { header: { kid: undefined } },
      keys: ([first, second, elliptic]) => [...odds, encryptionOnly(second as JWK), elliptic, withoutKid(first as JWK)],
    })
    assert.equal((await signIn()).refusal, undefined)
  })

  it('(43) a token without kid passes with the second of two keys, and with neither when it is by a stranger', async () => {
    room.odd.behave({ idToken: { header: { kid: undefined }, signer: 'second' }, keys: keys => keys.map(withoutKid) })
    assert.equal((await signIn()).refusal, undefined)
    room.odd.behave({ idToken: { header: { kid: undefined }, signer: 'stranger' } })
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 7515 §5\.2/)
  })

  it('(43) a key for encryption alone verifies nothing (RFC 7517 §4.2)', async () => {
    room.odd.behave({ keys: ([first]) => [{ ...first, use: 'enc' }] })
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 7515 §5\.2/)
  })

  it('(44) an unknown kid makes the keys be fetched again at once (OIDC Core §10.1.1)', async () => {
    room.odd.behave({ keys: ([first]) => [first] })
    assert.equal((await signIn()).refusal, undefined)
    const before = room.odd.asked('/jwks')
    room.odd.behave({ idToken: { signer: 'second' }, keys: ([, second]) => [second] })
    assert.equal((await signIn()).refusal, undefined)
    assert.equal(room.odd.asked('/jwks'), before + 1)
  })

  it('made-up kids do not drive us against the upstream: its keys are fetched again once in a few seconds', async () => {
    await signIn()
    const before = room.odd.asked('/jwks')
    for (const kid of ['a', 'b', 'c', 'd']) {
      room.odd.behave({ idToken: { signer: 'stranger', header: { kid } } })
      assert.match((await signIn()).refusal?.rule ?? '', /RFC 7515 §5\.2/)
    }
    assert.equal(room.odd.asked('/jwks'), before + 1)
  })

  it('cleared keys are fetched anew', async () => {
    await signIn()
    const before = room.odd.asked('/jwks')
    await signIn()
    assert.equal(room.odd.asked('/jwks'), before)
    await signIn({ keysClearedAt: new Date() })
    assert.equal(room.odd.asked('/jwks'), before + 1)
  })

  it('a fresh proof that was demanded has to be there (OIDC Core §3.1.3.7 auth_time)', async () => {
    const fresh = { maxAgeSeconds: 0 }
    assert.equal((await signIn({}, fresh)).refusal, undefined)
    room.odd.behave({ idToken: { claims: { auth_time: now() - 3600 } } })
    assert.equal((await signIn({}, fresh)).refusal?.rule, 'OIDC Core §3.1.3.7 auth_time of the upstream')
    assert.equal((await signIn()).refusal, undefined)
    room.odd.behave({ idToken: { claims: { auth_time: undefined } } })
    assert.equal((await signIn({}, fresh)).refusal?.rule, 'OIDC Core §3.1.3.7 auth_time of the upstream')
    assert.equal(
      (await signIn({ kind: 'oauth2' }, fresh)).refusal?.rule,
      'OIDC Core §3.1.3.7 auth_time of the upstream',
    )
  })

  it('an upstream that never says when is believed where auth_time_required is off, as long as it was asked (OIDC Core §3.1.3.7)', async () => {
    const fresh = { maxAgeSeconds: 0 }
    const believed = { authTimeRequired: false }
    room.odd.behave({ idToken: { claims: { auth_time: undefined } } })
    assert.equal((await signIn(believed, fresh)).refusal, undefined)
    assert.equal((await signIn({ ...believed, kind: 'oauth2' }, fresh)).refusal, undefined)
    // Without a page nobody was asked for anything.
    assert.equal(
      (await signIn(believed, { ...fresh, silent: true })).refusal?.rule,
      'OIDC Core §3.1.3.7 auth_time of the upstream',
    )
    for (const auth_time of [now() - 3600, null, 'now'])
      for (const settings of [believed, {}]) {
        room.odd.behave({ idToken: { claims: { auth_time } } })
        assert.equal(
          (await signIn(settings, fresh)).refusal?.rule,
          'OIDC Core §3.1.3.7 auth_time of the upstream',
          `${auth_time}`,
        )
      }
  })

  it('an ID token that is encrypted to somebody else is refused (RFC 7516 §5.2)', async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256')
    const jwe = await new CompactEncrypt(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' })
      .encrypt(publicKey)
    room.odd.behave({ tokenResponse: { id_token: jwe } })
    const { refusal } = await signIn()
    assert.equal(refusal?.rule, 'RFC 7516 §5.2 JWE is encrypted to a key of ours')
    assert.deepEqual(refusal?.facts, { upstream: 'odd', what: 'ID token', alg: 'RSA-OAEP-256', enc: 'A128GCM' })
  })

  it('what is encrypted to us and not signed inside is no ID token (RFC 7519 §7.2)', async () => {
    const jwk = room.app.keys.jwks().keys.find(({ use, kty }) => use === 'enc' && kty === 'RSA')
    const jwe = await new CompactEncrypt(Buffer.from('{"sub":"ada"}'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' })
      .encrypt(await importJWK({ ...jwk, alg: 'RSA-OAEP-256' } as JWK))
    room.odd.behave({ tokenResponse: { id_token: jwe } })
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 7519 §7\.2/)
  })
})
