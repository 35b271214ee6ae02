/** Response types and modes on the wire (Multiple Response Types, Form Post, OIDC Core §3.2, §3.3), line by line of what certification asks. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { openAccessToken, sealCode } from '../../src/core/handles/token-handles.ts'
import { RESPONSE_TYPES, type ResponseType } from '../../src/spec/response-types.ts'
import { type Answer, answerOf } from '../support/answers.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  answered,
  authorizePath,
  exchange,
  isActive,
  metadataOf,
  payloadOf,
  postAs,
  signInAt,
  userinfo,
} from '../support/hand-app.ts'
import { type HandBrowser, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const STATE = 'a state'
/** Text that would run, or end an attribute, if it were not escaped. */
const NASTY = `"><script>alert(1)</script>'\`&amp;\\u2028</ä💡 %22+`

const halfHash = (text: string): string => hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url')

onBothDatabases('response types, on the wire', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database() })
    by = await app.register({
      responseTypes: RESPONSE_TYPES,
      grantTypes: ['authorization_code', 'refresh_token', 'implicit'],
    })
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const ask = async (
    response_type: string | undefined,
    changes: Readonly<Record<string, string | undefined>> = {},
    with_ = browser,
  ): Promise<Answer> =>
    answerOf(await with_.open(authorizePath(by.client, { response_type, nonce: 'n-1', state: STATE, ...changes })))

  const MEMBERS: Readonly<Record<ResponseType, readonly string[]>> = {
    code: ['code'],
    id_token: ['id_token'],
    'id_token token': ['access_token', 'expires_in', 'id_token', 'scope', 'token_type'],
    'code token': ['access_token', 'code', 'expires_in', 'scope', 'token_type'],
    'code id_token': ['code', 'id_token'],
    'code id_token token': ['access_token', 'code', 'expires_in', 'id_token', 'scope', 'token_type'],
    none: [],
  }

  for (const type of RESPONSE_TYPES) {
    it(`(20) answers ${type} with what was asked for, in the right place (Multiple Response Types §5)`, async () => {
      const { way, params } = await ask(type)
      assert.equal(way, type === 'code' || type === 'none' ? 'query' : 'fragment')
      assert.deepEqual(Object.keys(params).sort(), [...MEMBERS[type], 'iss', 'state'].sort())
      assert.deepEqual([params.state, params.iss], [STATE, app.issuer])
    })

    it(`(20) answers ${type} with an error in the same place (OIDC Core §3.3.2.6)`, async () => {
      const { way, params } = await ask(type, { prompt: 'none' }, await app.browser())
      assert.equal(way, type === 'code' || type === 'none' ? 'query' : 'fragment')
      assert.deepEqual(Object.keys(params).sort(), ['error', 'error_description', 'iss', 'state'])
      assert.deepEqual([params.error, params.state], ['login_required', STATE])
    })
  }

  it('(9) puts at_hash, c_hash and s_hash into the ID token of the redirect (OIDC Core §3.3.2.11, FAPI 1 §5.2.2.1)', async () => {
    const { params } = await ask('code id_token token')
    const claims = payloadOf(params.id_token ?? '')
    assert.equal(claims.at_hash, halfHash(params.access_token ?? ''))
    assert.equal(claims.c_hash, halfHash(params.code ?? ''))
    assert.equal(claims.s_hash, halfHash(STATE))
    assert.equal(claims.nonce, 'n-1')
    const alone = payloadOf((await ask('id_token')).params.id_token ?? '')
    assert.ok(!('at_hash' in alone) && !('c_hash' in alone))
  })

  it('(12) gives both ID tokens of a hybrid flow the same iss and sub, and the nonce; user info, too (OIDC Core §3.3.3.6)', async () => {
    for (const type of ['code id_token', 'code id_token token', 'code token']) {
      const { params } = await ask(type)
      const tokens = await exchange(app, by, params.code ?? '')
      assert.equal(tokens.status, 200)
      const late = payloadOf(tokens.id_token)
      assert.equal(late.nonce, 'n-1')
      assert.equal(late.at_hash, halfHash(tokens.access_token))
      const person = (await (await userinfo(app, tokens.access_token)).json()) as { readonly sub: string }
      assert.equal(person.sub, late.sub)
      if (params.id_token === undefined) continue
      const early = payloadOf(params.id_token)
      assert.deepEqual([early.iss, early.sub, early.aud], [late.iss, late.sub, late.aud])
    }
  })

  it('(14) refuses an ID token without nonce with invalid_request in the fragment (OIDC Core §3.2.2.1)', async () => {
    for (const type of RESPONSE_TYPES) {
      const { way, params } = await ask(type, { nonce: undefined })
      const needsNonce = type.split(' ').includes('id_token')
      assert.equal(params.error, needsNonce ? 'invalid_request' : undefined, type)
      if (needsNonce) assert.equal(way, 'fragment')
    }
  })

  it('(13) takes the words of response_type in any order (Multiple Response Types §3)', async () => {
    for (const type of ['token id_token', 'id_token code', 'token code id_token', 'token id_token code']) {
      assert.equal((await ask(type)).params.error, undefined)
    }
  })

  it('(16) sends a missing response_type back in the query, or as the mode says (RFC 6749 §4.1.2.1)', async () => {
    assert.deepEqual(await ask(undefined).then(({ way, params }) => [way, params.error, params.state]), [
      'query',
      'invalid_request',
      STATE,
    ])
    assert.equal((await ask(undefined, { response_mode: 'form_post' })).way, 'form_post')
  })

  it('(20) refuses tokens in the query, and says so in the fragment (Multiple Response Types §5)', async () => {
    for (const type of ['id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token']) {
      const { way, params } = await ask(type, { response_mode: 'query' })
      assert.deepEqual([way, params.error, params.code], ['fragment', 'invalid_request', undefined])
    }
  })

  it('refuses types and modes that the client is not registered for, and answers as if it were', async () => {
    const narrow = await app.register({ responseTypes: ['code'], responseModes: ['query'] })
    const open = async (changes: Readonly<Record<string, string>>) =>
      answerOf(await browser.open(authorizePath(narrow.client, changes)))
    const type = await open({ response_type: 'id_token', nonce: 'n' })
    assert.deepEqual([type.way, type.params.error], ['fragment', 'unauthorized_client'])
    const mode = await open({ response_mode: 'form_post' })
    assert.deepEqual([mode.way, mode.params.error], ['query', 'invalid_request'])
  })

  it('gives no refresh token by way of the browser, and none for a code-less type (OIDC Core §11)', async () => {
    const scope = 'openid offline_access'
    assert.equal((await ask('id_token token', { scope })).params.scope, 'openid')
    const hybrid = (await ask('code id_token token', { scope })).params
    assert.equal(hybrid.refresh_token, undefined)
    assert.ok((await exchange(app, by, hybrid.code ?? '')).refresh_token)
  })

  it('(10) puts the claims of the scopes into the ID token of response_type id_token, and nowhere else (OIDC Core §5.4)', async () => {
    const scope = 'openid email profile'
    const alone = payloadOf((await ask('id_token', { scope })).params.id_token ?? '')
    assert.deepEqual([alone.email, alone.name], [ada.email, 'Ada Lovelace'])
    for (const type of ['id_token token', 'code id_token', 'code id_token token']) {
      const claims = payloadOf((await ask(type, { scope })).params.id_token ?? '')
      assert.ok(!('email' in claims) && !('name' in claims), type)
    }
  })

  it('hands out access tokens that work, can be looked at and end (RFC 7662, RFC 7009)', async () => {
    for (const type of ['id_token token', 'code token']) {
      const { params } = await ask(type)
      const token = params.access_token ?? ''
      assert.deepEqual([params.token_type, params.scope], ['Bearer', 'openid'])
      assert.ok(Number(params.expires_in) > 0)
      assert.equal((await userinfo(app, token)).status, 200)
      assert.equal(await isActive(app, by, token), true)
      assert.equal((await postAs(app, by, '/revoke', { token })).status, 200)
      assert.equal(await isActive(app, by, token), false)
      assert.equal((await userinfo(app, token)).status, 401)
    }
  })

  it('ends the access token of the redirect together with its code, when the code is used twice (RFC 6749 §4.1.2)', async () => {
    const { code = '', access_token = '' } = (await ask('code token')).params
    assert.equal((await exchange(app, by, code)).status, 200)
    assert.equal((await exchange(app, by, code)).error, 'invalid_grant')
    assert.equal((await userinfo(app, access_token)).status, 401)
  })

  it('takes no code for a grant that was made without one', async () => {
    const { params } = await ask('id_token token')
    const token = openAccessToken(app.keys.handles, params.access_token ?? '')
    assert.ok(token?.kind === 'access')
    const made = sealCode(app.keys.handles, token.grantId)
    assert.equal((await exchange(app, by, made)).error, 'invalid_grant')
  })

  it('answers none with nothing but state, after the same sign-in and consent (Multiple Response Types §4)', async () => {
    const asking = await app.register({ responseTypes: ['none'], consentMode: 'remember' })
    const open = () => browser.open(authorizePath(asking.client, { response_type: 'none' }))
    const page = shown(await open(), '/consent')
    const first = answerOf(await browser.submit(page, '/consent', { decision: 'approve' }))
    assert.deepEqual(Object.keys(first.params).sort(), ['iss', 'state'])
    assert.deepEqual(Object.keys(answerOf(await open()).params).sort(), ['iss', 'state'])
  })

  it('goes on after a sign-in page, and answers the same way', async () => {
    const stranger = await app.browser()
    const asked = { response_type: 'code id_token', nonce: 'n', response_mode: 'form_post' }
    const page = shown(await stranger.open(authorizePath(by.client, asked)), '/login')
    const { way, params } = answerOf(await signInAt(stranger, page, ada))
    assert.equal(way, 'form_post')
    assert.equal(payloadOf(params.id_token ?? '').c_hash, halfHash(params.code ?? ''))
    assert.equal((await exchange(app, by, params.code ?? '')).status, 200)
  })

  describe('form_post (OAuth 2.0 Form Post Response Mode §2)', () => {
    it('(20) posts codes, tokens and errors to the redirect URI; nothing on the page can be made to run', async () => {
      const [action = ''] = by.client.redirectUris
      for (const [type, changes] of [
        ['code', {}],
        ['code id_token token', {}],
        ['code', { prompt: 'none login' }],
        ['x', {}],
      ] as const) {
        const asked = { response_type: type, response_mode: 'form_post', state: NASTY, nonce: 'n', ...changes }
        const page = shown(await browser.open(authorizePath(by.client, asked)), '/authorize')
        assert.equal(answerOf(page).params.state, NASTY)
        assert.ok(page.html.includes(`<form method="post" action="${action}" id="answer">`))
        assert.ok(!page.html.includes('<script>alert'))
        assert.match(page.headers.get('cache-control') ?? '', /no-store/)
        const policy = page.headers.get('content-security-policy') ?? ''
        assert.match(policy, /default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}';/)
        assert.match(policy, /frame-ancestors 'none'/)
        const script = /<script>([\s\S]*?)<\/script>/.exec(page.html)?.[1] ?? ''
        assert.ok(policy.includes(`'sha256-${hash('sha256', script, 'base64')}'`))
      }
    })

    it('speaks the language of the app or of the browser', async () => {
      const page = shown(
        await browser.open(authorizePath(by.client, { response_mode: 'form_post', ui_locales: 'de' })),
        '/authorize',
      )
      assert.match(page.html, /<html lang="de">[\s\S]*Weiter/)
    })
  })

  describe('web_message', () => {
    it('tells the origin of the redirect URI and nobody else; only silently it may be framed, by that origin', async () => {
      const origin = new URL(by.client.redirectUris[0] ?? '').origin
      for (const prompt of ['none', undefined]) {
        const asked = { response_mode: 'web_message', state: NASTY, prompt }
        const page = shown(await browser.open(authorizePath(by.client, asked)), '/authorize')
        const { params } = answerOf(page)
        assert.equal(params.state, NASTY)
        assert.equal((await exchange(app, by, params.code ?? '')).status, 200)
        assert.ok(page.html.includes(`data-origin="${origin}"`))
        assert.ok(!page.html.includes('<script>alert'))
        const policy = page.headers.get('content-security-policy') ?? ''
        assert.ok(policy.endsWith(`frame-ancestors ${prompt === 'none' ? origin : "'none'"}`), policy)
      }
    })
  })

  it('shows an app with a private scheme no page it could not reach (RFC 8252 §7.1)', async () => {
    const native = await app.register({ type: 'public', redirectUris: ['org.example.app:/callback'] })
    for (const response_mode of ['form_post', 'web_message']) {
      const { way, params } = answerOf(await browser.open(authorizePath(native.client, { response_mode })))
      assert.deepEqual([way, params.error], ['query', 'invalid_request'])
    }
  })

  it('says in discovery what it serves (OpenID Connect Discovery §3)', async () => {
    const metadata = await metadataOf(app)
    assert.deepEqual(metadata.response_types_supported, RESPONSE_TYPES)
    assert.ok(metadata.response_modes_supported?.includes('form_post.jwt'))
    assert.ok(metadata.grant_types_supported?.includes('implicit'))
    assert.deepEqual(
      (await answered(postAs(app, by, '/token', { grant_type: 'implicit' }))).error,
      'unsupported_grant_type',
    )
  })
})
