/** A form that an app posts to one of our endpoints, and the client that sent it (RFC 6749 §3.2): the beginning that all of them share. */

import type { Authenticated } from '../../core/clients/authenticate-client.ts'
import type { Client } from '../../core/clients/client.ts'
import { checkProfileAtToken, type TokenFacts } from '../../core/clients/profiles.ts'
import { useUp } from '../../core/single-use/single-use.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { parseClientCredentials } from '../../spec/client-credentials.ts'
import { checkNotRepeated, type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { ProviderPorts } from './ports.ts'

/** `mayRepeat`: parameters that an RFC lets come more than once (RFC 8707 §2 `resource`). */
export function parseForm(request: HttpRequest, mayRepeat: readonly string[] = []): Params | Refusal {
  if (request.contentType !== 'application/x-www-form-urlencoded') {
    return refuse(
      'invalid_request',
      'the body must be application/x-www-form-urlencoded',
      'RFC 6749 §3.2 request body',
      {
        content_type: request.contentType.slice(0, 60),
      },
    )
  }
  const params = parseParams(request.body)
  return isRefusal(params) ? params : (checkNotRepeated(params, mayRepeat) ?? params)
}

export type AuthenticationPorts = Pick<ProviderPorts, 'clientAuthentication' | 'issuer' | 'repositories'>

/** The client that calls. Whatever of its credentials counts once is used up. */
export async function authenticateCaller(
  request: HttpRequest,
  params: Params,
  ports: AuthenticationPorts,
  now: Date,
): Promise<Client | Refusal> {
  const authenticated = await authenticate(request, params, ports, now)
  if (isRefusal(authenticated)) return authenticated
  return (await useUp(authenticated.uses, ports.repositories.commit)) ?? authenticated.client
}

/** The same for an endpoint that uses up the credentials in the unit of its own writes. */
export async function authenticate(
  request: HttpRequest,
  params: Params,
  { clientAuthentication, issuer }: Pick<AuthenticationPorts, 'clientAuthentication' | 'issuer'>,
  now: Date,
): Promise<Authenticated | Refusal> {
  const presented = parseClientCredentials(request.authorization, params, {
    attestation: request.header('oauth-client-attestation'),
    proof: request.header('oauth-client-attestation-pop'),
  })
  if (isRefusal(presented)) return presented
  const { address, path, clientCertificate: der, isClientCertificateVerified: isVerified = false } = request
  const certificate = der === undefined ? undefined : { der, isVerified }
  const endpoint = `${issuer}${path}`
  const authenticated = await clientAuthentication.authenticate(presented, { now, address, endpoint, certificate })
  if (isRefusal(authenticated)) return authenticated
  return checkProfileAtToken(authenticated.client, profileFacts(authenticated, issuer)) ?? authenticated
}

/** What the profile of a client looks at of its authentication; no tokens are given yet. */
export function profileFacts({ method, assertion }: Authenticated, issuer: string): TokenFacts {
  return {
    authMethod: method,
    ...(assertion === undefined ? {} : { assertionAlg: assertion.alg, assertionAudience: assertion.audience }),
    issuer,
    givesTokens: false,
  }
}
