/** We as the relying party of a real provider: every way to prove who we are, every algorithm, every form of an answer. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import type { ClientMetadata, Configuration } from 'oidc-provider'
import type { AttemptTerms } from '../../src/core/upstreams/attempt.ts'
import type { Received } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { keepSecret } from '../../src/core/upstreams/upstream-secrets.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { certificateFor } from '../support/certificates.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { type OidcUpstream, type OidcUpstreamSettings, startOidcUpstream } from '../support/upstreams/oidc-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

/** With everything that RFC 6749 §2.3.1 wants encoded, and long enough for HS512. */
const SECRET = 'a secret with : and + and % in it, and long enough for everything that signs with it'
const FIXTURES = join(import.meta.dirname, '../../src/http/test-fixtures')

interface Case {
  readonly client?: Partial<ClientMetadata>
  readonly upstream?: Partial<Upstream>
  readonly configuration?: Configuration
  readonly secret?: string
  readonly terms?: Partial<AttemptTerms>
}

describe('the relying party at a real provider', () => {
  let app: RunningApp
  const started: OidcUpstream[] = []
  let count = 0

  before(async () => {
    app = await startApp()
  })
  after(async () => {
    for (const idp of started) await idp.close()
    await app?.close()
  })

  async function opened(made: Case, settings: Partial<OidcUpstreamSettings> = {}) {
    count += 1
    const alias = `idp-${count}`
    const secret = made.secret ?? SECRET
    const idp = await startOidcUpstream({
      clients: [
        {
          client_id: 'our: id',
          client_secret: secret,
          redirect_uris: [`https://id.example.org/broker/${alias}/endpoint`],
          post_logout_redirect_uris: ['https://id.example.org/back'],
          grant_types: ['authorization_code', 'refresh_token'],
          ...made.client,
        },
      ],
      configuration: made.configuration ?? {},
      ...settings,
    })
    started.push(idp)
    const upstream = await app.addUpstream({ alias, ...idp.whereItIs, ...made.upstream }, secret)
    return { idp, upstream, party: relyingPartyOf(app) }
  }

  async function signIn(made: Case, person = 'ada', settings: Partial<OidcUpstreamSettings> = {}): Promise<Received> {
    const { idp, upstream, party } = await opened(made, settings)
    const attempt = attemptAt(upstream, made.terms)
    const url = await party.authorizationUrl(upstream, attempt, { further: [] })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    const { params, target } = await idp.signIn(url, person)
    assert.equal(target, attempt.terms.redirectUri)
    return party.receive(upstream, attempt, paramsOf(params))
  }

  function assertSignedIn({ refusal, answer, lines }: Received, person = 'ada'): void {
    assert.equal(refusal, undefined)
    assert.equal(answer?.sources.id_token?.sub, person)
    assert.equal(answer?.sources.userinfo?.sub, person)
    assert.ok(lines.length > 0 && lines.every(({ outcome }) => outcome === 'passed'))
  }

  const plain = 'a-secret-without-anything-odd-that-is-long-enough'
  const ourKeys = () => ({ jwks: { keys: app.keys.jwks().keys } }) as unknown as Partial<ClientMetadata>
  const noPkce: Configuration = { pkce: { required: () => false } }

  const cases: readonly [what: string, made: () => Case][] = [
    ['(45) client_secret_basic, form-urlencoded (RFC 6749 §2.3.1)', () => ({})],
    [
      'client_secret_basic as servers have it that do not decode it',
      () => ({
        secret: plain,
        client: { client_id: 'plain' },
        upstream: { clientAuthMethod: 'client_secret_basic_unencoded' },
      }),
    ],
    [
      'client_secret_post (RFC 6749 §2.3.1)',
      () => ({
        client: { token_endpoint_auth_method: 'client_secret_post' },
        upstream: { clientAuthMethod: 'client_secret_post' },
      }),
    ],
    ...(['HS256', 'HS512'] as const).map((alg): [string, () => Case] => [
      `client_secret_jwt with ${alg} (OIDC Core §9)`,
      () => ({
        client: { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: alg },
        upstream: { clientAuthMethod: 'client_secret_jwt', ...(alg === 'HS256' ? {} : { clientAssertionAlg: alg }) },
      }),
    ]),
    ...(['RS256', 'ES256', 'EdDSA'] as const).map((alg): [string, () => Case] => [
      `private_key_jwt with ${alg} and the keys that we publish (OIDC Core §9)`,
      () => ({
        client: { ...ourKeys(), token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg },
        upstream: { clientAuthMethod: 'private_key_jwt', ...(alg === 'RS256' ? {} : { clientAssertionAlg: alg }) },
      }),
    ]),
    [
      'nothing but PKCE (RFC 7636 §4)',
      () => ({ client: { token_endpoint_auth_method: 'none' }, upstream: { clientAuthMethod: 'none' } }),
    ],
    ['a secret without PKCE', () => ({ upstream: { pkceMethod: 'off' }, configuration: noPkce })],
    ...(['PS256', 'ES256', 'EdDSA'] as const).map((alg): [string, () => Case] => [
      `ID tokens signed with ${alg}`,
      () => ({ client: { id_token_signed_response_alg: alg } }),
    ]),
    [
      'ID tokens signed with our secret, where that is allowed (OIDC Core §10.1)',
      () => ({ client: { id_token_signed_response_alg: 'HS256' }, upstream: { idTokenSigningAlgs: ['HS256'] } }),
    ],
    ...(['RSA-OAEP-256', 'ECDH-ES', 'dir'] as const).map((alg): [string, () => Case] => [
      `ID tokens signed and encrypted with ${alg} (OIDC Core §10.2)`,
      () => ({
        client: {
          ...ourKeys(),
          id_token_encrypted_response_alg: alg,
          id_token_encrypted_response_enc: 'A128CBC-HS256',
        },
        upstream: { requireEncryptedIdToken: true },
      }),
    ]),
    ['signed user info (OIDC Core §5.3.2)', () => ({ client: { userinfo_signed_response_alg: 'ES256' } })],
    [
      'signed and encrypted user info (OIDC Core §5.3.2)',
      () => ({
        client: {
          ...ourKeys(),
          userinfo_signed_response_alg: 'RS256',
          userinfo_encrypted_response_alg: 'RSA-OAEP-256',
          userinfo_encrypted_response_enc: 'A128GCM',
        },
      }),
    ],
    ['user info by POST (OIDC Core §5.3.1)', () => ({ upstream: { userinfoMethod: 'POST' } })],
    ['the answer by POST (response_mode=form_post)', () => ({ upstream: { responseMode: 'form_post' } })],
    ['no nonce', () => ({ upstream: { nonce: false } })],
    ['a fresh proof (OIDC Core §3.1.3.7 auth_time)', () => ({ terms: { maxAgeSeconds: 0 } })],
  ]
  for (const [what, made] of cases)
    it(`signs in with ${what}`, async () => {
      assertSignedIn(await signIn(made()))
    })

  it('(47) signs in somebody whose address is not verified, and has asked for user info by then', async () => {
    const received = await signIn({}, 'bob')
    assertSignedIn(received, 'bob')
    assert.equal(received.answer?.sources.userinfo?.email_verified, false)
  })

  it('shows a certificate to the upstream (RFC 8705 §2.1)', async () => {
    const authority = await certificateFor({ name: 'CN=Authority', isAuthority: true })
    const ours = await certificateFor({ name: 'CN=sallyport', issuer: authority })
    const server = {
      cert: readFileSync(join(FIXTURES, 'first.certificate.pem')),
      key: readFileSync(join(FIXTURES, 'first.key.pem')),
    }
    setDefaultCACertificates([...getCACertificates('default'), server.cert.toString()])
    const shown: string[] = []
    const made: Case = {
      client: { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=sallyport' },
      upstream: { clientAuthMethod: 'tls_client_auth', clientCertificate: ours.pem },
      configuration: {
        features: {
          mTLS: {
            enabled: true,
            tlsClientAuth: true,
            getCertificate: context => {
              const peer = (context.req.socket as TLSSocket).getPeerX509Certificate()
              if (peer !== undefined) shown.push(peer.subject)
              return peer
            },
            certificateAuthorized: context => (context.req.socket as TLSSocket).authorized,
            certificateSubjectMatches: (context, _property, expected) =>
              (context.req.socket as TLSSocket).getPeerX509Certificate()?.subject === expected,
          },
        },
      },
    }
    const tls = { ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: false }
    const { idp, upstream, party } = await opened(made, { tls })
    const attempt = attemptAt(upstream)
    const without = await party.authorizationUrl(upstream, attempt, { further: [] })
    assert.ok(!isRefusal(without), JSON.stringify(without))
    const refused = await party.receive(upstream, attempt, paramsOf((await idp.signIn(without, 'ada')).params))
    assert.equal(refused.refusal?.rule, 'client_certificate of the upstream is set')
    const key = keepSecret(upstream.uid, 'clientCertificateKey', ours.keyPem, app.keys.sealer)
    const withKey: Upstream = { ...upstream, clientCertificateKey: key }
    const next = attemptAt(withKey)
    const url = await party.authorizationUrl(withKey, next, { further: [] })
    assert.ok(!isRefusal(url))
    assertSignedIn(await party.receive(withKey, next, paramsOf((await idp.signIn(url, 'ada')).params)))
    assert.ok(shown.includes('CN=sallyport'))
  })

  it('(44) finds keys that were rotated while somebody signed in (OIDC Core §10.1.1)', async () => {
    const { idp, upstream, party } = await opened({})
    for (const rotates of [false, true]) {
      const attempt = attemptAt(upstream)
      const url = await party.authorizationUrl(upstream, attempt, { further: [] })
      assert.ok(!isRefusal(url))
      const { params } = await idp.signIn(url, 'ada')
      if (rotates) await idp.rotateKeys()
      assertSignedIn(await party.receive(upstream, attempt, paramsOf(params)))
    }
  })

  it('hears that nobody is signed in there when it asks without a page (OIDC Core §3.1.2.6)', async () => {
    const { refusal } = await signIn({ terms: { silent: true } })
    assert.equal(refusal?.error, 'login_required')
  })

  it('hears that the person thought better of it (RFC 6749 §4.1.2.1)', async () => {
    const { refusal } = await signIn({}, 'nobody')
    assert.equal(refusal?.error, 'access_denied')
    assert.equal(refusal?.facts.upstream_error_description, 'somebody cancelled')
  })

  it('is not known with a wrong secret, and says so (RFC 6749 §5.2)', async () => {
    const { idp, upstream, party } = await opened({})
    const clientSecret = keepSecret(upstream.uid, 'clientSecret', 'a wrong one', app.keys.sealer)
    const wrong: Upstream = { ...upstream, clientSecret }
    const attempt = attemptAt(wrong)
    const url = await party.authorizationUrl(wrong, attempt, { further: [] })
    assert.ok(!isRefusal(url))
    const { refusal } = await party.receive(wrong, attempt, paramsOf((await idp.signIn(url, 'ada')).params))
    assert.equal(refusal?.facts.upstream_error, 'invalid_client')
    const lines = await party.check(wrong)
    assert.equal(lines.find(({ what }) => what === 'client authentication')?.outcome, 'bad')
    const good = await party.check(upstream)
    assert.deepEqual(
      good.map(({ what, outcome }) => [what, outcome]).filter(([, outcome]) => outcome === 'bad'),
      [],
    )
    assert.equal(good.find(({ what }) => what === 'client authentication')?.outcome, 'good')
  })

  it('gets fresh tokens for stored ones (RFC 6749 §6), and leaves by the browser (RP-Initiated Logout §2)', async () => {
    const { idp, upstream, party } = await opened({
      upstream: { scopes: ['openid', 'offline_access'], prompt: 'consent' },
    })
    const attempt = attemptAt(upstream)
    const url = await party.authorizationUrl(upstream, attempt, { further: [] })
    assert.ok(!isRefusal(url))
    const { answer } = await party.receive(upstream, attempt, paramsOf((await idp.signIn(url, 'ada')).params))
    const fresh = await party.refresh(upstream, answer?.refreshToken ?? '')
    assert.ok(!isRefusal(fresh), JSON.stringify(fresh))
    assert.notEqual(fresh.accessToken, answer?.accessToken)
    assert.ok(fresh.refreshToken !== undefined && fresh.expiresAt !== undefined)
    assert.equal(isRefusal(await party.refresh(upstream, 'made up')), true)
    const leaving = {
      idToken: answer?.idToken ?? '',
      returnUri: 'https://id.example.org/back',
      state: 'st"a&te',
      further: [],
    }
    const { target, params } = await idp.signIn((await party.logoutUrl(upstream, leaving)) ?? '', 'ada')
    // Its page posts itself first.
    assert.ok(target.includes('/session/end') || target === 'https://id.example.org/back', target)
    assert.ok(params.size > 0)
  })
})
