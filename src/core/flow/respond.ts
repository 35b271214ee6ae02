/** The answer to an authorization request: its parameters, and the way they travel to the app. */

import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import {
  type AuthorizationResponse,
  authorizationResponse,
  type ResponseParams,
} from '../../spec/authorization-response.ts'
import { restoreVerifiedRedirectUri } from '../../spec/redirect-uri.ts'
import type { PlainResponseMode } from '../../spec/response-types.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Grant } from '../grants/grant.ts'
import { sealCode } from '../handles/token-handles.ts'
import type { TokenPorts } from '../tokens/ports.ts'

/** Where an answer goes; known before the rest of the request was understood. */
export type RespondTo = Pick<AuthorizationRequest, 'redirectUri' | 'state' | 'responseMode'>

export interface Success {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly grant: Grant
  readonly account: Account
  readonly now: Date
}

export async function successParams({ grant }: Success, { keys }: TokenPorts): Promise<ResponseParams> {
  return [['code', sealCode(keys.handles, grant.id)]]
}

export async function respond(
  params: ResponseParams,
  { redirectUri, state, responseMode }: RespondTo,
  _client: Client,
  { issuer }: Pick<TokenPorts, 'issuer' | 'keys'>,
): Promise<AuthorizationResponse> {
  // RFC 9207 §2: every response names its issuer, so that an app with several providers cannot mix them up.
  const whole: ResponseParams = [...params, ['state', state], ['iss', issuer]]
  return authorizationResponse(restoreVerifiedRedirectUri(redirectUri), responseMode as PlainResponseMode, whole)
}
