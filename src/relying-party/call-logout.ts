/** Signing out at an upstream by one call from us to it: its own sign-out URL, or its end session endpoint (RP-Initiated Logout §2). */

import { ClientSecretBasic } from 'oauth4webapi'
import type { LogoutCall } from '../core/upstreams/relying-party.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { encodeParams } from '../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { answerFacts, noAnswer } from './answer-facts.ts'
import { withQuery } from './authorization-request.ts'
import { basic, certificateOf } from './client-authentication.ts'
import { clientSecretOf } from './client-secret.ts'
import { hints, withFurther } from './logout-request.ts'
import type { RelyingPartyRoom } from './room.ts'

const RULE = 'RP-Initiated Logout §2 sign-out at the upstream'
const WHAT = 'sign-out endpoint'

export async function callLogout(
  asked: Upstream,
  call: LogoutCall,
  room: RelyingPartyRoom,
): Promise<Refusal | undefined> {
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) return ready
  const { upstream, endpoints } = ready
  const url = upstream.logoutUri ?? endpoints.endSessionEndpoint
  if (url === undefined) return refuse('server_error', 'it is not known where to sign out at the upstream', RULE)
  const authorization = await authorizationOf(upstream, call, room)
  if (isRefusal(authorization)) return authorization
  const token = tokenFor(upstream, call)
  if (isRefusal(token)) return token
  const certificate = certificateOf(upstream, room)
  if (isRefusal(certificate)) return certificate
  const { target, body, type } = requestOf(upstream, url, call, token)
  const answer = await room.fetch({
    url: target,
    method: 'POST',
    headers: {
      accept: 'application/json, text/html',
      'content-type': type,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body,
    ...(certificate === undefined ? {} : { clientCertificate: certificate }),
  })
  if (answer.kind === 'refused') return noAnswer(WHAT, url, answer)
  // RFC 9110 §15.4: a redirect says where it would go on, for a browser. Redirects are not followed, so nothing has been signed out for sure.
  if (answer.status >= 200 && answer.status < 300) return undefined
  return refuse('server_error', 'the upstream did not take the sign-out', RULE, answerFacts(url, answer))
}

function requestOf(
  upstream: Upstream,
  url: string,
  { idToken, further }: LogoutCall,
  token: readonly (readonly [string, string])[],
): { readonly target: string; readonly body: string; readonly type: string } {
  const ours = new Map([...hints(upstream, idToken), ...token])
  const all = withFurther(ours, upstream, further)
  // RP-Initiated Logout §2: with POST all parameters stand in the body. A URL of the upstream's own gets in its query what is no secret.
  const isOwn = upstream.logoutUri !== undefined
  const inBody = isOwn ? [...ours] : all
  const inQuery = isOwn ? all.filter(([name]) => !ours.has(name)) : []
  const isJson = upstream.logoutTokenMethod === 'json'
  return {
    target: withQuery(url, inQuery),
    body: isJson ? JSON.stringify(Object.fromEntries(inBody)) : encodeParams(inBody),
    type: isJson ? 'application/json' : 'application/x-www-form-urlencoded',
  }
}

async function authorizationOf(
  upstream: Upstream,
  { accessToken }: LogoutCall,
  room: RelyingPartyRoom,
): Promise<string | undefined | Refusal> {
  switch (upstream.logoutAuthorization) {
    case 'none':
      return undefined
    case 'bearer':
      return accessToken === undefined ? noToken('access_token') : `Bearer ${accessToken}`
    case 'basic': {
      const secret = clientSecretOf(upstream, room)
      if (isRefusal(secret)) return secret
      if (upstream.clientAuthMethod === 'client_secret_basic_unencoded') return basic(upstream.clientId, secret)
      const headers = new Headers()
      await ClientSecretBasic(secret)({ issuer: '' }, { client_id: upstream.clientId }, new URLSearchParams(), headers)
      return headers.get('authorization') ?? undefined
    }
  }
}

/** The access token, unless the parameter's name says that another one is wanted. */
function tokenFor(
  { logoutTokenMethod, logoutTokenParameter: name, logoutUri, logoutAuthorization }: Upstream,
  { accessToken, refreshToken, idToken }: LogoutCall,
): readonly (readonly [string, string])[] | Refusal {
  if (logoutTokenMethod === 'none') return []
  const value = name.includes('refresh') ? refreshToken : name.includes('id_token') ? idToken : accessToken
  if (value !== undefined) return [[name, value]]
  // An end session endpoint is told by the hint whose session it is.
  return logoutUri === undefined || logoutAuthorization === 'bearer' ? [] : noToken(name)
}

function noToken(name: string): Refusal {
  return refuse('server_error', 'there is no token of the upstream to sign out with', RULE, { missing: name })
}
