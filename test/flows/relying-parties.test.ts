/** Libraries that people use sign in unchanged, configured by what their own documentation says. */

import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import openIdConnect from 'express-openid-connect'
import session from 'express-session'
import { exportJWK, generateKeyPair } from 'jose'
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts'
import * as oidc from 'openid-client'
import passport from 'passport'
import OpenIdConnectStrategy from 'passport-openidconnect'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { sentAway } from '../support/hand-browser.ts'
import { createManySiteBrowser, type ManySiteBrowser } from '../support/many-site-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'

// Its types bring those of a browser with them, which would count for the whole project.
const { Auth } = (await import(String('@auth/core'))) as {
  readonly Auth: (request: Request, config: object) => Promise<Response>
}

const SECRET = 'a secret of the app for its own cookies'

describe('relying-party libraries', () => {
  let provider: RunningApp
  let ada: Account
  const servers: Server[] = []

  before(async () => {
    provider = await startApp()
    ada = await provider.enrol({ attributes: { name: 'Ada Lovelace' } })
  })

  after(async () => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await provider?.close()
  })

  /** A port first, as the redirect URI has to be registered; then what listens on it. */
  async function appAt(): Promise<{ readonly origin: string; serve(listener: RequestListener): void }> {
    let listener: RequestListener = (_, response) => response.end()
    const server = createServer((request, response) => listener(request, response))
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    return {
      origin: `http://127.0.0.1:${address.port}`,
      serve(next) {
        listener = next
      },
    }
  }

  async function signedInBrowser(): Promise<ManySiteBrowser> {
    const browser = createManySiteBrowser()
    const { cookie } = await provider.beginSession(ada)
    browser.cookies.set(provider.issuer, new Map([[SESSION_COOKIE, cookie]]))
    return browser
  }

  it('passport-openidconnect signs in by the code flow (OIDC Core §3.1)', async () => {
    const { origin, serve } = await appAt()
    const { client, secret } = await provider.register({ redirectUris: [`${origin}/callback`] })
    const authenticator = new passport.Passport()
    authenticator.serializeUser((user, done) => done(null, user))
    authenticator.deserializeUser((user: Express.User, done) => done(null, user))
    authenticator.use(
      new OpenIdConnectStrategy(
        {
          issuer: provider.issuer,
          authorizationURL: `${provider.issuer}/authorize`,
          tokenURL: `${provider.issuer}/token`,
          userInfoURL: `${provider.issuer}/userinfo`,
          clientID: client.clientId,
          clientSecret: secret,
          callbackURL: `${origin}/callback`,
          scope: ['profile', 'email'],
          skipUserProfile: false,
        },
        (_issuer: string, profile: object, done: (error: null, user: object) => void) => done(null, profile),
      ),
    )
    const app = express()
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }))
    app.use(authenticator.initialize(), authenticator.session())
    app.get('/login', authenticator.authenticate('openidconnect'))
    app.get(
      '/callback',
      authenticator.authenticate('openidconnect', { failureRedirect: '/failed' }),
      (request, response) => response.json(request.user),
    )
    app.get('/failed', (_, response) => void response.status(500).json({ failed: true }))
    serve(app)
    const page = await (await signedInBrowser()).open(`${origin}/login`)
    const profile = JSON.parse(page.text) as { readonly id: string; readonly displayName: string }
    assert.deepEqual([profile.id, profile.displayName], [ada.subject, 'Ada Lovelace'], page.text)
  })

  const flows: ReadonlyArray<readonly [name: string, responseType: string, changes: Partial<Client>]> = [
    [
      'the implicit flow by form post, its default (OIDC Core §3.2)',
      'id_token',
      { responseTypes: ['id_token'], grantTypes: ['implicit'] },
    ],
    ['the code flow (OIDC Core §3.1)', 'code', {}],
    [
      'the hybrid flow by form post (OIDC Core §3.3)',
      'code id_token',
      { responseTypes: ['code id_token'], grantTypes: ['authorization_code', 'implicit', 'refresh_token'] },
    ],
  ]
  for (const [name, responseType, changes] of flows) {
    it(`express-openid-connect signs in by ${name}`, async () => {
      const { origin, serve } = await appAt()
      const { client, secret } = await provider.register({ redirectUris: [`${origin}/callback`], ...changes })
      const app = express()
      app.use(
        openIdConnect.auth({
          issuerBaseURL: provider.issuer,
          baseURL: origin,
          clientID: client.clientId,
          secret: SECRET,
          ...(responseType === 'id_token' ? {} : { clientSecret: secret }),
          authorizationParams: {
            response_type: responseType,
            ...(responseType === 'code' ? { response_mode: 'query' } : {}),
            scope: 'openid profile email',
          },
        }),
      )
      app.get('/', (request, response) => void response.json(request.oidc.user))
      serve(app)
      const page = await (await signedInBrowser()).open(`${origin}/`)
      const user = JSON.parse(page.text) as { readonly sub: string }
      assert.equal(user.sub, ada.subject, page.text)
    })
  }

  it('@auth/core signs in by the code flow with PKCE, state and nonce', async () => {
    const { origin, serve } = await appAt()
    const { client, secret } = await provider.register({
      redirectUris: [`${origin}/auth/callback/sallyport`],
      // It reads the ID token only.
      claimsInIdToken: true,
    })
    serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const body = request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}
      const asked = new Request(new URL(request.url ?? '/', origin), {
        method: request.method ?? 'GET',
        headers,
        ...body,
      })
      const answer = await Auth(asked, {
        trustHost: true,
        secret: SECRET,
        basePath: '/auth',
        logger: { error: (error: Error) => assert.fail(error) },
        providers: [
          {
            id: 'sallyport',
            name: 'Sallyport',
            type: 'oidc',
            issuer: provider.issuer,
            clientId: client.clientId,
            clientSecret: secret,
            checks: ['pkce', 'state', 'nonce'],
          },
        ],
      })
      const cookies = answer.headers.getSetCookie()
      response.writeHead(answer.status, {
        ...Object.fromEntries(answer.headers),
        ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      })
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
    const browser = await signedInBrowser()
    const { csrfToken } = JSON.parse((await browser.open(`${origin}/auth/csrf`)).text) as { readonly csrfToken: string }
    await browser.post(`${origin}/auth/signin/sallyport`, { csrfToken, callbackUrl: `${origin}/auth/session` })
    const { user } = JSON.parse((await browser.open(`${origin}/auth/session`)).text) as { readonly user: unknown }
    assert.deepEqual(user, { name: 'Ada Lovelace', email: ada.email })
  })

  it('openid-client signs in with everything signed and encrypted: both ID tokens of the hybrid flow, user info, introspection (OIDC Core §10.2, §5.3.2, RFC 9701 §5)', async () => {
    const pair = await generateKeyPair('ECDH-ES+A256KW')
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'enc', use: 'enc', alg: 'ECDH-ES+A256KW' }] }
    const encrypted = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' } as const
    const redirectUri = 'https://app.example.org/callback'
    const { client, secret } = await provider.register({
      redirectUris: [redirectUri],
      responseTypes: ['code id_token'],
      grantTypes: ['authorization_code', 'implicit', 'refresh_token'],
      jwks,
      idTokenSignedResponseAlg: 'ES256',
      idTokenEncryptedResponseAlg: encrypted.alg,
      idTokenEncryptedResponseEnc: encrypted.enc,
      userinfoSignedResponseAlg: 'ES256',
      userinfoEncryptedResponseAlg: encrypted.alg,
      userinfoEncryptedResponseEnc: encrypted.enc,
      introspectionSignedResponseAlg: 'ES256',
      introspectionEncryptedResponseAlg: encrypted.alg,
      introspectionEncryptedResponseEnc: encrypted.enc,
    })
    const configuration = await oidc.discovery(
      new URL(provider.issuer),
      client.clientId,
      {
        client_secret: secret,
        id_token_signed_response_alg: 'ES256',
        userinfo_signed_response_alg: 'ES256',
        introspection_signed_response_alg: 'ES256',
      },
      undefined,
      { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
    )
    oidc.useCodeIdTokenResponseType(configuration)
    oidc.enableDecryptingResponses(configuration, [encrypted.enc], {
      key: pair.privateKey,
      alg: encrypted.alg,
      kid: 'enc',
    })
    const nonce = oidc.randomNonce()
    const state = oidc.randomState()
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid email',
      nonce,
      state,
    })
    const browser = await provider.browser(ada)
    const away = sentAway(await browser.open(url.href))
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(away.location), {
      expectedNonce: nonce,
      expectedState: state,
    })
    assert.equal(tokens.id_token?.split('.').length, 5, 'the ID token is a JWE')
    assert.equal(tokens.claims()?.sub, ada.subject)
    const person = await oidc.fetchUserInfo(configuration, tokens.access_token, ada.subject)
    assert.equal(person.email, ada.email)
    const introspected = await oidc.tokenIntrospection(configuration, tokens.access_token)
    assert.deepEqual([introspected.active, introspected.sub], [true, ada.subject])
  })

  it('oidc-client-ts signs a browser app in, and binds its tokens to a key (RFC 9449 §5)', async t => {
    // It looks for WebCrypto where browsers have it.
    Object.assign(globalThis, { window: globalThis })
    t.after(() => Reflect.deleteProperty(globalThis, 'window'))
    const redirectUri = 'https://spa.example.org/callback'
    const { client } = await provider.register({
      type: 'public',
      redirectUris: [redirectUri],
      requirePkce: true,
      dpopBoundAccessTokens: true,
    })
    const store = new WebStorageStateStore({ store: new InMemoryWebStorage() })
    const app = new OidcClient({
      authority: provider.issuer,
      client_id: client.clientId,
      redirect_uri: redirectUri,
      scope: 'openid email offline_access',
      stateStore: store,
      dpop: { store: inMemory(), bind_authorization_code: true },
    })
    const request = await app.createSigninRequest({})
    const away = sentAway(await (await provider.browser(ada)).open(request.url))
    const response = await app.processSigninResponse(away.location)
    assert.deepEqual([response.profile.sub, response.token_type], [ada.subject, 'DPoP'])
  })
})

type DpopSettings = NonNullable<ConstructorParameters<typeof OidcClient>[0]['dpop']>
type DpopState = Awaited<ReturnType<DpopSettings['store']['get']>>

function inMemory(): DpopSettings['store'] {
  const states = new Map<string, DpopState>()
  return {
    set: async (key, value) => void states.set(key, value),
    async get(key) {
      return states.get(key) as DpopState
    },
    async remove(key) {
      const state = states.get(key) as DpopState
      states.delete(key)
      return state
    },
    getAllKeys: async () => [...states.keys()],
  }
}
