/** The whole way from an authorization response to verified claims (OIDC Core §3.1.2.5 to §5.3.4). */

import { type Attempt, attemptSecrets, type UpstreamAnswer } from '../core/upstreams/attempt.ts'
import type { Received, TraceLine } from '../core/upstreams/relying-party.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import type { Params } from '../spec/params.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { verifyAccessToken } from './access-token.ts'
import { readAuthorizationResponse, responseSource } from './authorization-response.ts'
import { needsAuthTime } from './check-claims.ts'
import { verifyIdToken } from './id-token.ts'
import { checkSignInEndpoints } from './needed-endpoints.ts'
import type { RelyingPartyRoom } from './room.ts'
import { requestTokens, type TokenResponse } from './token-request.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { fetchUserInfo } from './user-info.ts'

export async function receive(
  asked: Upstream,
  attempt: Attempt,
  response: Params,
  room: RelyingPartyRoom,
): Promise<Received> {
  const way = beginWay(response, room.clock.now())
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) return way.refused('discovery', ready)
  const { upstream } = ready
  const code =
    checkSignInEndpoints(ready, room.issuer) ?? readAuthorizationResponse(ready, attempt, response, room.keys.handles)
  if (isRefusal(code)) return way.refused('authorization-response', code)

  const tokens = await redeem(ready, attempt, code, room)
  if (isRefusal(tokens)) return way.refused('token-request', tokens)
  way.passed('token-request', 'RFC 6749 §4.1.3', tokens.facts, tokensOf(tokens, upstream))

  // OIDC Core §3.1.3.7 before §5.3: nothing is asked on behalf of somebody who is not proven to be there.
  const idToken =
    upstream.kind === 'oidc' ? await verifyIdToken(ready, attempt, tokens, room) : checkNoFreshProof(upstream, attempt)
  if (isRefusal(idToken)) return way.refused('id-token', idToken)
  if (idToken !== undefined)
    way.passed('id-token', 'OIDC Core §3.1.3.7', idToken.facts, { sources: { id_token: idToken.claims } })

  if (upstream.accessTokenIsJwt) {
    const claims = await verifyAccessToken(ready, tokens.accessToken, room)
    if (isRefusal(claims)) return way.refused('access-token', claims)
    way.passed('access-token', 'RFC 9068 §4', {}, { sources: { access_token: claims } })
  }

  const userinfo = await fetchUserInfo(ready, tokens.accessToken, idToken?.claims.sub, room)
  if (isRefusal(userinfo)) return way.refused('userinfo', userinfo)
  if (userinfo !== undefined)
    way.passed('userinfo', 'OIDC Core §5.3.2', userinfo.facts, { sources: { userinfo: userinfo.claims } })
  return way.done()
}

function redeem(
  ready: ReadyUpstream,
  attempt: Attempt,
  code: string,
  room: RelyingPartyRoom,
): Promise<TokenResponse | Refusal> {
  const { codeVerifier } = attemptSecrets(room.keys.handles, attempt.id)
  return requestTokens(
    ready,
    'authorization_code',
    {
      code,
      redirect_uri: attempt.terms.redirectUri,
      ...(ready.upstream.pkceMethod === 'off' ? {} : { code_verifier: codeVerifier }),
    },
    room,
  )
}

/** Without an ID token nobody says when the person proved who they are. */
function checkNoFreshProof(upstream: Upstream, attempt: Attempt): Refusal | undefined {
  const { maxAgeSeconds } = attempt.terms
  if (maxAgeSeconds === undefined || !needsAuthTime(upstream, attempt)) return undefined
  return refuse(
    'server_error',
    'the upstream cannot say when the person signed in there',
    'OIDC Core §3.1.3.7 auth_time of the upstream',
    { auth_time: 'missing', max_age: maxAgeSeconds },
  )
}

function tokensOf(tokens: TokenResponse, { kind }: Upstream): Partial<UpstreamAnswer> {
  const { accessToken, idToken, refreshToken, expiresAt, source } = tokens
  return {
    accessToken,
    // What nobody verifies is handed on to nobody.
    ...(idToken === undefined || kind !== 'oidc' ? {} : { idToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(expiresAt === undefined ? {} : { accessTokenExpiresAt: expiresAt.toISOString() }),
    sources: { token_response: source },
  }
}

interface Way {
  passed(step: string, rule: string, facts: Facts, found: Partial<UpstreamAnswer>): void
  refused(step: string, refusal: Refusal): Received
  done(): Received
}

/** Collects what came on the way, so that it is there beside a refusal, too. */
function beginWay(response: Params, now: Date): Way {
  const lines: TraceLine[] = []
  let answer: UpstreamAnswer = {
    sources: { authorization_response: responseSource(response) },
    receivedAt: now.toISOString(),
  }
  return {
    passed(step, rule, facts, found) {
      lines.push({ step, outcome: 'passed', rule, facts })
      answer = { ...answer, ...found, sources: { ...answer.sources, ...found.sources } }
    },
    refused(step, refusal) {
      const { rule, facts } = refusal
      return { lines: [...lines, { step, outcome: 'refused', rule, facts }], answer, refusal }
    },
    done: () => ({ lines, answer }),
  }
}
