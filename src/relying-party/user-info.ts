/** User info of an upstream (OIDC Core §5.3), and the further documents that some keep elsewhere. */

import { allowInsecureRequests, customFetch, protectedResourceRequest } from 'oauth4webapi'
import type { JsonObject } from '../core/clients/client.ts'
import type { OutboundAnswer, OutboundRefusal, OutboundRequest } from '../lib/guarded-fetch.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { answerFacts, noAnswer } from './answer-facts.ts'
import { withQuery } from './authorization-request.ts'
import { checkAudience, checkIssuer, checkTimes } from './check-claims.ts'
import { certificateOf } from './client-authentication.ts'
import { jsonObject, jsonValue } from './normalise-answer.ts'
import type { RelyingPartyRoom } from './room.ts'
import { otherAlgorithms } from './signing-algorithms.ts'
import { createUpstreamFetch } from './upstream-fetch.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { openJwt } from './verify-jwt.ts'

export interface UserInfo {
  readonly claims: JsonObject
  readonly facts: Facts
}

/** Nothing where there is nothing to ask. `subject`: who the ID token is about, where there is one. */
export async function fetchUserInfo(
  ready: ReadyUpstream,
  accessToken: string,
  subject: unknown,
  room: RelyingPartyRoom,
): Promise<UserInfo | Refusal | undefined> {
  const { upstream } = ready
  const url = userinfoEndpointOf(ready)
  const documents = Object.entries(upstream.userinfoDocuments)
  if (upstream.disableUserinfo || (url === undefined && documents.length === 0)) return undefined
  const main = url === undefined ? undefined : await fetchMain(ready, url, accessToken, room)
  if (isRefusal(main)) return main
  if (main !== undefined && upstream.kind === 'oidc') {
    const refusal = checkSameSubject(main.claims, subject)
    if (refusal !== undefined) return refusal
  }
  const further: [name: string, value: unknown][] = []
  for (const [name, place] of documents) {
    const document = await fetchDocument(ready, place, accessToken, room)
    if (isRefusal(document)) return document
    further.push([name, document.value])
  }
  return {
    // A document never takes the place of what the user info says itself.
    claims: Object.fromEntries([...further, ...Object.entries(main?.claims ?? {})]),
    facts: { ...main?.facts, ...(documents.length > 0 ? { documents: documents.map(([name]) => name) } : {}) },
  }
}

function userinfoEndpointOf({ upstream, endpoints }: ReadyUpstream): string | undefined {
  const alias = upstream.clientAuthMethod === 'tls_client_auth' ? endpoints.mtlsUserinfoEndpoint : undefined
  return alias ?? endpoints.userinfoEndpoint
}

/** OIDC Core §5.3.2: otherwise another person's claims would be taken for this one's. */
function checkSameSubject({ sub }: JsonObject, subject: unknown): Refusal | undefined {
  if (typeof sub === 'string' && sub === subject) return undefined
  return refuse('server_error', 'the user info is about somebody else', 'OIDC Core §5.3.2 sub of the upstream', {
    sub: sub === undefined ? 'missing' : 'another',
  })
}

async function fetchMain(
  ready: ReadyUpstream,
  url: string,
  accessToken: string,
  room: RelyingPartyRoom,
): Promise<UserInfo | Refusal> {
  const { userinfoMethod: method, userinfoParameters } = ready.upstream
  const params = Object.entries(userinfoParameters)
  const isPost = method === 'POST'
  const request = isPost
    ? { url, method, body: new URLSearchParams(params) }
    : { url: withQuery(url, params), method, body: null }
  const answer = await ask(ready, request, accessToken, room)
  if (isRefusal(answer)) return answer
  const what = 'user info endpoint'
  if (answer.kind === 'refused') return noAnswer(what, url, answer)
  const facts = answerFacts(url, answer)
  const claims = await readClaims(ready, answer, room)
  if (isRefusal(claims)) return claims
  return claims === undefined ? unusable(what, facts) : { claims, facts }
}

