/** Token requests to an upstream (RFC 6749 §4.1.3, §6), and what is made of the answer. */

import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  customFetch,
  genericTokenEndpointRequest,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import type { JsonObject } from '../core/clients/client.ts'
import { isReservedHeader } from '../core/upstreams/settings/reserved-parameters.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { addSeconds } from '../lib/clock.ts'
import type { OutboundAnswer } from '../lib/guarded-fetch.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { answerFacts, noAnswer, said } from './answer-facts.ts'
import { proofOf } from './client-authentication.ts'
import { clientSecretOf } from './client-secret.ts'
import { normaliseTokenAnswer, withoutTokens } from './normalise-answer.ts'
import type { RelyingPartyRoom } from './room.ts'
import { createUpstreamFetch, type UpstreamFetch } from './upstream-fetch.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'

export interface TokenResponse {
  readonly accessToken: string
  readonly idToken?: string
  readonly refreshToken?: string
  readonly tokenType?: string
  readonly scope?: string
  readonly expiresAt?: Date
  /** Everything but the tokens. */
  readonly source: JsonObject
  readonly facts: Facts
}

export async function requestTokens(
  ready: ReadyUpstream,
  grantType: 'authorization_code' | 'refresh_token',
  params: Readonly<Record<string, string>>,
  room: RelyingPartyRoom,
): Promise<TokenResponse | Refusal> {
  const { upstream } = ready
  const url = tokenEndpointOf(ready)
  if (url === undefined)
    return refuse(
      'server_error',
      'the token endpoint of the upstream is not known',
      'OIDC Discovery §3 endpoints of the upstream',
      { missing: ['token_endpoint'] },
    )
  const proof = await proofOf(upstream, url, room)
  if (isRefusal(proof)) return proof
  let idToken: string | undefined
  const way = createUpstreamFetch(
    room.fetch,
    answer => {
      const read = readAnswer(answer)
      idToken = read.idToken
      return read.response
    },
    proof.certificate,
  )
  const as: AuthorizationServer = { issuer: ready.endpoints.issuer ?? url, token_endpoint: url }
  const client: Client = { client_id: upstream.clientId }
  try {
    const response = await genericTokenEndpointRequest(
      as,
      client,
      withHeaders(proof.authenticate, upstream),
      grantType,
      { ...upstream.tokenParameters, ...params },
      { [customFetch]: way.send, [allowInsecureRequests]: true },
    )
    const result = await processGenericTokenEndpointResponse(as, client, response)
    if (!ACCESS_TOKEN.test(result.access_token)) throw new Error('no access token')
    return tokenResponseOf(result, idToken, url, way.answer as OutboundAnswer, room)
  } catch (error) {
    return refusalOf(error, url, way, secretsIn(params, upstream, room))
  }
}

/** RFC 6749 §A.12: what else could not be sent on in a header, and would stand in the error that says so. */
const ACCESS_TOKEN = /^[\x20-\x7E]{1,100000}$/

/** RFC 8705 §5: who shows a certificate is served elsewhere, where the upstream says so. */
function tokenEndpointOf({ upstream, endpoints }: ReadyUpstream): string | undefined {
  const alias = upstream.clientAuthMethod === 'tls_client_auth' ? endpoints.mtlsTokenEndpoint : undefined
  return alias ?? endpoints.tokenEndpoint
}

/** The library sees the answer as the RFC has it, and without the ID token, which we verify ourselves by the upstream's settings. */
function readAnswer(answer: OutboundAnswer): { readonly response: Response; readonly idToken?: string } {
  const { status, json } = normaliseTokenAnswer(answer)
  const headers = { 'content-type': 'application/json' }
  if (json === undefined) return { response: new Response('', { status: isUsual(status) ? status : 502 }) }
  const { id_token, ...others } = json
  const response = new Response(JSON.stringify(others), { status: isUsual(status) ? status : 502, headers })
  return { response, ...(typeof id_token === 'string' ? { idToken: id_token } : {}) }
}

/** Those that a `Response` may have together with a body. */
function isUsual(status: number): boolean {
  return status >= 200 && status <= 599 && status !== 204 && status !== 205 && status !== 304
}

/** In the place of what is only usual, such as `accept`, but never of what says who we are and how the request travels. */
function withHeaders(authenticate: ClientAuth, { tokenHeaders }: Upstream): ClientAuth {
  return async (as, client, body, headers) => {
    await authenticate(as, client, body, headers)
    for (const [name, value] of Object.entries(tokenHeaders)) if (!isReservedHeader(name)) headers.set(name, value)
  }
}

function tokenResponseOf(
  result: TokenEndpointResponse,
  idToken: string | undefined,
  url: string,
  answer: OutboundAnswer,
  { clock }: RelyingPartyRoom,
): TokenResponse {
  const { access_token: accessToken, refresh_token: refreshToken, token_type: tokenType, scope, expires_in } = result
  return {
    accessToken,
    tokenType,
    ...(idToken === undefined ? {} : { idToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(scope === undefined ? {} : { scope }),
    ...(expires_in === undefined ? {} : { expiresAt: addSeconds(clock.now(), Math.min(expires_in, MAX_SECONDS)) }),
    source: withoutTokens(result as JsonObject),
    facts: {
      ...answerFacts(url, answer),
      id_token: idToken !== undefined,
      refresh_token: refreshToken !== undefined,
      ...(scope === undefined ? {} : { scope: said(scope) ?? '' }),
    },
  }
}

/** A hundred years; what is more cannot be written as a date. */
const MAX_SECONDS = 3_155_760_000

const SECRET_PARAMETERS = ['code', 'code_verifier', 'refresh_token']

/** What was sent and opens something: some servers say it again when they complain. */
function secretsIn(
  params: Readonly<Record<string, string>>,
  upstream: Upstream,
  room: RelyingPartyRoom,
): readonly string[] {
  const secret = upstream.clientSecret === undefined ? undefined : clientSecretOf(upstream, room)
  const sent = [...SECRET_PARAMETERS.map(name => params[name]), isRefusal(secret) ? undefined : secret]
  return sent.flatMap(value => (value ? [value, encodeURIComponent(value.toWellFormed())] : []))
}

function saidWithout(text: unknown, secrets: readonly string[]): string | undefined {
  if (typeof text !== 'string') return undefined
  return said(secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text))
}

function refusalOf(error: unknown, url: string, { answer }: UpstreamFetch, secrets: readonly string[]): Refusal {
  if (answer?.kind === 'refused') return noAnswer('token endpoint', url, answer)
  if (answer === undefined) throw error
  const facts = answerFacts(url, answer)
  if (error instanceof ResponseBodyError) {
    const description = saidWithout(error.error_description, secrets)
    return refuse(
      'server_error',
      'the upstream refused the token request',
      'RFC 6749 §5.2 token request at the upstream',
      {
        ...facts,
        upstream_error: saidWithout(error.error, secrets) ?? '',
        ...(description === undefined ? {} : { upstream_error_description: description }),
      },
    )
  }
  return refuse(
    'server_error',
    'the upstream answered the token request with something that is no token response',
    'RFC 6749 §5.1 token response of the upstream',
    facts,
  )
}
