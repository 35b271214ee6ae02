/** An app that signs people in through Sallyport, made from `openid-client` and served on a port of its own. */

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as oidc from 'openid-client'
import type { Page } from 'playwright-core'
import { freePort } from './free-port.ts'
import type { Installation } from './installation.ts'
import { createClient } from './registrations.ts'

export interface RelyingPartySettings {
  readonly name: string
  readonly authentication?: 'client_secret_basic' | 'client_secret_post'
  readonly idTokenAlgorithm?: 'RS256' | 'ES256' | 'EdDSA'
  readonly scope?: string
  /** For `client create`: `['--consent', 'never']`. */
  readonly clientOptions?: readonly string[]
}

export type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>

/** What became of one visit, as the app saw it. */
export type Outcome =
  | { readonly kind: 'signed-in'; readonly visit: Visit; readonly tokens: Tokens; readonly claims: oidc.IDToken }
  /** Asked to keep the code for the test. */
  | { readonly kind: 'held'; readonly visit: Visit; readonly code: string }
  | { readonly kind: 'refused'; readonly visit: Visit; readonly error: string }
  /** The app did not send this person, or has their answer already. */
  | { readonly kind: 'unexpected'; readonly callback: URL }

export interface Visit {
  readonly parameters: URLSearchParams
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** With everything that came back. */
  readonly callback?: URL
}

export interface RelyingParty {
  readonly name: string
  readonly origin: string
  readonly callbackUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly configuration: oidc.Configuration
  /** A person who opens this is sent to sign in, with these parameters beside or instead of the usual ones. */
  startUrl(parameters?: Readonly<Record<string, string>>, how?: Start): string
  /** Waits until the browser is back at the app. */
  outcomeOf(page: Page): Promise<Outcome>
  /** The same, where nothing but success is right. */
  signedIn(page: Page): Promise<Extract<Outcome, { kind: 'signed-in' }>>
  close(): Promise<void>
}

/** `form`: by a form posted from another site (127.0.0.1 is not localhost). `hold`: the code is not exchanged. */
export interface Start {
  readonly by?: 'link' | 'form'
  readonly hold?: boolean
}

export async function startRelyingParty(
  installation: Installation,
  settings: RelyingPartySettings,
): Promise<RelyingParty> {
  const { name, authentication = 'client_secret_basic', idTokenAlgorithm, scope = 'openid profile email' } = settings
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const callbackUrl = `${origin}/callback`
  const algorithm = idTokenAlgorithm === undefined ? [] : ['--alg', idTokenAlgorithm]
  const uris = ['-u', callbackUrl, '-p', `${origin}/`]
  const options = [...uris, ...algorithm, ...(settings.clientOptions ?? [])]
  const { clientId, clientSecret } = await createClient(installation, name, 'confidential', options)
  assert.ok(clientSecret, 'a confidential client has a secret')

  const configuration = await oidc.discovery(
    new URL(installation.issuer),
    clientId,
    idTokenAlgorithm === undefined ? {} : { id_token_signed_response_alg: idTokenAlgorithm },
    authentication === 'client_secret_basic'
      ? oidc.ClientSecretBasic(clientSecret)
      : oidc.ClientSecretPost(clientSecret),
    { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
  )
  const waiting = new Map<string, { readonly visit: Visit; readonly hold: boolean }>()
  const outcomes: Outcome[] = []

  const begin = async (query: URLSearchParams): Promise<URL> => {
    const hold = query.get('hold') === 'yes'
    query.delete('hold')
    const visit = {
      parameters: query,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
    }
    const code_challenge = await oidc.calculatePKCECodeChallenge(visit.codeVerifier)
    const own = { redirect_uri: callbackUrl, scope, nonce: visit.nonce, code_challenge, code_challenge_method: 'S256' }
    waiting.set(visit.state, { visit, hold })
    return oidc.buildAuthorizationUrl(configuration, { ...own, state: visit.state, ...Object.fromEntries(query) })
  }

  const finish = async (callback: URL): Promise<Outcome> => {
    const known = waiting.get(callback.searchParams.get('state') ?? '')
    if (known === undefined) return { kind: 'unexpected', callback }
    waiting.delete(known.visit.state)
    const visit = { ...known.visit, callback }
    const code = callback.searchParams.get('code')
    if (known.hold && code !== null) return { kind: 'held', visit, code }
    const maxAge = visit.parameters.get('max_age')
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: visit.codeVerifier,
        expectedState: visit.state,
        expectedNonce: visit.nonce,
        idTokenExpected: true,
        ...(maxAge === null ? {} : { maxAge: Number(maxAge) }),
      })
      const claims = tokens.claims()
      assert.ok(claims)
      return { kind: 'signed-in', visit, tokens, claims }
    } catch (error) {
      if (!(error instanceof oidc.AuthorizationResponseError)) throw error
      return { kind: 'refused', visit, error: error.error }
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error?.cause ?? error))
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin)
    switch (url.pathname) {
      case '/start':
        response.writeHead(302, { location: String(await begin(url.searchParams)) }).end()
        return
      case '/start-by-form':
        sendPage(response, postingForm(await begin(url.searchParams)))
        return
      case '/callback':
        outcomes.push(await finish(url))
        // A page of its own behind a redirect, as apps do: going back from it does not send the code again.
        response.writeHead(303, { location: `/outcomes/${outcomes.length - 1}` }).end()
        return
      default:
        sendPage(response, `<h1>${name}</h1><p id="outcome">${url.pathname.split('/outcomes/')[1] ?? ''}</p>`)
    }
  }
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  const outcomeOf = async (page: Page): Promise<Outcome> => {
    await page.waitForURL(`${origin}/outcomes/*`)
    const outcome = outcomes[Number(await page.locator('#outcome').textContent())]
    assert.ok(outcome)
    return outcome
  }

  return {
    name,
    origin,
    callbackUrl,
    clientId,
    clientSecret,
    configuration,
    startUrl(parameters = {}, { by = 'link', hold = false } = {}) {
      const query = new URLSearchParams({ ...parameters, ...(hold ? { hold: 'yes' } : {}) })
      return by === 'link' ? `${origin}/start?${query}` : `http://127.0.0.1:${port}/start-by-form?${query}`
    },
    outcomeOf,
    async signedIn(page) {
      const outcome = await outcomeOf(page)
      assert.ok(outcome.kind === 'signed-in', `at the app: ${JSON.stringify(outcome)}`)
      return outcome
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendPage(response: ServerResponse, body: string): void {
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><title>app</title>${body}`)
}

/** A form that sends itself, with the parameters of the authorization URL. */
function postingForm(url: URL): string {
  const fields = [...url.searchParams].map(([key, value]) => `<input type="hidden" name="${key}" value="${value}">`)
  return `<form method="post" action="${url.origin}${url.pathname}">${fields.join('')}</form><script>document.forms[0].submit()</script>`
}