async function fetchDocument(
  ready: ReadyUpstream,
  url: string,
  accessToken: string,
  room: RelyingPartyRoom,
): Promise<{ readonly value: unknown } | Refusal> {
  const what = 'further document'
  const answer = await ask(ready, { url, method: 'GET', body: null }, accessToken, room)
  if (isRefusal(answer)) return answer
  if (answer.kind === 'refused') return noAnswer(what, url, answer)
  const value = answer.status === 200 ? jsonValue(answer.body.toString('utf8')) : undefined
  if (value !== undefined) return { value }
  return unusable(what, answerFacts(url, answer))
}

interface Question {
  readonly url: string
  readonly method: string
  readonly body: URLSearchParams | null
}

/** OIDC Core §5.3.1, RFC 6750 §2.1: the token in the header, never in the query. */
async function ask(
  ready: ReadyUpstream,
  { url, method, body }: Question,
  accessToken: string,
  room: RelyingPartyRoom,
): Promise<OutboundAnswer | OutboundRefusal | Refusal> {
  const certificate: OutboundRequest['clientCertificate'] | Refusal = certificateOf(ready.upstream, room)
  if (isRefusal(certificate)) return certificate
  const headers = new Headers({ accept: 'application/json, application/jwt' })
  for (const [name, value] of Object.entries(ready.upstream.userinfoHeaders)) headers.set(name, value)
  headers.delete('authorization')
  if (body !== null) headers.set('content-type', 'application/x-www-form-urlencoded')
  // The library needs no more of the answer than that there is one.
  const way = createUpstreamFetch(room.fetch, () => new Response(null), certificate)
  const target = URL.parse(url)
  if (target === null)
    return refuse('server_error', 'an address of the upstream is no URL', 'OIDC Discovery §3 endpoints of the upstream')
  try {
    await protectedResourceRequest(accessToken, method, target, headers, body, {
      [customFetch]: way.send,
      [allowInsecureRequests]: true,
    })
  } catch (error) {
    if (way.answer === undefined) throw error
  }
  return way.answer ?? { kind: 'refused', reason: 'unreachable', detail: 'nothing was sent' }
}

/** Nothing when it cannot be used. */
async function readClaims(
  ready: ReadyUpstream,
  { status, headers, body }: OutboundAnswer,
  room: RelyingPartyRoom,
): Promise<JsonObject | Refusal | undefined> {
  if (status !== 200) return undefined
  const text = body.toString('utf8').trim()
  const isJwt = /^application\/jwt\b/i.test(headers['content-type'] ?? '') || /^[\w-]+(\.[\w-]*){2,4}$/.test(text)
  return isJwt ? verifyUserInfo(ready, text, room) : jsonObject(text)
}

/** OIDC Core §5.3.2: signed, or encrypted, or both. */
async function verifyUserInfo(
  ready: ReadyUpstream,
  jwt: string,
  room: RelyingPartyRoom,
): Promise<JsonObject | Refusal> {
  const { upstream, endpoints } = ready
  const what = 'user info'
  // Encrypted alone it is as good as the plain JSON that the same endpoint may send.
  if (jwt.split('.', 6).length === 5) {
    const plain = await room.keys.decrypt(jwt)
    const claims = plain === undefined ? undefined : jsonObject(plain.plaintext.toString('utf8'))
    if (claims !== undefined) return claims
  }
  const opened = await openJwt(ready, jwt, { what, algs: otherAlgorithms(upstream) }, room)
  if (isRefusal(opened)) return opened
  const { claims, unchecked } = opened
  if (unchecked) return claims
  const expected = { what, issuer: endpoints.issuer, upstream, now: room.clock.now() }
  return (
    (claims.iss === undefined ? undefined : checkIssuer(claims, expected)) ??
    (claims.aud === undefined ? undefined : checkAudience(claims, expected)) ??
    checkTimes(claims, expected, []) ??
    claims
  )
}

function unusable(what: string, facts: Facts): Refusal {
  return refuse(
    'server_error',
    `the ${what} of the upstream did not answer with claims`,
    'OIDC Core §5.3.2 user info of the upstream',
    { what, ...facts },
  )
}
