/** Libraries that people use sign in unchanged, configured by what their own documentation says. */

import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import openIdConnect from 'express-openid-connect'
import session from 'express-session'
import passport from 'passport'
import OpenIdConnectStrategy from 'passport-openidconnect'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
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
})
