/** An authorization request held to all its rules, wherever its parameters came from. */

import type { Client } from '../../../core/clients/client.ts'
import {
  type AuthorizationFacts,
  checkProfileAtAuthorization,
  inNameOfProfile,
} from '../../../core/clients/profiles.ts'
import { openKeptHint, sealKeptHint, withKeptHint } from '../../../core/flow/kept-hint.ts'
import { verifyIdTokenHint } from '../../../core/keys/verify-id-token-hint.ts'
import { findResources } from '../../../core/tokens/resource-servers.ts'
import { checkAgree } from '../../../core/tokens/token-target.ts'
import { parseAuthorizationParameters } from '../../../spec/authorization-parameters.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import type { Params } from '../../../spec/params.ts'
import { type VerifiedRedirectUri, verifyRedirectUri } from '../../../spec/redirect-uri.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { yieldsAccessToken } from '../../../spec/response-types.ts'
import type { ProviderPorts } from '../ports.ts'
import type { ResolvedRequest } from './resolve-request.ts'

/** RFC 6749 §4.1.2.1: without a valid redirect URI the person is told, and never redirected. */
export function verifiedRedirectUri(params: Params, client: Client): VerifiedRedirectUri | Refusal {
  if (params.repeated.includes('redirect_uri')) {
    return refuse(
      'invalid_request',
      'redirect_uri was sent more than once',
      'RFC 6749 §3.1 parameters are not repeated',
    )
  }
  return verifyRedirectUri(client.redirectUris, params.get('redirect_uri'), client.type === 'public')
}

/** The rules of a request and of its client, its profile and its resources; the same for requests that are pushed (RFC 9126 §2.1). */
export async function parseAuthorization(
  { params, signed, pushedRequestId, dpopJkt }: ResolvedRequest,
  redirectUri: VerifiedRedirectUri,
  client: Client,
  query: string,
  ports: ProviderPorts,
): Promise<AuthorizationRequest | Refusal> {
  const { authorizationDetailsTypes } = ports
  // Only single claims are held against them (OIDC Core §5.5).
  const customClaims = params.get('claims') === undefined ? [] : await ports.customClaims()
  const house = { authorizationDetailsTypes, customClaims }
  const parsed = parseAuthorizationParameters(params, redirectUri, client, house, query)
  if (isRefusal(parsed)) return inNameOfProfile(client, parsed)
  const refusal = firstRefusal(
    checkProfileAtAuthorization(client, profileFacts(parsed, signed, pushedRequestId !== undefined)),
    checkBinding(parsed, client),
    checkResources(parsed, client, ports),
  )
  if (refusal !== undefined) return refusal
  const authorization = {
    ...parsed,
    ...(pushedRequestId === undefined ? {} : { pushedRequestId }),
    // RFC 9449 §10.1: the key of the proof that came with the push counts as if dpop_jkt had named it.
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
  }
  return withHintedSubject(authorization, params.get('id_token_hint'), client, ports)
}

async function withHintedSubject(
  authorization: AuthorizationRequest,
  hint: string | undefined,
  client: Client,
  ports: ProviderPorts,
): Promise<AuthorizationRequest | Refusal> {
  if (hint === undefined) return authorization
  const { handles } = ports.keys
  const kept = openKeptHint(handles, client.uid, hint)
  if (kept !== undefined) return { ...authorization, hintedSubject: kept }
  const verified = await verifyIdTokenHint(hint, ports)
  if (isRefusal(verified)) return verified
  const { subject } = verified
  const query = withKeptHint(authorization.query, sealKeptHint(handles, client.uid, subject))
  return { ...authorization, hintedSubject: subject, query }
}

function profileFacts(request: AuthorizationRequest, signed: boolean, pushed: boolean): AuthorizationFacts {
  const { responseType, responseMode, codeChallengeMethod, scopes, redirectUri, nonce, state } = request
  return {
    pushed,
    signed,
    responseType,
    responseMode,
    ...(codeChallengeMethod === undefined ? {} : { codeChallengeMethod }),
    scopes,
    redirectUri,
    hasNonce: nonce !== undefined,
    hasState: state !== undefined,
  }
}

/** RFC 9449 §5.2, RFC 8705 §3.4: such a client never gets a bearer token, and in the redirect there is nothing to bind a token to. */
function checkBinding({ responseType }: AuthorizationRequest, client: Client): Refusal | undefined {
  const isBound = client.dpopBoundAccessTokens === true || client.tlsClientCertificateBoundAccessTokens === true
  if (!isBound || !yieldsAccessToken(responseType)) return undefined
  return refuse(
    'unauthorized_client',
    'this client gets its access tokens at the token endpoint only, where they are bound',
    'RFC 9449 §5.2 no unbound access token',
    { response_type: responseType },
  )
}

function checkResources(
  { resources, responseType }: AuthorizationRequest,
  client: Client,
  ports: ProviderPorts,
): Refusal | undefined {
  if (resources === undefined) return undefined
  const found = findResources(resources, client, ports.resources)
  if (isRefusal(found)) return found
  if (yieldsAccessToken(responseType) && found.some(({ isAdministration }) => isAdministration === true)) {
    return refuse(
      'invalid_target',
      'access tokens for the admin API come from the token endpoint only',
      'RFC 9700 §2.1.2 no access token for the admin API in a redirect',
      { response_type: responseType },
    )
  }
  // From the token endpoint each API can have a token of its own; in the redirect there is one for all.
  return yieldsAccessToken(responseType) ? checkAgree(found, ports.resources) : undefined
}
