/**
 * A real upstream: `oidc-provider` on a loopback port, with its own people, whose pages are plain forms.
 *
 * ```ts
 * const idp = await startOidcUpstream({ clients: [{ client_id: 'sallyport', client_secret: SECRET, redirect_uris: [redirectUri] }] })
 * const upstream = await app.addUpstream({ alias: 'idp', ...idp.whereItIs }, SECRET)
 * ```
 *
 * * Its sign-in page is `/interaction/ID`: one form with the field `login`, whose value is the `sub` of one of `people` (no password); consent
 *   is given without a page. A browser that signed in stays signed in, as long as it keeps the cookies.
 * * `signIn(url, 'ada')` is the browser's leg by itself: from an authorization URL to the answer at our redirect URI, which is not called.
 * * `rotateKeys()` gives it new keys at once; the old ones are gone. `requests` is what it was asked, newest last.
 * * `ada` (verified address) and `bob` (`email_verified: false`) are there when no `people` are given.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { AdapterFactory, ClientMetadata, Configuration } from 'oidc-provider'
import { Provider } from 'oidc-provider'
import { createManySiteBrowser, type ManySiteBrowser } from '../many-site-browser.ts'
import { signIn, type UpstreamReply } from './browser-leg.ts'
import { createMemory } from './provider-memory.ts'

export type UpstreamPeople = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface OidcUpstreamSettings {
  readonly clients: readonly ClientMetadata[]
  /** `sub` → claims. */
  readonly people?: UpstreamPeople
  /** Over what a test needs anyway. */
  readonly configuration?: Configuration
  /** With https, for client certificates. */
  readonly tls?: ServerOptions
}

export interface OidcUpstream {
  readonly issuer: string
  /** For `addUpstream`: discovery and a client id. */
  readonly whereItIs: { readonly discoveryUri: string; readonly clientId: string }
  readonly requests: { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  /** From an authorization URL of ours to what comes back: the parameters at the redirect URI, by query or by form. */
  signIn(authorizationUrl: string, person: string, browser?: ManySiteBrowser): Promise<UpstreamReply>
  rotateKeys(): Promise<void>
  close(): Promise<void>
}

const PEOPLE: UpstreamPeople = {
  ada: {
    name: 'Ada Lovelace',
    given_name: 'Ada',
    family_name: 'Lovelace',
    preferred_username: 'ada',
    email: 'ada@upstream.example',
    email_verified: true,
    groups: ['analysts', 'staff'],
  },
  bob: { name: 'Bob', preferred_username: 'bob', email: 'bob@upstream.example', email_verified: false },
}

const SIGNING = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] as const

export async function startOidcUpstream(settings: OidcUpstreamSettings): Promise<OidcUpstream> {
  const requests: OidcUpstream['requests'] = []
  let serve: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end()
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push({
      method: request.method ?? '',
      path: (request.url ?? '').split('?', 1)[0] ?? '',
      headers: request.headers,
    })
    serve(request, response)
  }
  const server = settings.tls === undefined ? createServer(listener) : createTlsServer(settings.tls, listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = settings.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`
  let keys = await makeKeys('first')
  const adapter = createMemory()
  const install = (): void => {
    serve = createProvider(issuer, settings, keys, adapter).callback()
  }
  install()
  return {
    issuer,
    whereItIs: {
      discoveryUri: `${issuer}/.well-known/openid-configuration`,
      clientId: String(settings.clients[0]?.client_id),
    },
    requests,
    signIn: (url, person, browser = createManySiteBrowser()) => signIn(url, person, browser, issuer),
    async rotateKeys() {
      keys = await makeKeys(`rotated-${Number(keys[0]?.kid?.split('-')[1] ?? 0) + 1}-`)
      install()
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createProvider(
  issuer: string,
  settings: OidcUpstreamSettings,
  keys: readonly JWK[],
  adapter: AdapterFactory,
): Provider {
  const { clients, people = PEOPLE, configuration = {} } = settings
  const provider = new Provider(issuer, {
    clients: [...clients],
    jwks: { keys: [...keys] } as NonNullable<Configuration['jwks']>,
    adapter,
    cookies: { keys: ['a key of a test for its cookies'] },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      ...(configuration.features?.mTLS?.enabled === true ? (['tls_client_auth'] as const) : []),
      'none',
    ],
    enabledJWA: {
      clientAuthSigningAlgValues: [...SIGNING, 'HS384', 'HS512', 'RS384', 'RS512'],
      idTokenSigningAlgValues: [...SIGNING],
      userinfoSigningAlgValues: [...SIGNING],
    },
    ...configuration,
    features: {
      devInteractions: { enabled: false },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource },
      ...configuration.features,
    },
    // The claims of a person by the token, unless the ID token is asked to carry them.
    findAccount(_context, sub) {
      const claims = people[sub]
      return claims === undefined ? undefined : { accountId: sub, claims: () => ({ ...claims, sub }) }
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    renderError(context, out) {
      context.type = 'text/plain'
      context.body = JSON.stringify(out)
    },
  })
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next()
    await interact(provider, context.req, context.res, people)
    context.respond = false
  })
  return provider
}

/** Signs out without asking again. */
function logoutSource(context: { body: unknown }, form: string): void {
  context.body = `<!doctype html><title>Sign out</title>${form}<script>document.forms[0].submit()</script>`
    // What its own page would send by its button.
    .replace('</form>', '<input type="hidden" name="logout" value="yes"></form>')
}

async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  people: UpstreamPeople,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  const finish = (result: object): Promise<void> =>
    provider.interactionFinished(request, response, result as never, { mergeWithLastSubmission: true })
  if (prompt.name === 'consent') {
    const grant =
      (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
      new provider.Grant({ accountId: String(session?.accountId), clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    return finish({ consent: { grantId: await grant.save() } })
  }
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(signInPage(request.url ?? ''))
    return
  }
  const person = new URLSearchParams(await textOf(request)).get('login') ?? ''
  // As at every upstream, somebody may think better of it.
  if (people[person] === undefined) return finish({ error: 'access_denied', error_description: 'somebody cancelled' })
  return finish({ login: { accountId: person } })
}

function signInPage(action: string): string {
  return `<!doctype html><html lang="en"><title>Upstream</title><h1>Sign in upstream</h1>
<form method="post" action="${action.replace(/[^\w/-]/g, '')}"><label>Name <input name="login" autofocus></label><button>Sign in</button></form>`
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function makeKeys(name: string): Promise<readonly JWK[]> {
  const pairs = await Promise.all(
    [['RS256'], ['ES256'], ['EdDSA', 'Ed25519']].map(async ([alg = '', crv]) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true, ...(crv === undefined ? {} : { crv }) })
      return exportJWK(privateKey)
    }),
  )
  return pairs.map((jwk, index) => ({ ...jwk, kid: `${name}-${index}`, use: 'sig' }))
}
