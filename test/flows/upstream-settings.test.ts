/** What an administrator may switch: each switch does what it names, and nothing else. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { JWK } from 'jose'
import { decodeJwt, decodeProtectedHeader, exportSPKI, importJWK } from 'jose'
import type { AttemptTerms } from '../../src/core/upstreams/attempt.ts'
import type { AuthorizationWishes, Received, RelyingParty } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { keepSecret } from '../../src/core/upstreams/upstream-secrets.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { type OddUpstream, startOddUpstream } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

describe('settings of an upstream', () => {
  let app: RunningApp
  let odd: OddUpstream
  let party: RelyingParty
  let upstream: Upstream
  let pem: string
  const warnings: string[] = []

  before(async () => {
    app = await startApp()
    odd = await startOddUpstream()
    upstream = await app.addUpstream({ alias: 'odd', ...odd.whereItIs }, odd.secret)
    const { keys } = (await (await fetch(`${odd.issuer}/jwks`)).json()) as { keys: JWK[] }
    pem = await exportSPKI((await importJWK(keys[0] ?? {}, 'RS256')) as CryptoKey)
  })
  beforeEach(() => {
    odd.behave({})
    warnings.length = 0
    const nothing = (): void => {}
    const logger = {
      debug: nothing,
      info: nothing,
      error: nothing,
      warn: (_: object, message: string) => void warnings.push(message),
      isEnabled: () => true,
    }
    party = relyingPartyOf(app, { logger })
  })
  after(async () => {
    await odd?.close()
    await app?.close()
  })

  async function urlOf(asked: Upstream, terms: Partial<AttemptTerms>, wishes: Partial<AuthorizationWishes> = {}) {
    const attempt = attemptAt(asked, terms)
    const url = await party.authorizationUrl(asked, attempt, { further: [], ...wishes })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    return { attempt, url }
  }

  async function signIn(changes: Partial<Upstream> = {}): Promise<Received> {
    const asked = { ...upstream, ...changes }
    const { attempt, url } = await urlOf(asked, {})
    return party.receive(asked, attempt, paramsOf(await odd.signIn(url)))
  }

  it('PKCE can be plain (RFC 7636 §4.2), or off', async () => {
    assert.equal((await signIn({ pkceMethod: 'plain' })).refusal, undefined)
    assert.equal(odd.last('/authorize')?.query.get('code_challenge_method'), 'plain')
    assert.equal((await signIn({ pkceMethod: 'off' })).refusal, undefined)
    assert.equal(odd.last('/token')?.body.includes('code_verifier'), false)
  })

  it('without a secret PKCE has to be on (RFC 9700 §2.1.1)', async () => {
    const { refusal } = await signIn({ clientAuthMethod: 'none', pkceMethod: 'off' })
    assert.equal(refusal?.rule, 'RFC 9700 §2.1.1 PKCE at the upstream')
  })

  it('a secret that is too short signs nothing and verifies nothing (RFC 7518 §3.2)', async () => {
    const short = { clientSecret: keepSecret(upstream.uid, 'clientSecret', 'short', app.keys.sealer) }
    const { refusal } = await signIn({ ...short, clientAuthMethod: 'client_secret_jwt' })
    assert.equal(refusal?.rule, 'RFC 7518 §3.2 length of the secret at the upstream')
    odd.behave({ idToken: { signer: 'secret' } })
    const verified = await signIn({ ...short, idTokenSigningAlgs: ['HS256'] })
    assert.equal(verified.refusal?.facts.problem, 'the client secret is too short for HS256')
    const unfit = await signIn({ clientAuthMethod: 'private_key_jwt', clientAssertionAlg: 'HS256' })
    assert.equal(unfit.refusal?.rule, 'client_assertion_alg of the upstream fits client_auth_method')
  })

  it('an assertion is for the token endpoint, or for the audience that was set, and counts once (RFC 7523 §3)', async () => {
    const assertion = async (changes: Partial<Upstream>) => {
      await signIn({ clientAuthMethod: 'private_key_jwt', ...changes })
      const jwt = new URLSearchParams(odd.last('/token')?.body).get('client_assertion') ?? ''
      return { ...decodeJwt(jwt), ...decodeProtectedHeader(jwt) }
    }
    const first = await assertion({})
    assert.deepEqual(
      [first.iss, first.sub, first.aud, first.alg],
      ['sallyport', 'sallyport', `${odd.issuer}/token`, 'RS256'],
    )
    assert.ok(app.keys.jwks().keys.some(({ kid }) => kid === first.kid))
    assert.ok((first.exp ?? 0) - (first.iat ?? 0) <= 60)
    const second = await assertion({ clientAssertionAudience: odd.issuer, clientAssertionAlg: 'ES256' })
    assert.deepEqual([second.aud, second.alg], [odd.issuer, 'ES256'])
    assert.notEqual(second.jti, first.jti)
  })

  it('parameters and headers of the token request are added, and never take the place of ours', async () => {
    await signIn({
      tokenParameters: { resource: 'https://api.example', grant_type: 'password', code: 'x' },
      tokenHeaders: { 'x-tenant': 'blue', authorization: 'Bearer x', 'content-type': 'text/plain' },
    })
    const { body, headers } = odd.last('/token') ?? assert.fail('not asked')
    const params = new URLSearchParams(body)
    assert.equal(params.get('resource'), 'https://api.example')
    assert.equal(params.get('grant_type'), 'authorization_code')
    assert.match(params.get('code') ?? '', /^code-/)
    assert.equal(headers['x-tenant'], 'blue')
    assert.match(headers.authorization ?? '', /^Basic /)
    assert.match(headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/)
  })

  it('parameters and headers of the user info request are added, in the query or in the body', async () => {
    const changes = {
      userinfoParameters: { fields: 'all' },
      userinfoHeaders: { 'x-tenant': 'blue', authorization: 'Basic x' },
    }
    await signIn(changes)
    assert.equal(odd.last('/userinfo')?.query.get('fields'), 'all')
    assert.equal(odd.last('/userinfo')?.headers['x-tenant'], 'blue')
    assert.equal(odd.last('/userinfo')?.headers.authorization, 'Bearer an-access-token')
    await signIn({ ...changes, userinfoMethod: 'POST' })
    assert.equal(odd.last('/userinfo')?.body, 'fields=all')
    assert.equal(odd.last('/userinfo')?.query.size, 0)
  })

  it('user info can be left out', async () => {
    const before = odd.asked('/userinfo')
    const { refusal, answer } = await signIn({ disableUserinfo: true })
    assert.equal(refusal, undefined)
    assert.equal(answer?.sources.userinfo, undefined)
    assert.equal(odd.asked('/userinfo'), before)
  })

  it('a secret may stand elsewhere', async () => {
    const reference = (text: string): Partial<Upstream> => ({ clientSecret: { kind: 'reference', text } })
    assert.equal((await signIn(reference(`\${${'env.UPSTREAM_SECRET'}}`))).refusal, undefined)
    const basic = Buffer.from(odd.last('/token')?.headers.authorization?.slice(6) ?? '', 'base64').toString()
    assert.equal(basic, 'sallyport:a+secret+that+stands+in+the+environment')
    const { refusal } = await signIn(reference(`\${${'env.NOTHING'}}`))
    assert.equal(refusal?.rule, 'the secret that a reference names can be read')
  })

  it('an audience of one’s own takes the place of the client id, and azp may name it (OIDC Core §3.1.3.7 aud)', async () => {
    odd.behave({ idToken: { claims: { aud: 'https://community.example', azp: 'sallyport' } } })
    const override = { audience: ['https://community.example'] }
    assert.equal((await signIn(override)).refusal, undefined)
    assert.match((await signIn()).refusal?.rule ?? '', /aud/)
    odd.behave({})
    assert.match((await signIn(override)).refusal?.rule ?? '', /aud/)
  })

  it('validate_signatures off spares the signature and nothing else', async () => {
    const off = { validateSignatures: false }
    odd.behave({ idToken: { signer: 'stranger' } })
    assert.equal((await signIn(off)).refusal, undefined)
    odd.behave({ idToken: { signer: 'none' } })
    assert.match((await signIn(off)).refusal?.rule ?? '', /RFC 8725 §3\.1/)
    odd.behave({ idToken: { signer: 'stranger', claims: { nonce: 'x' } } })
    assert.match((await signIn(off)).refusal?.rule ?? '', /nonce/)
  })

  it('validate_issuer off spares the issuer and nothing else', async () => {
    const off = { validateIssuer: false }
    odd.behave({
      idToken: { claims: { iss: 'https://elsewhere.example' } },
      response: { iss: 'https://elsewhere.example' },
    })
    assert.equal((await signIn(off)).refusal, undefined)
    odd.behave({ idToken: { claims: { iss: 'https://elsewhere.example' }, signer: 'stranger' } })
    assert.match((await signIn(off)).refusal?.rule ?? '', /RFC 7515/)
  })

  it('disable_jwt_validation spares everything about the ID token, warns in the log once, and never opens the way for logout tokens', async () => {
    const off = { disableJwtValidation: true }
    odd.behave({ idToken: { signer: 'none', claims: { iss: 'x', aud: 'x', nonce: 'x', exp: 1 } } })
    assert.equal((await signIn(off)).refusal, undefined)
    assert.equal((await signIn(off)).answer?.sources.id_token?.sub, 'ada')
    assert.deepEqual(warnings, ['JWTs of this upstream are NOT validated: anybody can pretend to be anybody'])
    const forged = await odd.logoutToken({ signer: 'none' })
    assert.ok(isRefusal(await party.verifyLogoutToken({ ...upstream, ...off }, forged)))
    const strange = await odd.logoutToken({ signer: 'stranger' })
    assert.ok(isRefusal(await party.verifyLogoutToken({ ...upstream, validateSignatures: false }, strange)))
  })

  it('a fixed public key takes the place of the key set, under its id where one is set', async () => {
    const fixed = { useJwksUri: false, publicKey: pem }
    const before = odd.asked('/jwks')
    assert.equal((await signIn(fixed)).refusal, undefined)
    const bare = pem.replace(/-----[^-]+-----|\s/g, '')
    assert.equal((await signIn({ ...fixed, publicKey: bare, publicKeyId: 'first' })).refusal, undefined)
    assert.match((await signIn({ ...fixed, publicKeyId: 'other' })).refusal?.rule ?? '', /RFC 7515 §5\.2/)
    assert.match((await signIn({ ...fixed, publicKey: 'nonsense' })).refusal?.rule ?? '', /RFC 7515 §5\.2/)
    odd.behave({ idToken: { signer: 'second' } })
    assert.match((await signIn(fixed)).refusal?.rule ?? '', /RFC 7515 §5\.2/)
    assert.equal(odd.asked('/jwks'), before)
  })

  it('a public key is never taken for a secret (RFC 8725 §2.1)', async () => {
    odd.behave({ idToken: { signer: 'secret' } })
    assert.equal((await signIn({ idTokenSigningAlgs: ['HS256'] })).refusal, undefined)
    assert.match((await signIn({ idTokenSigningAlgs: ['RS256'] })).refusal?.rule ?? '', /RFC 8725 §3\.1/)
    odd.behave({ idToken: { signer: 'secret' }, discovery: { id_token_signing_alg_values_supported: ['HS256'] } })
    party = relyingPartyOf(app)
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 8725 §3\.1/)
  })

  it('an ID token that is not encrypted is refused where it has to be', async () => {
    const { refusal } = await signIn({ requireEncryptedIdToken: true })
    assert.equal(refusal?.rule, 'require_encrypted_id_token of the upstream')
  })

  it('an access token that is a JWT is verified before its claims count (RFC 9068 §4, RFC 8725 §3.11)', async () => {
    const isJwt = { accessTokenIsJwt: true }
    odd.behave({ accessToken: { claims: { roles: ['editor'] } } })
    const { answer, refusal, lines } = await signIn(isJwt)
    assert.equal(refusal, undefined)
    assert.deepEqual(answer?.sources.access_token?.roles, ['editor'])
    assert.ok(lines.some(({ step, outcome }) => step === 'access-token' && outcome === 'passed'))
    const rules: readonly [Parameters<OddUpstream['behave']>[0]['accessToken'], RegExp][] = [
      [{ signer: 'stranger' }, /RFC 7515/],
      [{ signer: 'none' }, /RFC 8725 §3\.1/],
      [{ claims: { iss: 'https://elsewhere.example' } }, /iss/],
      [{ claims: { exp: 1 } }, /times/],
      [{ header: { typ: 'JWT' } }, /RFC 8725 §3\.11/],
    ]
    for (const [accessToken = {}, rule] of rules) {
      odd.behave({ accessToken })
      assert.match((await signIn(isJwt)).refusal?.rule ?? '', rule)
    }
    assert.equal((await signIn({ ...isJwt, checkTokenType: false })).refusal, undefined)
    // Keycloak's, and Entra's.
    for (const claims of [{ typ: 'Bearer' }, { scp: 'files' }]) {
      odd.behave({ accessToken: { header: { typ: 'JWT' }, claims } })
      assert.equal((await signIn(isJwt)).refusal, undefined)
    }
  })

  it('an upstream without ID tokens: who somebody is stands in the user info and in the token response', async () => {
    odd.behave({
      tokenResponse: { id_token: undefined, user_id: 7 },
      answers: { '/userinfo': () => ({ body: '{"id":7,"login":"ada"}' }) },
    })
    const { answer, refusal } = await signIn({ kind: 'oauth2', nonce: false, scopes: [] })
    assert.equal(refusal, undefined)
    assert.deepEqual(answer?.sources.userinfo, { id: 7, login: 'ada' })
    assert.equal(answer?.sources.token_response?.user_id, 7)
    assert.equal(odd.last('/authorize')?.query.get('scope'), null)
  })
})
