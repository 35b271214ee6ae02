/** Dynamic registration (RFC 7591, OIDC Registration), line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import { METADATA_NAMES } from '../../src/core/clients/registration-metadata.ts'
import { sealInitialAccessToken } from '../../src/core/registration/registration-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { random } from '../support/builders.ts'
import { authorizePath } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type LoopbackDocuments, startLoopbackDocuments } from '../support/loopback-documents.ts'
import { manage, REDIRECT_URI, type Registration, refusedWith, register, registered } from '../support/registering.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

const OPEN = {
  SALLYPORT_REGISTRATION_MODE: 'open',
  SALLYPORT_REGISTRATION_GRANT_TYPES: 'authorization_code,refresh_token,implicit,client_credentials',
  SALLYPORT_REGISTRATION_RESPONSE_TYPES: 'code,id_token,code id_token',
  SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1,localhost',
  SALLYPORT_THROTTLING_TRUSTED_ADDRESSES: '127.0.0.1',
}

onBothDatabases('open registration', database => {
  let app: RunningApp
  let documents: LoopbackDocuments

  before(async () => {
    documents = await startLoopbackDocuments()
    app = await startApp({ database: await database(), environment: OPEN })
  })
  after(async () => {
    await app.close()
    await documents.close()
    assert.deepEqual(app.failures, [])
  })

  it('is in the discovery document', async () => {
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Registration
    assert.equal(metadata.registration_endpoint, `${app.issuer}/register`)
  })

  it('(32) answers 201 with client_id, its secret and when that ends, and how to manage the client (RFC 7591 §3.2.1)', async () => {
    const response = await register(app, { redirect_uris: [REDIRECT_URI], client_name: 'Wiki' })
    assert.equal(response.status, 201)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const client = (await response.json()) as Registration
    assert.match(String(client.client_id), /^wiki-[0-9a-z]{10}$/)
    assert.match(String(client.client_secret), /^[\w-]{43}$/)
    assert.equal(client.client_secret_expires_at, 0)
    assert.ok(Math.abs(Number(client.client_id_issued_at) - Date.now() / 1000) < 60)
    assert.equal(client.registration_client_uri, `${app.issuer}/register?client_id=${client.client_id}`)
    assert.ok(String(client.registration_access_token).length > 40)
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.deepEqual([stored?.origin, stored?.consentMode], ['registration', 'remember'])
  })

  it('tells the defaults that count (RFC 7591 §2, OIDC Registration §2)', async () => {
    const client = await registered(app, {})
    const { token_endpoint_auth_method, grant_types, response_types, application_type, subject_type } = client
    assert.deepEqual(
      [token_endpoint_auth_method, grant_types, response_types, application_type, subject_type],
      ['client_secret_basic', ['authorization_code'], ['code'], 'web', 'public'],
    )
    assert.equal(client.id_token_signed_response_alg, 'RS256')
  })

  it('gives a public client no secret, and insists on PKCE', async () => {
    const client = await registered(app, { token_endpoint_auth_method: 'none' })
    assert.deepEqual(['client_secret' in client, 'client_secret_expires_at' in client], [false, false])
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.deepEqual([stored?.type, stored?.requirePkce], ['public', true])
  })

  it('(33) keeps and echoes what it knows, in other languages too, and ignores what it does not (OIDC Registration §2.1)', async () => {
    const said = {
      client_name: 'Library',
      'client_name#de': 'Bücherei',
      contacts: ['it@example.com', 'ada@example.com'],
      logo_uri: 'https://app.example.com/logo.png',
      policy_uri: 'https://app.example.com/policy',
      tos_uri: 'https://app.example.com/tos',
      client_uri: 'https://app.example.com/',
      jwks: {
        keys: [
          {
            kty: 'RSA',
            n: 'u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw',
            e: 'AQAB',
          },
        ],
      },
      initiate_login_uri: 'https://app.example.com/login',
      request_uris: ['https://app.example.com/request.jwt#hash'],
      default_max_age: 3600,
      post_logout_redirect_uris: ['https://app.example.com/bye'],
    }
    const client = await registered(app, { ...said, favourite_colour: 'green' })
    for (const [name, value] of Object.entries(said)) assert.deepEqual(client[name], value, name)
    assert.equal('favourite_colour' in client, false)
  })

  it('(34) is shown on the sign-in page with its logo and links, in the language of the person (OIDC Registration §2.1)', async () => {
    const client = await registered(app, {
      client_name: 'Library',
      'client_name#de': 'Bücherei',
      logo_uri: 'https://app.example.com/logo.png',
      policy_uri: 'https://app.example.com/policy',
      'policy_uri#de': 'https://app.example.com/datenschutz',
      tos_uri: 'https://app.example.com/tos',
    })
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.ok(stored)
    const signIn = async (ui_locales: string) =>
      shown(await (await app.browser()).open(authorizePath(stored, { ui_locales })), '/login').html
    const english = await signIn('en')
    for (const text of [
      'Library',
      'https://app.example.com/logo.png',
      'https://app.example.com/policy"',
      client.tos_uri,
    ])
      assert.ok(english.includes(String(text)), String(text))
    const german = await signIn('de')
    for (const text of ['Bücherei', 'https://app.example.com/datenschutz"', client.tos_uri])
      assert.ok(german.includes(String(text)), String(text))
  })

  it('lets nobody choose what is the operator’s to decide', async () => {
    const said = {
      consent_mode: 'never',
      require_pkce: false,
      allow_plain_pkce: true,
      owner: 'me',
      client_type: 'public',
    }
    const client = await registered(app, { ...said, access_token_lifetime: 86_400_000, token_exchange_subjects: ['*'] })
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.ok(stored)
    assert.deepEqual(
      [stored.consentMode, stored.allowPlainPkce, stored.owner, stored.type, stored.accessTokenSeconds],
      ['remember', false, undefined, 'confidential', undefined],
    )
    assert.equal(stored.tokenExchangeSubjects, undefined)
    assert.equal('consent_mode' in client, false)
  })

  describe('refuses (RFC 7591 §3.2.2)', () => {
    const rows: readonly (readonly [what: string, said: Registration, error: string, names: RegExp])[] = [
      [
        '(33) a redirect URI with a fragment',
        { redirect_uris: [`${REDIRECT_URI}#x`] },
        'invalid_redirect_uri',
        /redirect_uris/,
      ],
      [
        'redirect URIs that run code',
        { redirect_uris: ['javascript:alert(1)'] },
        'invalid_redirect_uri',
        /redirect_uris/,
      ],
      [
        'plain http elsewhere (RFC 7591 §5)',
        { redirect_uris: ['http://app.example.com/cb'] },
        'invalid_redirect_uri',
        /https/,
      ],
      ['no redirect URI where one is needed (RFC 7591 §5)', { redirect_uris: [] }, 'invalid_redirect_uri', /missing/],
      ['redirect URIs that are no list', { redirect_uris: REDIRECT_URI }, 'invalid_redirect_uri', /list/],
      [
        '(36) an initiate_login_uri by plain http',
        { initiate_login_uri: 'http://app.example.com/login' },
        'invalid_client_metadata',
        /initiate_login_uri/,
      ],
      [
        'a response type without its grant type (RFC 7591 §2.1)',
        { response_types: ['id_token'], grant_types: ['authorization_code'] },
        'invalid_client_metadata',
        /grant_types|response_types/,
      ],
      [
        'a grant type that the settings do not list',
        { grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer'] },
        'invalid_client_metadata',
        /registration\.grant_types/,
      ],
      [
        'an unknown method',
        { token_endpoint_auth_method: 'magic' },
        'invalid_client_metadata',
        /token_endpoint_auth_method/,
      ],
      [
        'both jwks and jwks_uri (RFC 7591 §2)',
        { jwks: { keys: [] }, jwks_uri: 'https://app.example.com/jwks' },
        'invalid_client_metadata',
        /jwks/,
      ],
      [
        'an unknown algorithm',
        { id_token_signed_response_alg: 'XS256' },
        'invalid_client_metadata',
        /id_token_signed_response_alg/,
      ],
      ['a logo that is no link', { logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata', /logo_uri/],
      ['texts with control characters', { client_name: 'a\u0000b' }, 'invalid_client_metadata', /control characters/],
      ['texts that are no Unicode', { client_name: '\ud800' }, 'invalid_client_metadata', /Unicode/],
    ]
    for (const [what, said, error, names] of rows) {
      it(what, async () => refusedWith(await register(app, { redirect_uris: [REDIRECT_URI], ...said }), error, names))
    }

    it('what is no JSON object, with 400 (RFC 7591 §3.1)', async () => {
      for (const body of ['', 'null', '[]', '"x"', '{', '{"redirect_uris":}', '1'.repeat(10)])
        await refusedWith(await register(app, body), 'invalid_client_metadata', /JSON object/)
      const nested = `{"jwks":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
      await refusedWith(await register(app, nested), 'invalid_client_metadata', /nested/)
    })

    it('other content types, bodies that are no UTF-8 or too large, and other methods', async () => {
      const form = await register(app, '{}', { 'content-type': 'application/x-www-form-urlencoded' })
      await refusedWith(form, 'invalid_client_metadata', /application\/json/)
      const send = (body: string | Buffer<ArrayBuffer>) =>
        fetch(`${app.issuer}/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      assert.equal((await send(Buffer.from([0x7b, 0xff, 0x7d]))).status, 400)
      assert.equal((await send('x'.repeat(70_000))).status, 413)
      const patched = await fetch(`${app.issuer}/register`, { method: 'PATCH' })
      assert.deepEqual([patched.status, patched.headers.get('allow')], [405, 'POST, GET, HEAD, PUT, DELETE'])
    })
  })

  it('answers 201 or 400 to whatever stands in a member, and manages what came of it', async () => {
    const odd = [
      0,
      -1,
      true,
      '',
      [],
      {},
      [null],
      [[]],
      { a: { b: 1 } },
      'x'.repeat(5_000),
      '💥',
      ['💥', ''],
      1e308,
      null,
    ]
    const bodies = METADATA_NAMES.flatMap((name, index) => [
      { redirect_uris: [REDIRECT_URI], [name]: odd[index % odd.length] },
      { redirect_uris: [REDIRECT_URI], [name]: odd[(index * 5 + 3) % odd.length] },
    ])
    for (const said of bodies) {
      const response = await register(app, said)
      const answer = (await response.json()) as Registration
      assert.ok([201, 400].includes(response.status), JSON.stringify(said))
      if (response.status === 201) assert.equal((await manage(answer, 'GET')).status, 200, JSON.stringify(said))
    }
  })

  describe('(34) sector_identifier_uri (OIDC Registration §5)', () => {
    const uris = ['https://one.example.com/cb', 'https://two.example.com/cb']
    const said = () => ({
      redirect_uris: uris,
      subject_type: 'pairwise',
      sector_identifier_uri: documents.url('/sector.json'),
    })

    it('is fetched, and must list every redirect URI', async () => {
      documents.answer('/sector.json', [...uris, 'https://three.example.com/cb'])
      const client = await registered(app, said())
      assert.equal(client.sector_identifier_uri, documents.url('/sector.json'))
      for (const wrong of [[uris[0]], {}, 'no list', { redirect_uris: uris }]) {
        documents.answer('/sector.json', wrong)
        await refusedWith(await register(app, said()), 'invalid_client_metadata', /sector_identifier_uri/)
      }
      documents.remove('/sector.json')
      await refusedWith(await register(app, said()), 'invalid_client_metadata', /sector_identifier_uri/)
    })

    it('is needed where redirect URIs have several hosts (OIDC Core §8.1)', async () => {
      const { sector_identifier_uri: _, ...without } = said()
      await refusedWith(await register(app, without), 'invalid_client_metadata', /sector_identifier_uri/)
    })
  })

  it('signs a person in through an app that openid-client registered (checklist 32)', async () => {
    const metadata = { redirect_uris: [REDIRECT_URI], client_name: 'Certified', grant_types: ['authorization_code'] }
    const configuration = await oidc.dynamicClientRegistration(new URL(app.issuer), metadata, undefined, {
      execute: [oidc.allowInsecureRequests],
    })
    const ada = await app.enrol()
    const browser = await app.browser(ada)
    const verifier = oidc.randomPKCECodeVerifier()
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      state: 'a state',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const consent = await browser.open(url.href)
    assert.ok(consent.kind === 'page')
    assert.match(consent.html, /Certified/)
    assert.match(consent.html, /registered itself/)
    const { location } = sentAway(await browser.submit(consent, '/consent', { decision: 'approve' }))
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(location), {
      pkceCodeVerifier: verifier,
      expectedState: 'a state',
    })
    assert.equal(tokens.claims()?.sub, ada.subject)
  })

  it('shows the private scheme that a person goes back to, not what stands where its host would (RFC 8252 §7.1)', async () => {
    const redirect_uris = ['evil.app://bank.example/callback']
    const { client_id } = await registered(app, { redirect_uris, client_name: 'Game' })
    const client = await app.house.repositories.clients.findByClientId(String(client_id))
    assert.ok(client)
    const browser = await app.browser(await app.enrol())
    const { html } = shown(await browser.open(authorizePath(client)), '/consent')
    assert.match(html, /sent back to evil\.app\./)
    assert.doesNotMatch(html, /bank\.example/)
  })

  it('takes in what it is told about, in the same transaction (audit)', async () => {
    const client = await registered(app, { client_name: 'Told' })
    const events = await app.house.repositories.audit.list({ type: 'client.registered', limit: 50 })
    const event = events.find(({ detail }) => detail.client_id === client.client_id)
    assert.deepEqual([event?.detail.by, event?.detail.name, event?.address], ['anybody', 'Told', '127.0.0.1'])
  })
})

onBothDatabases('registration with initial access tokens (RFC 7591 §3)', database => {
  let app: RunningApp

  before(async () => {
    const environment = { SALLYPORT_REGISTRATION_MODE: 'initial_access_token' }
    app = await startApp({ database: await database(), environment })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  async function aToken(changes = {}): Promise<string> {
    const now = app.house.clock.now()
    const token = {
      id: newId<'initial-access-token'>(now, random),
      label: 'CI',
      fixedMetadata: {},
      createdAt: now,
      ...changes,
    }
    const { initialAccessTokens, commit } = app.house.repositories
    assert.ok((await commit([initialAccessTokens.insert(token)])).committed)
    return sealInitialAccessToken(app.keys.handles, token.id)
  }
  const by = (token: string) => ({ authorization: `Bearer ${token}` })
  const said = { redirect_uris: [REDIRECT_URI] }

  it('answers 401 and a challenge without one, and with one that is none (RFC 6750 §3)', async () => {
    const without = await register(app, said)
    assert.deepEqual([without.status, without.headers.get('www-authenticate')], [401, 'Bearer'])
    for (const text of [
      'nonsense',
      app.keys.handles.seal('access', Buffer.alloc(16)),
      await aToken({ expiresAt: addSeconds(app.house.clock.now(), -1) }),
    ]) {
      const refused = await register(app, said, by(text))
      assert.equal(refused.status, 401)
      assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/)
    }
    const basic = await register(app, said, { authorization: 'Basic eDp5' })
    assert.equal(basic.status, 400)
  })

  it('counts its uses, however many come at the same time', async () => {
    const token = await aToken({ remainingUses: 2 })
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(app, said, by(token))))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 401, 401, 401, 401])
    assert.equal((await register(app, said, by(token))).status, 401)
  })

  it('is not used up by a registration that is refused', async () => {
    const token = await aToken({ remainingUses: 1 })
    assert.equal((await register(app, { redirect_uris: ['x'] }, by(token))).status, 400)
    assert.equal((await register(app, said, by(token))).status, 201)
  })

  it('fixes metadata for every app registered with it, also when the app says something else', async () => {
    const fixedMetadata = {
      scope: 'openid email',
      require_pkce: true,
      consent_mode: 'always',
      token_endpoint_auth_method: 'none',
    }
    const token = await aToken({ label: 'partners', fixedMetadata })
    const client = await registered(
      app,
      { scope: 'openid profile', token_endpoint_auth_method: 'client_secret_post' },
      by(token),
    )
    assert.deepEqual([client.scope, client.token_endpoint_auth_method], ['openid email', 'none'])
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.deepEqual([stored?.requirePkce, stored?.consentMode, stored?.type], [true, 'always', 'public'])
    const [event] = await app.house.repositories.audit.list({ type: 'client.registered', limit: 1 })
    assert.equal(event?.detail.by, 'partners')
  })
})

describe('what the settings say about registration', () => {
  it('keeps the endpoint away until it is switched on', async t => {
    const app = await startApp()
    t.after(() => app.close())
    assert.equal((await register(app, { redirect_uris: [REDIRECT_URI] })).status, 404)
    const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Registration
    assert.equal('registration_endpoint' in metadata, false)
  })

  it('restricts what apps may have, and says which rule it was', async t => {
    const app = await startApp({
      environment: {
        SALLYPORT_REGISTRATION_MODE: 'open',
        SALLYPORT_REGISTRATION_SCOPES: 'openid,email',
        SALLYPORT_REGISTRATION_AUTH_METHODS: 'client_secret_post,none',
        SALLYPORT_REGISTRATION_REDIRECT_HOSTS: '*.example.com,127.0.0.1',
        SALLYPORT_REGISTRATION_CONSENT: 'always',
        SALLYPORT_REGISTRATION_SECRET_LIFETIME: '90d',
        SALLYPORT_REGISTRATION_FIXED_METADATA: 'require_pkce=true,software_id=house',
      },
    })
    t.after(() => app.close())
    const usual = { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'client_secret_post', scope: 'openid' }
    const refusedRow = async (changes: Registration, error: string, names: RegExp) =>
      refusedWith(await register(app, { ...usual, ...changes }), error, names)
    await refusedRow({ scope: 'openid profile' }, 'invalid_client_metadata', /scope: profile .*registration\.scopes/)
    await refusedRow(
      { token_endpoint_auth_method: 'client_secret_basic' },
      'invalid_client_metadata',
      /registration\.auth_methods/,
    )
    await refusedRow(
      { response_types: ['id_token'], grant_types: ['implicit'] },
      'invalid_client_metadata',
      /registration\.(grant|response)_types/,
    )
    for (const uri of [
      'https://example.com/cb',
      'https://evil.example/cb',
      'https://notexample.com/cb',
      'com.example.app:/cb',
    ])
      await refusedRow({ redirect_uris: [uri] }, 'invalid_redirect_uri', /registration\.redirect_hosts/)
    const client = await registered(app, { ...usual, redirect_uris: [REDIRECT_URI, 'http://127.0.0.1:7777/cb'] })
    assert.equal(client.software_id, 'house')
    assert.equal(Number(client.client_secret_expires_at) - Number(client.client_id_issued_at), 90 * 86_400)
    const stored = await app.house.repositories.clients.findByClientId(String(client.client_id))
    assert.deepEqual([stored?.requirePkce, stored?.consentMode], [true, 'always'])
  })

  it('slows an address down that registers without end, and leaves out the trusted ones (RFC 7591 §5)', async t => {
    const app = await startApp({ environment: { SALLYPORT_REGISTRATION_MODE: 'open' } })
    t.after(() => app.close())
    const now = app.house.clock.now()
    const { throttle, commit } = app.house.repositories
    await commit(Array.from({ length: 101 }, () => throttle.add('registration:127.0.0.1', now, 1 / 30)))
    const refused = await register(app, { redirect_uris: [REDIRECT_URI] })
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
  })
})
