/** Every setting of the token request and of the user info, and of what is believed of the answers: what is sent, and who gets in? */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exportSPKI, importJWK, type JWK } from 'jose'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { isSignedIn, type Knobs, startKnobs, type Visit, type Way } from '../support/knobs.ts'
import type { OddBehaviour } from '../support/upstreams/odd-upstream.ts'

const NOW = (): number => Math.floor(Date.now() / 1000)

describe('what an upstream answers, and what of it is believed (OIDC Core §3.1.3.7)', () => {
  let knobs: Knobs
  let pem: string

  before(async () => {
    knobs = await startKnobs()
    const { keys } = (await (await fetch(`${knobs.odd.issuer}/jwks`)).json()) as { keys: JWK[] }
    pem = await exportSPKI((await importJWK(keys[0] ?? {}, 'RS256')) as CryptoKey)
  })
  after(() => knobs.close())

  const formOf = (visit: Visit) => new URLSearchParams(visit.token?.body)
  const RS = 'RFC 7515 §5.2 signature by a key of the upstream'

  it('token_parameters: are sent with the token request', async () => {
    const visit = await knobs.signIn({ token_parameters: { resource: 'https://api.example' } })
    isSignedIn(visit)
    assert.deepEqual(formOf(visit).getAll('resource'), ['https://api.example'])
  })

  it('token_headers: are sent with the token request, also those that have a usual value', async () => {
    const headers = { 'x-tenant': 'blue', accept: 'application/vnd.example+json', 'user-agent': 'an app of ours' }
    const visit = await knobs.signIn({ token_headers: headers })
    isSignedIn(visit)
    for (const [name, value] of Object.entries(headers)) assert.equal(visit.token?.headers[name], value)
  })

  it('userinfo_headers: are sent with the user info request', async () => {
    const headers = { 'x-tenant': 'blue', accept: 'application/vnd.example+json', 'user-agent': 'an app of ours' }
    const visit = await knobs.signIn({ userinfo_headers: headers })
    isSignedIn(visit)
    for (const [name, value] of Object.entries(headers)) assert.equal(visit.userinfo?.headers[name], value)
    assert.equal(visit.userinfo?.headers.authorization, 'Bearer an-access-token')
  })

  it('userinfo_parameters: are sent in the query, or in the form of a POST', async () => {
    const userinfo_parameters = { fields: 'id,name' }
    const get = await knobs.signIn({ userinfo_parameters })
    assert.deepEqual([get.userinfo?.query.get('fields'), get.userinfo?.body], ['id,name', ''])
    const post = await knobs.signIn({ userinfo_parameters, userinfo_method: 'POST' })
    assert.deepEqual([post.userinfo?.query.size, post.userinfo?.body], [0, 'fields=id%2Cname'])
    isSignedIn(post)
  })

  it('userinfo_method: is GET or POST, with the token in the header either way (RFC 6750 §2.1)', async () => {
    for (const [settings, method] of [
      [{}, 'GET'],
      [{ userinfo_method: 'POST' }, 'POST'],
    ] as const) {
      const visit = await knobs.signIn(settings)
      isSignedIn(visit)
      assert.equal(visit.userinfo?.method, method)
      assert.equal(visit.userinfo?.headers.authorization, 'Bearer an-access-token')
    }
  })

  it('userinfo_method: POST may be answered by a JWT, too, whose signature counts (OIDC Core §5.3.2)', async () => {
    const answerOf = async (signer: 'first' | 'stranger'): Promise<Way> => {
      const claims = { sub: `jwt-${signer}`, preferred_username: `jwt-${signer}`, events: undefined, jti: undefined }
      const body = await knobs.odd.logoutToken({ claims, header: { typ: 'JWT' }, signer })
      const answer = { status: 200, headers: { 'content-type': 'application/jwt' }, body }
      return { person: `jwt-${signer}`, behaviour: { answers: { '/userinfo': () => answer } } }
    }
    const settings = { userinfo_method: 'POST', review_profile: 'never' }
    const visit = await knobs.signIn(settings, await answerOf('first'))
    assert.equal((await knobs.accountOf(visit)).username, 'jwt-first')
    assert.equal(visit.userinfo?.method, 'POST')
    assert.equal(await knobs.whyRefused(await knobs.signIn(settings, await answerOf('stranger'))), RS)
  })

  it('disable_userinfo: asks nothing there, and the ID token says all', async () => {
    const claims = { preferred_username: 'by-token', email: 'by-token@odd.example' }
    const visit = await knobs.signIn({ disable_userinfo: true }, { behaviour: { idToken: { claims } } })
    isSignedIn(visit)
    assert.equal(visit.userinfo, undefined)
    assert.equal((await knobs.accountOf(visit)).email, 'by-token@odd.example')
  })

  it('userinfo_documents: are read with the access token, and stand in the user info by their names', async () => {
    const settings = {
      userinfo_documents: { emails: `${knobs.odd.issuer}/emails` },
      mappings: [{ kind: 'attribute', attribute: 'email', claim: 'emails[primary=true].email' }],
    }
    const emails = [{ email: 'old@odd.example' }, { email: 'primary@odd.example', primary: true }]
    const behaviour = { answers: { '/emails': () => ({ status: 200, body: JSON.stringify(emails) }) } }
    const visit = await knobs.signIn(settings, { behaviour })
    assert.equal((await knobs.accountOf(visit)).email, 'primary@odd.example')
    const asked = visit.requests.find(({ path }) => path === '/emails')
    assert.equal(asked?.headers.authorization, 'Bearer an-access-token')
  })

  it('kind: oauth2 needs no ID token and believes none; the user info says who somebody is', async () => {
    const withoutToken = { behaviour: { tokenResponse: { id_token: undefined } } }
    const visit = await knobs.signIn({ kind: 'oauth2' }, withoutToken)
    isSignedIn(visit)
    assert.equal(visit.asked.get('scope'), null)
    const oidc = await knobs.signIn({}, withoutToken)
    assert.equal(await knobs.whyRefused(oidc), 'OIDC Core §3.1.3.3 ID token of the upstream')
    const lying = { behaviour: { idToken: { claims: { sub: 'somebody-else' }, signer: 'none' } } } as const
    const believed = await knobs.signIn({ kind: 'oauth2' }, lying)
    assert.equal((await knobs.accountOf(believed)).username, believed.person)
  })

  /** What the upstream does → the rule that refuses it; with the settings it is let in. */
  type Row = readonly [name: string, what: string, settings: JsonObject, behave: () => OddBehaviour, rule: string]
  const lets: readonly Row[] = [
    [
      'validate_signatures',
      'off takes the signature of anybody',
      { validate_signatures: false },
      () => ({ idToken: { signer: 'stranger' } }),
      RS,
    ],
    [
      'id_token_signing_algs',
      'lets the client secret sign, where it says so',
      { id_token_signing_algs: ['HS256'] },
      () => ({ idToken: { signer: 'secret' } }),
      'RFC 8725 §3.1 what the upstream may sign with',
    ],
    [
      'id_token_signing_algs',
      'lets the client secret sign also where use_jwks_uri is off and there is no other key',
      { id_token_signing_algs: ['HS256'], use_jwks_uri: false },
      () => ({ idToken: { signer: 'secret' } }),
      'RFC 8725 §3.1 what the upstream may sign with',
    ],
    [
      'validate_issuer',
      'off takes the issuer as it comes',
      { validate_issuer: false },
      () => ({ idToken: { claims: { iss: 'https://another.example' } } }),
      'OIDC Core §3.1.3.7 iss of the upstream',
    ],
    [
      'audience',
      'takes another aud than our client_id',
      { audience: ['https://community.example'] },
      () => ({ idToken: { claims: { aud: 'https://community.example' } } }),
      'OIDC Core §3.1.3.7 aud of the upstream',
    ],
    [
      'clock_skew',
      'lets a clock differ by as much',
      { clock_skew: 300 },
      () => ({ idToken: { claims: { iat: NOW() + 200, exp: NOW() + 900 } } }),
      'OIDC Core §3.1.3.7 times of the upstream',
    ],
    [
      'disable_jwt_validation',
      'believes whatever an ID token says',
      { disable_jwt_validation: true },
      () => ({ idToken: { signer: 'none', claims: { iss: 'x', aud: 'y', exp: 1 } } }),
      'RFC 8725 §3.1 what the upstream may sign with',
    ],
    [
      'check_token_type',
      'off takes a JWT that says that it is something else (RFC 8725 §3.11)',
      { check_token_type: false },
      () => ({ idToken: { header: { typ: 'at+jwt' } } }),
      'RFC 8725 §3.11 typ of the upstream',
    ],
  ]
  for (const [name, what, settings, behave, rule] of lets) {
    it(`${name}: ${what}`, async () => {
      const way: Way = { behaviour: behave() }
      assert.equal(await knobs.whyRefused(await knobs.signIn({}, way)), rule)
      isSignedIn(await knobs.signIn(settings, way))
    })
  }

  /** With the settings, the upstream does this → the rule that refuses it; without them it is let in. */
  const refuses: readonly Row[] = [
    [
      'id_token_signing_algs',
      'holds ID tokens to the algorithms that it names',
      { id_token_signing_algs: ['ES256'] },
      () => ({}),
      'RFC 8725 §3.1 what the upstream may sign with',
    ],
    [
      'require_encrypted_id_token',
      'takes none that everybody can read',
      { require_encrypted_id_token: true },
      () => ({}),
      'require_encrypted_id_token of the upstream',
    ],
    [
      'clock_skew',
      '0 takes the clock as it is',
      { clock_skew: 0 },
      () => ({ idToken: { claims: { iat: NOW() + 25, exp: NOW() + 900 } } }),
      'OIDC Core §3.1.3.7 times of the upstream',
    ],
    [
      'access_token_is_jwt',
      'verifies the access token as well',
      { access_token_is_jwt: true },
      () => ({ accessToken: { signer: 'stranger' } }),
      RS,
    ],
    [
      'access_token_is_jwt',
      'takes no opaque one',
      { access_token_is_jwt: true },
      () => ({}),
      'RFC 7519 §7.2 JWT of the upstream',
    ],
  ]
  for (const [name, what, settings, behave, rule] of refuses) {
    it(`${name}: ${what}`, async () => {
      const way: Way = { behaviour: behave() }
      isSignedIn(await knobs.signIn({}, way))
      assert.equal(await knobs.whyRefused(await knobs.signIn(settings, way)), rule)
    })
  }

  it('access_token_is_jwt: lets mappings look into the access token', async () => {
    const mappings = [{ kind: 'attribute', attribute: 'nickname', claim: 'nick', source: 'access_token' }]
    const behaviour: OddBehaviour = { accessToken: { claims: { nick: 'Countess' } } }
    const seen = async (settings: JsonObject) =>
      (await knobs.accountOf(await knobs.signIn({ ...settings, mappings }, { behaviour }))).attributes.nickname
    assert.equal(await seen({ access_token_is_jwt: true }), 'Countess')
    assert.equal(await seen({}), undefined)
  })

  it('use_jwks_uri: off lets public_key: be the only key, and public_key_id: the only kid', async () => {
    const fixed = { use_jwks_uri: false, public_key: pem }
    const first = await knobs.signIn(fixed)
    isSignedIn(first)
    assert.ok(!first.requests.some(({ path }) => path === '/jwks'))
    isSignedIn(await knobs.signIn({ ...fixed, public_key_id: 'first' }))
    assert.equal(await knobs.whyRefused(await knobs.signIn({ ...fixed, public_key_id: 'other' })), RS)
    const second: Way = { behaviour: { idToken: { signer: 'second' } } }
    assert.equal(await knobs.whyRefused(await knobs.signIn(fixed, second)), RS)
    isSignedIn(await knobs.signIn({}, second))
  })
})
