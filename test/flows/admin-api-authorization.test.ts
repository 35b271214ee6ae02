/** Who may do what at the admin API: each operation of the list against everybody who could ask. A new operation is covered by itself. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Account, ROLES, type Role } from '../../src/core/accounts/account.ts'
import { adminResource } from '../../src/core/administration/admin-scopes.ts'
import type { Operation } from '../../src/core/administration/operation.ts'
import { OPERATIONS } from '../../src/core/administration/operations.ts'
import type { AccessToken } from '../../src/core/handles/token-handles.ts'
import { sealAccessToken } from '../../src/core/handles/token-handles.ts'
import { addSeconds, secondsOf } from '../../src/lib/clock.ts'
import {
  type AdminReply,
  bearer,
  callAdmin,
  cookieOnly,
  FROM_OUR_PAGE,
  ownToken,
  registerManager,
  sessionOf,
} from '../support/admin-caller.ts'
import { random } from '../support/builders.ts'
import { authorizePath, codeFor, exchange, type Fields, postAs, query, refresh } from '../support/hand-app.ts'
import { sentAway } from '../support/hand-browser.ts'
import { dpopProof, makeAppKey, nowInSeconds, signJws } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const CALENDAR = 'https://calendar.example.org'

/** What the operation wants, so that only who asks can be wrong. */
function requestFor({ method, path, body, takesBytes }: Operation) {
  const [mediaType] = takesBytes ?? []
  const content = body === undefined ? undefined : '{}'
  return {
    method,
    path: path.replace(/\{\w+\}/g, 'nobody-has-this-name'),
    headers: {
      'if-match': '"no-version"',
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
    },
    body: mediaType === undefined ? content : 'bytes',
  }
}

function ask(app: RunningApp, operation: Operation, headers: Fields, suffix = ''): Promise<AdminReply> {
  const request = requestFor(operation)
  return callAdmin(app, { ...request, path: request.path + suffix, headers: { ...request.headers, ...headers } })
}

/** A parameter that nothing takes is refused after who asks was looked at, and before anything is done. */
const NOTHING_HAPPENS = '?no_such_parameter=1'

function assertLetIn({ status, text, json }: AdminReply, what: string): void {
  assert.equal(status, 400, `${what}: ${text}`)
  const [first] = json.errors as readonly { readonly field: string }[]
  assert.equal(first?.field, 'no_such_parameter', what)
}

function assertRefused(reply: AdminReply, statuses: readonly number[], what: string): void {
  assert.ok(statuses.includes(reply.status), `${what}: ${reply.status} ${reply.text}`)
  assert.equal(reply.headers.get('content-type'), 'application/problem+json', what)
  assert.equal(reply.headers.get('cache-control'), 'no-store', what)
  const codes: Readonly<Record<number, string>> = { 400: 'invalid', 401: 'unauthenticated', 403: 'forbidden' }
  assert.equal(reply.json.code, codes[reply.status], what)
  if (reply.status === 401) assert.match(reply.headers.get('www-authenticate') ?? '', /^(Bearer|DPoP)\b/, what)
}

