/** The answer to an authorization request: its parameters, and the way they travel to the app. */

import { type Clock, secondsOf } from '../../lib/clock.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import {
  type AuthorizationResponse,
  authorizationResponse,
  type ResponseParams,
} from '../../spec/authorization-response.ts'
import { restoreVerifiedRedirectUri } from '../../spec/redirect-uri.ts'
import { isJwtMode, plainMode, yieldsAccessToken, yieldsCode, yieldsIdToken } from '../../spec/response-types.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Grant } from '../grants/grant.ts'
import { sealCode } from '../handles/token-handles.ts'
import type { IssuedAccessToken } from '../tokens/issue-access-token.ts'
import { type Issue, issueAccessToken, issueIdToken } from '../tokens/issue-tokens.ts'
import type { TokenPorts } from '../tokens/ports.ts'
import { protect } from '../tokens/protect.ts'

/** Where an answer goes; known before the rest of the request was understood. */
export type RespondTo = Pick<AuthorizationRequest, 'redirectUri' | 'state' | 'responseMode'>

export interface Success {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly grant: Grant
  readonly account: Account
  readonly now: Date
}

/** JARM §2.1: at most ten minutes are recommended. */
const RESPONSE_JWT_SECONDS = 600

/** Multiple Response Types §3–§5, OIDC Core §3.2.2.5, §3.3.2.5: what was asked for; a refresh token never comes this way. */
export function successParams(success: Success, ports: TokenPorts): ResponseParams | Promise<ResponseParams> {
  const { request, grant } = success
  const code = yieldsCode(request.responseType) ? sealCode(ports.keys.handles, grant.id) : undefined
  // Only what is signed has to be waited for.
  return request.responseType === 'code' ? [['code', code]] : withTokens(success, code, ports)
}

async function withTokens(
  { client, request, grant, account, now }: Success,
  code: string | undefined,
  ports: TokenPorts,
): Promise<ResponseParams> {
  const { responseType, nonce, state } = request
  const issue: Issue = { client, account, grant, scopes: grant.scopes, generation: 0, nonce, now }
  const accessToken = yieldsAccessToken(responseType) ? await issueAccessToken(issue, ports) : undefined
  const beside = {
    ...(accessToken === undefined ? {} : { accessToken: accessToken.text }),
    ...(code === undefined ? {} : { code }),
    ...(state === undefined ? {} : { state }),
  }
  const idToken = yieldsIdToken(responseType) ? await issueIdToken(issue, beside, ports) : undefined
  return [['code', code], ...accessTokenParams(accessToken), ['id_token', idToken]]
}

function accessTokenParams(accessToken: IssuedAccessToken | undefined): ResponseParams {
  if (accessToken === undefined) return []
  const { text, expiresIn, scopes } = accessToken
  return [
    ['access_token', text],
    ['token_type', 'Bearer'],
    ['expires_in', String(expiresIn)],
    ['scope', scopes.length === 0 ? undefined : scopes.join(' ')],
  ]
}

export function respond(
  params: ResponseParams,
  { redirectUri, state, responseMode }: RespondTo,
  client: Client,
  ports: TokenPorts & { readonly clock: Clock },
): AuthorizationResponse | Promise<AuthorizationResponse> {
  // RFC 9207 §2: every response names its issuer, so that an app with several providers cannot mix them up.
  const whole: ResponseParams = [...params, ['state', state], ['iss', ports.issuer]]
  const send = (sent: ResponseParams): AuthorizationResponse =>
    authorizationResponse(restoreVerifiedRedirectUri(redirectUri), plainMode(responseMode), sent)
  return isJwtMode(responseMode) ? asJwt(whole, client, ports).then(jwt => send([['response', jwt]])) : send(whole)
}

/** JARM §2.1, §2.2: the parameters as claims, signed for the client and encrypted when it asks for that. */
async function asJwt(
  params: ResponseParams,
  client: Client,
  ports: TokenPorts & { readonly clock: Clock },
): Promise<string> {
  const claims = {
    ...Object.fromEntries(params.filter(([, value]) => value !== undefined)),
    aud: client.clientId,
    exp: secondsOf(ports.clock.now()) + RESPONSE_JWT_SECONDS,
  }
  const { authorizationEncryptedResponseAlg: alg, authorizationEncryptedResponseEnc: enc } = client
  const how = {
    // JARM §3: RS256 unless the client registered another one.
    signingAlg: client.authorizationSignedResponseAlg ?? ('RS256' as const),
    ...(alg === undefined ? {} : { encryptionAlg: alg }),
    ...(enc === undefined ? {} : { encryptionEnc: enc }),
  }
  return protect(claims, how, client, ports)
}
