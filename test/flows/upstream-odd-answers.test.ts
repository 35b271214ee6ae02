/** What an upstream may get wrong about everything but ID tokens: what is only spelt oddly is understood, all else is refused by its name. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Received } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { oddRoom } from '../support/upstreams/odd-room.ts'
import type { OddAnswer, OddJwt } from '../support/upstreams/odd-upstream.ts'
import { attemptAt, paramsOf, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

const HTML: OddAnswer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>secret=42</h1>' }

describe('answers of an odd upstream', () => {
  const room = oddRoom()

  async function signIn(changes: Partial<Upstream> = {}): Promise<Received> {
    const asked = { ...room.upstream, ...changes }
    const attempt = attemptAt(asked)
    const url = await room.party.authorizationUrl(asked, attempt, { further: [] })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    return room.party.receive(asked, attempt, paramsOf(await room.odd.signIn(url)))
  }

  const asForm = ({ body = '' }: OddAnswer, status = 200): OddAnswer => ({
    status,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(JSON.parse(body)).toString(),
  })

  const understood: readonly [what: string, answer: (usual: OddAnswer) => OddAnswer][] = [
    ['form-encoded', asForm],
    ['with status 201', usual => ({ ...usual, status: 201 })],
    ['JSON as text/plain', usual => ({ ...usual, headers: { 'content-type': 'text/plain' } })],
    ['JSON as text/html', usual => ({ ...usual, headers: { 'content-type': 'text/html' } })],
    ['with a byte order mark', usual => ({ ...usual, body: `\uFEFF${usual.body}` })],
  ]
  for (const [what, answer] of understood)
    it(`a token response ${what} is understood (RFC 6749 §5.1)`, async () => {
      room.odd.behave({ answers: { '/token': answer } })
      const { refusal, answer: got } = await signIn()
      assert.equal(refusal, undefined)
      assert.equal(got?.accessToken, 'an-access-token')
      assert.equal(got?.refreshToken, 'a-refresh-token')
    })

  const members: readonly [what: string, members: Record<string, unknown>][] = [
    ['no token_type', { token_type: undefined }],
    ['an odd token_type', { token_type: 'JWT' }],
    ['expires_in as text', { expires_in: '3600' }],
    ['expires_in that is nonsense', { expires_in: 'soon' }],
    ['a refresh_token that is null', { refresh_token: null }],
    ['scope as a list', { scope: ['openid', 'email'] }],
  ]
  for (const [what, tokenResponse] of members)
    it(`a token response with ${what} is understood (RFC 6749 §5.1)`, async () => {
      room.odd.behave({ tokenResponse })
      const { refusal, answer } = await signIn()
      assert.equal(refusal, undefined)
      if (tokenResponse.expires_in === 'soon') assert.equal(answer?.accessTokenExpiresAt, undefined)
      else assert.ok(answer?.accessTokenExpiresAt !== undefined)
    })

  it('tokens deep inside a token response are kept out of what mappings see', async () => {
    room.odd.behave({
      tokenResponse: { authed_user: { id: 'U1', access_token: 'a-nested-token' }, team: { id: 'T1' } },
    })
    const { answer } = await signIn()
    assert.deepEqual(answer?.sources.token_response?.authed_user, { id: 'U1' })
    assert.deepEqual(answer?.sources.token_response?.team, { id: 'T1' })
  })

  const refusedByTokenEndpoint: readonly [what: string, answer: (usual: OddAnswer) => OddAnswer, rule: RegExp][] = [
    ['an error with 200', () => ({ body: '{"error":"bad_verification_code"}' }), /RFC 6749 §5\.2/],
    [
      'an error with 401 and a challenge',
      () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: '{"error":"invalid_client"}' }),
      /RFC 6749 §5\.2/,
    ],
    [
      'a form-encoded error',
      usual => ({ ...asForm({ ...usual, body: '{"error":"invalid_grant"}' }) }),
      /RFC 6749 §5\.2/,
    ],
    ['status 500', () => ({ status: 500, body: 'secret=42' }), /RFC 6749 §5\.1/],
    ['status 204', () => ({ status: 204 }), /RFC 6749 §5\.1/],
    ['HTML', () => HTML, /RFC 6749 §5\.1/],
    ['a list', () => ({ body: '["secret=42"]' }), /RFC 6749 §5\.1/],
    ['no access token', () => ({ body: '{"token_type":"Bearer"}' }), /RFC 6749 §5\.1/],
    ['an access token that is no text', () => ({ body: '{"access_token":{"toString":1}}' }), /RFC 6749 §5\.1/],
    ['a redirect', () => ({ status: 302, headers: { location: '/token' } }), /RFC 6749 §5\.1/],
    ['more than is read', () => ({ body: 'x'.repeat(600_000) }), /the endpoint of the upstream answers/],
  ]
  for (const [what, answer, rule] of refusedByTokenEndpoint)
    it(`the token endpoint answers with ${what}: refused, and what it said stays out of the reasons (RFC 6749 §5.2)`, async () => {
      room.odd.behave({ answers: { '/token': answer } })
      const before = room.odd.asked('/token')
      const { refusal, lines } = await signIn()
      assert.match(refusal?.rule ?? '', rule)
      assert.equal(refusal?.facts.endpoint, `${room.odd.issuer}/token`)
      assert.equal(JSON.stringify([refusal, lines]).includes('secret=42'), false)
      assert.equal(room.odd.asked('/token'), before + 1)
    })

  it('an upstream that never answers is given up (outbound timeout)', async () => {
    room.odd.behave({ answers: { '/token': () => ({ never: true }) } })
    const hasty = relyingPartyOf(room.app, { timeoutMs: 300 })
    const attempt = attemptAt(room.upstream)
    const url = await hasty.authorizationUrl(room.upstream, attempt, { further: [] })
    assert.ok(!isRefusal(url))
    const { refusal } = await hasty.receive(room.upstream, attempt, paramsOf(await room.odd.signIn(url)))
    assert.equal(refusal?.facts.reason, 'timeout')
  })

  const badUserinfo: readonly [what: string, answer: (usual: OddAnswer) => OddAnswer, rule: RegExp][] = [
    ['about somebody else', () => ({ body: '{"sub":"bob"}' }), /§5\.3\.2 sub/],
    ['without a sub', () => ({ body: '{"email":"ada@odd.example"}' }), /§5\.3\.2 sub/],
    ['with a sub that is no text', () => ({ body: '{"sub":["ada"]}' }), /§5\.3\.2 sub/],
    ['as HTML', () => HTML, /§5\.3\.2 user info/],
    ['with status 500', () => ({ status: 500, body: '{"sub":"ada"}' }), /§5\.3\.2 user info/],
    [
      'with status 401',
      () => ({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
      /§5\.3\.2 user info/,
    ],
    ['as a redirect', () => ({ status: 302, headers: { location: '/userinfo' } }), /§5\.3\.2 user info/],
    ['as a list', () => ({ body: '[{"sub":"ada"}]' }), /§5\.3\.2 user info/],
    [
      'endlessly deep',
      () => ({ body: `{"sub":"ada","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}` }),
      /§5\.3\.2 user info/,
    ],
    [
      'as an unsigned JWT',
      () => ({
        headers: { 'content-type': 'application/jwt' },
        body: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.`,
      }),
      /RFC 8725 §3\.1/,
    ],
    [
      'larger than is read',
      () => ({ body: `{"sub":"ada","x":"${'x'.repeat(600_000)}"}` }),
      /the endpoint of the upstream answers/,
    ],
  ]
  for (const [what, answer, rule] of badUserinfo)
    it(`(45) user info ${what}: the sign-in is refused (OIDC Core §5.3.2)`, async () => {
      room.odd.behave({ answers: { '/userinfo': answer } })
      const before = room.odd.asked('/userinfo')
      const { refusal, answer: kept, lines } = await signIn()
      assert.match(refusal?.rule ?? '', rule)
      assert.equal(kept?.sources.userinfo, undefined)
      assert.equal(kept?.sources.id_token?.sub, 'ada')
      assert.equal(lines.at(-1)?.step, 'userinfo')
      assert.equal(room.odd.asked('/userinfo'), before + 1)
    })

  it('(45) the token is in the header and never in the query; nonce and scopes are sent (OIDC Core §5.3.1)', async () => {
    assert.equal((await signIn()).refusal, undefined)
    const { headers, query } = room.odd.last('/userinfo') ?? assert.fail('not asked')
    assert.equal(headers.authorization, 'Bearer an-access-token')
    assert.equal(query.size, 0)
    const sent = room.odd.last('/authorize')?.query
    assert.ok((sent?.get('nonce') ?? '').length > 40)
    assert.deepEqual(sent?.get('scope')?.split(' '), ['openid', 'profile', 'email'])
  })

  it('(47) an address that is not verified does not end the protocol: user info is asked, and says so', async () => {
    room.odd.behave({ userinfo: { email_verified: false } })
    const { refusal, answer } = await signIn()
    assert.equal(refusal, undefined)
    assert.equal(answer?.sources.userinfo?.email_verified, false)
  })

  it('signed user info is held against the upstream, our client id and the person (OIDC Core §5.3.2)', async () => {
    const signedAs = async (claims: Record<string, unknown>) => {
      const body = await room.odd.logoutToken({ header: { typ: 'JWT' }, claims: { ...claims, events: undefined } })
      room.odd.behave({ answers: { '/userinfo': () => ({ headers: { 'content-type': 'application/jwt' }, body }) } })
      return (await signIn()).refusal?.rule
    }
    assert.equal(await signedAs({}), undefined)
    assert.equal(await signedAs({ iss: undefined, aud: undefined, exp: undefined, iat: undefined }), undefined)
    assert.equal(await signedAs({ sub: 'bob' }), 'OIDC Core §5.3.2 sub of the upstream')
    assert.equal(await signedAs({ aud: 'somebody-else' }), 'OIDC Core §3.1.3.7 aud of the upstream')
    assert.equal(await signedAs({ iss: 'https://elsewhere.example' }), 'OIDC Core §3.1.3.7 iss of the upstream')
  })

  it('a refresh without a new refresh token keeps the old one (RFC 6749 §6)', async () => {
    room.odd.behave({ tokenResponse: { refresh_token: undefined, id_token: undefined, access_token: 'a-fresh-token' } })
    const fresh = await room.party.refresh(room.upstream, 'the-old-one')
    assert.ok(!isRefusal(fresh))
    assert.deepEqual([fresh.accessToken, fresh.refreshToken], ['a-fresh-token', 'the-old-one'])
    assert.equal(new URLSearchParams(room.odd.last('/token')?.body).get('refresh_token'), 'the-old-one')
    room.odd.behave({ answers: { '/token': () => ({ status: 400, body: '{"error":"invalid_grant"}' }) } })
    const refused = await room.party.refresh(room.upstream, 'the-old-one')
    assert.ok(isRefusal(refused))
    assert.equal(refused.facts.upstream_error, 'invalid_grant')
    assert.equal(JSON.stringify(refused).includes('the-old-one'), false)
  })

  it('the ID token of a refresh is verified before it takes the place of the first (OIDC Core §12.2)', async () => {
    const first = (await signIn()).answer?.idToken
    assert.ok(first !== undefined)
    const refreshed = async (idToken: OddJwt, before: string | undefined = first, changes: Partial<Upstream> = {}) => {
      room.odd.behave({ idToken })
      const fresh = await room.party.refresh({ ...room.upstream, ...changes }, 'the-old-one', before)
      assert.ok(!isRefusal(fresh), JSON.stringify(fresh))
      assert.equal(fresh.accessToken, 'an-access-token')
      return fresh.idToken
    }
    const second = await refreshed({ claims: { acr: 'fresh' } })
    assert.equal(room.party.readUnverified(second ?? '')?.acr, 'fresh')
    // What cannot be verified is left out; whose tokens they are is not in doubt.
    const wrong: readonly OddJwt[] = [
      { signer: 'stranger' },
      { signer: 'none' },
      { claims: { iss: 'https://elsewhere.example' } },
      { claims: { aud: 'somebody-else' } },
      { claims: { exp: 1 } },
      { claims: { nonce: 'of another sign-in' } },
      { claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } },
      { header: { typ: 'at+jwt' } },
    ]
    for (const idToken of wrong) assert.equal(await refreshed(idToken), undefined, JSON.stringify(idToken))
    assert.equal(await refreshed({}, 'no token'), undefined, 'nothing to hold it against')
    assert.equal(await refreshed({}, undefined, { kind: 'oauth2' }), undefined)
  })

  it('a code of another sign-in is of no use, with PKCE or with the nonce alone (RFC 9700 §2.1.1, §4.5)', async () => {
    // Of the same person's other upstream, which has the same issuer and knows us by the same client_id.
    const twin = await room.app.addUpstream({ alias: 'twin', ...room.odd.whereItIs }, room.odd.secret)
    for (const [changes, rule] of [
      [{}, 'RFC 6749 §5.2 token request at the upstream'],
      [{ pkceMethod: 'off' }, 'OIDC Core §3.1.3.7 nonce of the upstream'],
    ] as const) {
      const begin = async (at: Upstream) => {
        const asked = { ...at, ...changes }
        const attempt = attemptAt(asked)
        const url = await room.party.authorizationUrl(asked, attempt, { further: [] })
        assert.ok(!isRefusal(url))
        return { asked, attempt, response: await room.odd.signIn(url) }
      }
      const [mine, theirs] = [await begin(room.upstream), await begin(twin)]
      mine.response.set('code', theirs.response.get('code') ?? '')
      const { refusal } = await room.party.receive(mine.asked, mine.attempt, paramsOf(mine.response))
      assert.equal(refusal?.rule, rule)
    }
  })

  it('an ID token that nobody verified is kept by nobody: an upstream of the kind oauth2 has none', async () => {
    room.odd.behave({ idToken: { signer: 'none', claims: { sub: 'eve' } } })
    const { answer, refusal } = await signIn({ kind: 'oauth2', nonce: false })
    assert.equal(refusal, undefined)
    assert.equal(answer?.accessToken, 'an-access-token')
    assert.equal(answer?.idToken, undefined)
  })

  it('a refresh that answers with tokens of somebody else brings none (OIDC Core §12.2)', async () => {
    const first = (await signIn()).answer?.idToken
    for (const idToken of [{ claims: { sub: 'eve' } }, { claims: { sub: 'eve' }, signer: 'none' }] as const) {
      room.odd.behave({ idToken })
      const fresh = await room.party.refresh(room.upstream, 'the-old-one', first)
      assert.ok(isRefusal(fresh))
      assert.equal(fresh.rule, 'OIDC Core §12.2 sub of the upstream')
      assert.equal(JSON.stringify(fresh).includes('eve'), false)
    }
  })

  it('an upstream that says again what it was sent makes nobody write it down (RFC 6749 §5.2)', async () => {
    const echo = (): OddAnswer => {
      const sent = new URLSearchParams(room.odd.last('/token')?.body)
      const said = ['code', 'code_verifier', 'refresh_token', 'client_secret', 'redirect_uri'].map(name =>
        sent.get(name),
      )
      const error_description = `not good: ${said.join(' ')} ${encodeURIComponent(room.odd.secret)}`
      return { status: 400, body: JSON.stringify({ error: `bad ${sent.get('code')}`, error_description }) }
    }
    room.odd.behave({ answers: { '/token': echo } })
    const { refusal } = await signIn({ clientAuthMethod: 'client_secret_post' })
    assert.match(String(refusal?.facts.upstream_error_description), /^not good: \*\*\* \*\*\* {2}\*\*\* https:/)
    assert.match(String(refusal?.facts.upstream_error), /^bad \*\*\*$/)
    const fresh = await room.party.refresh(room.upstream, 'the-old-one')
    assert.ok(isRefusal(fresh))
    for (const told of [refusal, fresh]) {
      const sent = new URLSearchParams(room.odd.last('/token')?.body)
      for (const secret of [
        room.odd.secret,
        encodeURIComponent(room.odd.secret),
        sent.get('refresh_token') ?? 'nothing',
      ])
        assert.equal(JSON.stringify(told).includes(secret), false)
    }
  })

  it('an access token that fits in no header is none, and is not told of (RFC 6749 §5.1, §A.12)', async () => {
    for (const access_token of ['a\r\nb: c', 'a\0', 'a\u2028', '\ud800', 'ä', 'x'.repeat(100_001)]) {
      room.odd.behave({ tokenResponse: { access_token, id_token: undefined } })
      const { refusal } = await signIn({ kind: 'oauth2', nonce: false })
      assert.equal(refusal?.rule, 'RFC 6749 §5.1 token response of the upstream', JSON.stringify(access_token))
      assert.equal(JSON.stringify(refusal?.facts).includes(JSON.stringify(access_token).slice(1, -1)), false)
    }
  })

  it('further documents are put into the user info under their names, and never in the place of what it says', async () => {
    room.odd.behave({
      answers: {
        '/emails': () => ({ body: '[{"email":"a@odd.example","primary":true}]' }),
        '/sub': () => ({ body: '"bob"' }),
      },
    })
    const documents = { emails: `${room.odd.issuer}/emails`, sub: `${room.odd.issuer}/sub` }
    const { answer } = await signIn({ userinfoDocuments: documents })
    assert.deepEqual(answer?.sources.userinfo?.emails, [{ email: 'a@odd.example', primary: true }])
    assert.equal(answer?.sources.userinfo?.sub, 'ada')
    assert.equal(room.odd.last('/emails')?.headers.authorization, 'Bearer an-access-token')
    const { refusal } = await signIn({ userinfoDocuments: { emails: `${room.odd.issuer}/nowhere` } })
    assert.equal(refusal?.facts.endpoint, `${room.odd.issuer}/nowhere`)
    assert.equal(refusal?.facts.status, 404)
  })

  const answersFromElsewhere: readonly [what: string, response: Record<string, string | undefined>, rule: RegExp][] = [
    ['the iss of another server', { iss: 'https://elsewhere.example' }, /RFC 9207 §2\.4/],
    ['another state', { state: 'another' }, /RFC 6749 §10\.12/],
    ['no state', { state: undefined }, /RFC 6749 §10\.12/],
    ['no code', { code: undefined }, /RFC 6749 §4\.1\.2 auth/],
    ['a refusal of another server', { iss: 'https://elsewhere.example', error: 'access_denied' }, /RFC 9207 §2\.4/],
  ]
  for (const [what, response, rule] of answersFromElsewhere)
    it(`an answer with ${what} is refused before the code is shown to anybody (RFC 9207 §2.4, RFC 6749 §4.1.2, §10.12)`, async () => {
      room.odd.behave({ response })
      const before = room.odd.asked('/token')
      assert.match((await signIn()).refusal?.rule ?? '', rule)
      assert.equal(room.odd.asked('/token'), before)
    })

  it('an upstream that says it always sends iss must send it (RFC 9207 §2.4)', async () => {
    room.odd.behave({ discovery: { authorization_response_iss_parameter_supported: true } })
    assert.match((await signIn()).refusal?.rule ?? '', /RFC 9207/)
    room.odd.behave({
      discovery: { authorization_response_iss_parameter_supported: true },
      response: { iss: room.odd.issuer },
    })
    assert.equal((await signIn()).refusal, undefined)
  })

  it('the refusal of the upstream is told in our words, with its own among the facts (RFC 6749 §4.1.2.1)', async () => {
    room.odd.behave({ response: { code: undefined, error: 'access_denied', error_description: 'no "<b>way</b>"\n' } })
    const { refusal } = await signIn()
    assert.equal(refusal?.error, 'access_denied')
    assert.equal(refusal?.description, 'the upstream refused the sign-in')
    assert.deepEqual(refusal?.facts, {
      upstream: 'odd',
      upstream_error: 'access_denied',
      upstream_error_description: 'no ?<b>way</b>??',
    })
    room.odd.behave({ response: { error: 'a_made_up_error' } })
    assert.equal((await signIn()).refusal?.error, 'server_error')
  })
})