describe('the admin API, operation by operation', () => {
  let app: RunningApp
  let manager: Registered
  const people = new Map<Role | 'none', Account>()
  const tokens = new Map<Role, string>()
  const strangers = new Map<string, { readonly headers: Fields; readonly statuses: readonly number[] }>()

  before(async () => {
    app = await startApp({
      environment: { SALLYPORT_RESOURCES: JSON.stringify([{ uri: CALENDAR, scopes: ['calendar:read'] }]) },
    })
    manager = await registerManager(app)
    for (const role of ROLES) {
      people.set(role, await app.enrol({ role }))
      tokens.set(role, await ownToken(app, manager, role))
    }
    people.set('none', await app.enrol())
    await makeStrangers()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const person = (role: Role | 'none'): Account => people.get(role) as Account

  async function makeStrangers(): Promise<void> {
    const administrator = person('administrator')
    const { cookie } = await app.beginSession(administrator)
    const ours = { ...cookieOnly(cookie), origin: app.issuer }
    const ended = await app.beginSession(administrator)
    await app.house.repositories.commit([app.house.repositories.sessions.end(ended.session.id, new Date())])
    const disabled = await app.enrol({ role: 'administrator', disabledAt: new Date() })
    const add = (name: string, headers: Fields, ...statuses: readonly number[]) =>
      strangers.set(name, { headers, statuses })

    add('without credentials', {}, 401)
    add('with an empty token', { authorization: 'Bearer ' }, 400)
    add('with garbage for a token', bearer('garbage'), 401)
    add('with an expired token', bearer(sealed({ expiresAt: secondsOf(addSeconds(new Date(), -60)) })), 401)
    add('with a token for no API in particular', bearer(sealed({ audience: undefined })), 401)
    add('with a token for user info', bearer(sealed({ audience: [`${app.issuer}/userinfo`] })), 401)
    add('with a token for another API', bearer(sealed({ audience: [CALENDAR] })), 401)
    add(
      'with a token for this API and another',
      bearer(sealed({ audience: [adminResource(app.issuer), CALENDAR] })),
      401,
    )
    add('with a token without an admin scope', bearer(sealed({ scopes: ['calendar:read'] })), 403)
    add('with a JWT of a foreign issuer', bearer(await foreignJwt()), 401)
    add('with the ID token of an administrator', bearer(await idToken(administrator)), 401)
    add('with a bad token beside a good session', { ...ours, ...FROM_OUR_PAGE, ...bearer('garbage') }, 401)
    add('with a session of somebody without a role', await sessionOf(app, person('none')), 403)
    add(
      'with a session that was signed out',
      { ...cookieOnly(ended.cookie), ...FROM_OUR_PAGE, origin: app.issuer },
      401,
    )
    add('with a session of a disabled account', await sessionOf(app, disabled), 401)
    add('with a forged session cookie', { ...cookieOnly('forged'), ...FROM_OUR_PAGE, origin: app.issuer }, 401)
    add('with a session, from a page of another site', { ...cookieOnly(cookie), origin: 'https://evil.example' }, 403)
    add('with a session, from a sandboxed page', { ...ours, origin: 'null' }, 403)
    for (const site of ['cross-site', 'same-site', 'nonsense']) {
      add(`with a session, as a ${site} fetch`, { ...ours, 'sec-fetch-site': site, 'x-requested-with': 'x' }, 403)
    }
    add('with a session, and no word of where from', cookieOnly(cookie), 403)
  }

  function sealed(changes: { readonly [Name in keyof AccessToken]?: unknown }): string {
    const now = secondsOf(new Date())
    const token = {
      kind: 'client-access',
      clientUid: manager.client.uid,
      scopes: ['admin.administrator'],
      issuedAt: now,
      expiresAt: now + 300,
      audience: [adminResource(app.issuer)],
      ...changes,
    } as AccessToken
    return sealAccessToken(app.keys.handles, token, random)
  }

  async function foreignJwt(): Promise<string> {
    const { privateKey, alg, jwk } = makeAppKey('RS256')
    const exp = nowInSeconds() + 300
    const claims = { iss: app.issuer, aud: adminResource(app.issuer), exp, scope: 'admin.administrator', jti: 'a' }
    return signJws(privateKey, { alg, kid: jwk.kid, typ: 'at+jwt' }, claims)
  }

  async function idToken(account: Account): Promise<string> {
    return (await exchange(app, manager, await codeFor(await app.browser(account), manager.client))).id_token
  }

  it('refuses every stranger, whatever they ask for (RFC 6750 §3, RFC 8707 §2.2, Fetch Metadata §2.3)', async () => {
    for (const operation of OPERATIONS) {
      for (const [who, { headers, statuses }] of strangers) {
        assertRefused(await ask(app, operation, headers), statuses, `${operation.name} ${who}`)
      }
    }
  })

  it('refuses what a form of another site could send, even with the headers of ours (Fetch §2.2.2)', async () => {
    const { cookie } = await app.beginSession(person('administrator'))
    const ours = { ...cookieOnly(cookie), origin: app.issuer, 'sec-fetch-site': 'same-origin' }
    const posts = OPERATIONS.filter(({ method }) => method === 'POST')
    assert.ok(posts.length > 0)
    for (const operation of posts) {
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
        const { method, path } = requestFor(operation)
        const reply = await callAdmin(app, {
          method,
          path,
          headers: { ...ours, 'content-type': type },
          body: '{"a":1}',
        })
        assertRefused(reply, [403], `${operation.name} as ${type}`)
      }
    }
  })

  it('takes no token in the address or in a form (RFC 6750 §2)', async () => {
    const token = tokens.get('administrator') ?? ''
    for (const operation of OPERATIONS) {
      assertRefused(await ask(app, operation, {}, `?access_token=${token}`), [401], operation.name)
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const reply = await callAdmin(app, {
      method: 'POST',
      path: '/groups',
      headers,
      body: query({ access_token: token }),
    })
    assertRefused(reply, [401], 'in a form')
  })

  for (const role of ROLES) {
    const mayDo = (operation: Operation) => ROLES.indexOf(role) >= ROLES.indexOf(operation.role)

    it(`gives the token of an app with admin.${role} the operations of that role and no others`, async () => {
      for (const operation of OPERATIONS) {
        const headers = bearer(tokens.get(role) ?? '')
        if (mayDo(operation)) assertLetIn(await ask(app, operation, headers, NOTHING_HAPPENS), operation.name)
        else assertRefused(await ask(app, operation, headers), [403], operation.name)
      }
    })

    it(`gives the session of a person who is ${role} the operations of that role and no others`, async () => {
      const headers = await sessionOf(app, person(role))
      for (const operation of OPERATIONS) {
        if (mayDo(operation)) assertLetIn(await ask(app, operation, headers, NOTHING_HAPPENS), operation.name)
        else assertRefused(await ask(app, operation, headers), [403], operation.name)
      }
    })
  }

  it('gives a person no more than their role, and an app no more than its scope', async () => {
    const scopesAndRoles = ROLES.flatMap(scope => ([...ROLES, 'none'] as const).map(role => ({ scope, role })))
    for (const { scope, role } of scopesAndRoles) {
      const browser = await app.browser(person(role))
      const resource = adminResource(app.issuer)
      const code = await codeFor(browser, manager.client, { scope: `openid admin.${scope}`, resource })
      const { access_token } = await exchange(app, manager, code)
      for (const operation of OPERATIONS) {
        const isIn =
          role !== 'none' && Math.min(ROLES.indexOf(scope), ROLES.indexOf(role)) >= ROLES.indexOf(operation.role)
        const what = `${operation.name} by ${role} with admin.${scope}`
        if (isIn) assertLetIn(await ask(app, operation, bearer(access_token), NOTHING_HAPPENS), what)
        else assertRefused(await ask(app, operation, bearer(access_token)), [403], what)
      }
    }
  })

  it('answers every list that takes no name to a viewer', async () => {
    const lists = OPERATIONS.filter(
      ({ path, answer, role }) => !path.includes('{') && answer?.kind === 'page' && role === 'viewer',
    )
    assert.ok(lists.length > 0)
    for (const operation of lists) {
      const { status, text, json } = await callAdmin(app, {
        path: operation.path,
        headers: bearer(tokens.get('viewer') ?? ''),
      })
      assert.equal(status, 200, `${operation.name}: ${text}`)
      assert.ok(Array.isArray(json.items), operation.name)
    }
  })
})

describe('access to the admin API that ends', () => {
  let app: RunningApp
  let manager: Registered

  before(async () => {
    app = await startApp()
    manager = await registerManager(app)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const read = (headers: Fields) => callAdmin(app, { path: '/groups', headers })
  const make = (headers: Fields, name: string) =>
    callAdmin(app, { method: 'POST', path: '/groups', headers, body: { name } })

  async function tokenOf(account: Account, scope = 'admin.operator'): Promise<string> {
    const resource = adminResource(app.issuer)
    const code = await codeFor(await app.browser(account), manager.client, { scope: `openid ${scope}`, resource })
    return (await exchange(app, manager, code)).access_token
  }

  async function change(account: Account, changed: Account): Promise<void> {
    const { accounts, commit } = app.house.repositories
    const outcome = await commit([accounts.replace(changed, account)])
    assert.ok(outcome.committed)
  }

  it('with the account: a disabled one has neither session nor token', async () => {
    const account = await app.enrol({ role: 'administrator' })
    const [session, token] = [await sessionOf(app, account), await tokenOf(account)]
    assert.deepEqual([(await read(session)).status, (await read(bearer(token))).status], [200, 200])
    await change(account, { ...account, disabledAt: new Date() })
    assert.deepEqual([(await read(session)).status, (await read(bearer(token))).status], [401, 401])
  })

  it('with the role: whoever lost it can do nothing with the session and the token from before', async () => {
    const account = await app.enrol({ role: 'operator' })
    const [session, token] = [await sessionOf(app, account), await tokenOf(account)]
    assert.equal((await make(session, 'before')).status, 201)
    const { role: _, ...nobody } = account
    await change(account, nobody)
    assert.deepEqual([(await read(session)).status, (await read(bearer(token))).status], [403, 403])
  })

  it('with less of the role: an operator who became a viewer reads, and changes nothing', async () => {
    const account = await app.enrol({ role: 'operator' })
    const [session, token] = [await sessionOf(app, account), await tokenOf(account)]
    await change(account, { ...account, role: 'viewer' })
    for (const headers of [session, bearer(token)]) {
      assert.equal((await read(headers)).status, 200)
      assert.equal((await make(headers, 'after')).status, 403)
    }
  })

  it('with the session: signing out ends the session and the token that hangs on it', async () => {
    const account = await app.enrol({ role: 'viewer' })
    const { session, cookie } = await app.beginSession(account)
    const browser = await app.browser()
    browser.cookies.set('sallyport-session', cookie)
    const resource = adminResource(app.issuer)
    const code = await codeFor(browser, manager.client, { scope: 'openid admin.viewer', resource })
    const { access_token } = await exchange(app, manager, code)
    assert.equal((await read(bearer(access_token))).status, 200)
    await app.house.repositories.commit([app.house.repositories.sessions.end(session.id, new Date())])
    assert.equal((await read(bearer(access_token))).status, 401)
    assert.equal((await read({ ...cookieOnly(cookie), ...FROM_OUR_PAGE })).status, 401)
  })

  it('with the revocation of the token (RFC 7009 §2.1), and with the client', async () => {
    const by = await registerManager(app)
    const token = await ownToken(app, by, 'viewer')
    const other = await ownToken(app, by, 'viewer')
    await postAs(app, by, '/revoke', { token })
    assert.deepEqual([(await read(bearer(token))).status, (await read(bearer(other))).status], [401, 200])
    const { clients, commit } = app.house.repositories
    await commit([clients.replace({ ...by.client, disabledAt: new Date() }, by.client)])
    await waitUntilRefused(other)
  })

  async function waitUntilRefused(token: string): Promise<void> {
    // The server trusts what it has read of clients for a moment.
    for (let attempt = 0; attempt < 200; attempt++) if ((await read(bearer(token))).status === 401) return
    assert.fail('the token of a disabled client is still taken')
  }

  it('with the scope of the client: what it may no longer have counts no more, in old tokens as well', async () => {
    const by = await registerManager(app)
    const token = await ownToken(app, by, 'operator')
    assert.equal((await make(bearer(token), 'with-scope')).status, 201)
    const { clients, commit } = app.house.repositories
    await commit([clients.replace({ ...by.client, scopes: ['admin.viewer'] }, by.client)])
    for (let attempt = 0; attempt < 200; attempt++) {
      const { status } = await make(bearer(token), `attempt-${attempt}`)
      if (status === 403) return
    }
    assert.fail('a scope that was taken away still counts')
  })

  it('never begins for a client that registered itself, whatever its scopes say', async () => {
    const by = await registerManager(app, { origin: 'registration' })
    const now = secondsOf(new Date())
    const token = sealAccessToken(
      app.keys.handles,
      {
        kind: 'client-access',
        clientUid: by.client.uid,
        scopes: ['admin.administrator'],
        issuedAt: now,
        expiresAt: now + 300,
        audience: [adminResource(app.issuer)],
      },
      random,
    )
    const { status, json } = await read(bearer(token))
    assert.deepEqual([status, json.detail], [403, 'this app registered itself'])
  })

  describe('with a token that is bound to a key (RFC 9449 §7.1)', () => {
    const key = makeAppKey()

    async function boundToken(): Promise<string> {
      const proof = await dpopProof(key, 'POST', `${app.issuer}/token`)
      const fields = { grant_type: 'client_credentials', scope: 'admin.viewer', resource: adminResource(app.issuer) }
      const response = await postAs(app, manager, '/token', fields, { dpop: proof })
      return ((await response.json()) as { access_token: string }).access_token
    }

    const proofFor = (token: string, path = '/groups', method = 'GET', signer = key) =>
      dpopProof(signer, method, `${adminResource(app.issuer)}${path}`, { accessToken: token })

    it('is let in with a proof, once', async () => {
      const token = await boundToken()
      const headers = { authorization: `DPoP ${token}`, dpop: await proofFor(token) }
      assert.equal((await read(headers)).status, 200)
      assert.equal((await read(headers)).status, 401, '§11.1')
    })

    it('is refused as a bearer token, without a proof, and with the proof of somebody else or for something else', async () => {
      const token = await boundToken()
      const dpop = { authorization: `DPoP ${token}` }
      const refused: Record<string, Fields> = {
        'as a bearer token (§7.2)': bearer(token),
        'without a proof': dpop,
        'with the proof of another key': { ...dpop, dpop: await proofFor(token, '/groups', 'GET', makeAppKey()) },
        'with a proof for another method': { ...dpop, dpop: await proofFor(token, '/groups', 'PATCH') },
        'with a proof for another path': { ...dpop, dpop: await proofFor(token, '/accounts') },
        'with a proof for another token': { ...dpop, dpop: await proofFor('another') },
      }
      for (const [what, headers] of Object.entries(refused)) {
        const { status, headers: answered } = await read(headers)
        assert.equal(status, 401, what)
        assert.match(answered.get('www-authenticate') ?? '', /^(DPoP|Bearer) error="invalid_/, what)
      }
    })

    it('is let in with a proof for a path with an encoded slash', async () => {
      const token = await boundToken()
      const path = '/groups/ops%2Fnight'
      const headers = { authorization: `DPoP ${token}`, dpop: await proofFor(token, path) }
      assert.equal((await callAdmin(app, { path, headers })).status, 404)
    })

    it('is let in with a proof for PATCH', async () => {
      const token = await boundToken()
      const headers = {
        authorization: `DPoP ${token}`,
        dpop: await proofFor(token, '/groups/nobody', 'PATCH'),
        'content-type': 'application/merge-patch+json',
      }
      const { status, json } = await callAdmin(app, { method: 'PATCH', path: '/groups/nobody', headers, body: '{}' })
      assert.deepEqual([status, json.code], [403, 'forbidden'], 'a viewer, and not a stranger')
    })
  })
})

describe('the scopes of the admin API', () => {
  let app: RunningApp

  before(async () => {
    app = await startApp({
      environment: {
        SALLYPORT_REGISTRATION_MODE: 'open',
        // An API that takes any scope at all.
        SALLYPORT_RESOURCES: JSON.stringify([{ uri: CALENDAR }]),
      },
    })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const resource = (): string => adminResource(app.issuer)

  it('are in no token that did not ask for them by the resource and the scope (RFC 8707 §2)', async () => {
    const by = await app.register({ grantTypes: ['client_credentials'], scopes: ['openid', 'calendar:read'] })
    const fields = { grant_type: 'client_credentials', resource: resource() }
    const response = await postAs(app, by, '/token', { ...fields, scope: 'admin.viewer' })
    const answer = (await response.json()) as Fields
    const { status } = await callAdmin(app, { path: '/groups', headers: bearer(answer.access_token ?? 'none') })
    assert.notEqual(status, 200)
    assert.doesNotMatch(answer.scope ?? '', /admin/)
  })

  it('are not offered to everybody in discovery', async () => {
    const text = await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).text()
    assert.doesNotMatch(text, /admin\.(viewer|operator|administrator)/)
  })

  it('are never given to apps that register themselves (RFC 7591 §5)', async () => {
    for (const scope of ['admin.viewer', 'openid admin.operator', 'admin.administrator']) {
      const response = await fetch(`${app.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['https://app.example.org/cb'], scope }),
      })
      const { error, error_description } = (await response.json()) as Fields
      assert.deepEqual([response.status, error], [400, 'invalid_client_metadata'], scope)
      assert.match(error_description ?? '', /manages this server/)
    }
  })

  it('are for no other API than this, even one that takes any scope', async () => {
    const by = await registerManager(app)
    const fields = { grant_type: 'client_credentials', scope: 'admin.administrator calendar:read', resource: CALENDAR }
    const { scope } = (await (await postAs(app, by, '/token', fields)).json()) as Fields
    assert.doesNotMatch(scope ?? '', /admin/)
  })

  it('never open this API together with another one (RFC 8707 §3)', async () => {
    const by = await registerManager(app)
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'admin.viewer' })
    body.append('resource', resource())
    body.append('resource', CALENDAR)
    body.append('client_id', by.client.clientId)
    body.append('client_secret', by.secret)
    const response = await fetch(`${app.issuer}/token`, { method: 'POST', body })
    assert.deepEqual([response.status, ((await response.json()) as Fields).error], [400, 'invalid_target'])
  })

  it('are in no token that comes in a redirect (RFC 9700 §2.1.2)', async () => {
    const by = await registerManager(app, {
      responseTypes: ['code', 'code token'],
      grantTypes: ['authorization_code', 'implicit'],
    })
    const browser = await app.browser(await app.enrol({ role: 'administrator' }))
    const ask = { scope: 'openid admin.viewer', response_type: 'code token', nonce: 'n' }
    const refused = sentAway(await browser.open(authorizePath(by.client, { ...ask, resource: resource() })))
    assert.match(refused.location, /error=invalid_target/)
    const plain = new URL(sentAway(await browser.open(authorizePath(by.client, ask))).location)
    const token = new URLSearchParams(plain.hash.slice(1)).get('access_token') ?? ''
    assert.equal((await callAdmin(app, { path: '/groups', headers: bearer(token) })).status, 401)
  })

  it('are only for clients whose resources name this API, where they name any', async () => {
    const by = await registerManager(app, { resources: [CALENDAR] })
    const fields = { grant_type: 'client_credentials', scope: 'admin.viewer', resource: resource() }
    const response = await postAs(app, by, '/token', fields)
    assert.deepEqual([response.status, ((await response.json()) as Fields).error], [400, 'invalid_target'])
  })

  it('stay in the form of a refresh as they were granted, and are not widened by it (RFC 8707 §2.2)', async () => {
    const by = await registerManager(app)
    const browser = await app.browser(await app.enrol({ role: 'administrator' }))
    const scope = 'openid offline_access admin.viewer'
    const tokens = await exchange(app, by, await codeFor(browser, by.client, { scope, resource: CALENDAR }))
    const widened = await refresh(app, by, tokens.refresh_token, { resource: resource() })
    assert.deepEqual([widened.status, widened.error], [400, 'invalid_target'])
  })

  it('come of no exchange of a token that did not open this API (RFC 8693 §2.1)', async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange'
    const app1 = await registerManager(app)
    const by = await registerManager(app, {
      grantTypes: [grant_type],
      tokenExchangeSubjects: [app1.client.clientId],
    })
    const browser = await app.browser(await app.enrol({ role: 'administrator' }))
    const scope = 'openid admin.administrator'
    const plain = await exchange(app, app1, await codeFor(browser, app1.client, { scope }))
    const subjects: readonly (readonly [token: string, type: string])[] = [
      [plain.access_token, 'urn:ietf:params:oauth:token-type:access_token'],
      [plain.id_token, 'urn:ietf:params:oauth:token-type:id_token'],
    ]
    for (const [subject_token, subject_token_type] of subjects) {
      const fields = { grant_type, subject_token, subject_token_type, resource: resource() }
      const response = await postAs(app, by, '/token', fields)
      const { error } = (await response.json()) as Fields
      assert.deepEqual([response.status, error], [400, 'invalid_target'], subject_token_type)
    }
  })

  it('come of the exchange of one that did, and are no more than there were', async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange'
    const subject_token_type = 'urn:ietf:params:oauth:token-type:access_token'
    const first = await registerManager(app)
    const by = await registerManager(app, { grantTypes: [grant_type], tokenExchangeSubjects: [first.client.clientId] })
    const subject_token = await ownToken(app, first, 'viewer')
    const fields = { grant_type, subject_token, subject_token_type }
    const wider = await postAs(app, by, '/token', { ...fields, scope: 'admin.administrator' })
    assert.deepEqual([wider.status, ((await wider.json()) as Fields).error], [400, 'invalid_scope'])
    const { access_token = '' } = (await (await postAs(app, by, '/token', fields)).json()) as Fields
    const headers = bearer(access_token)
    assert.equal((await callAdmin(app, { path: '/groups', headers })).status, 200)
    const made = await callAdmin(app, { method: 'POST', path: '/groups', headers, body: { name: 'x' } })
    assert.equal(made.status, 403)
  })
})
