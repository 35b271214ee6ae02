/** A form that an app posts to one of our endpoints, and the client that sent it (RFC 6749 §3.2): the beginning that all of them share. */

import type { Client } from '../../core/clients/client.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { parseClientCredentials } from '../../spec/client-credentials.ts'
import { checkNotRepeated, type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { ProviderPorts } from './ports.ts'

export function parseForm(request: HttpRequest): Params | Refusal {
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
  return isRefusal(params) ? params : (checkNotRepeated(params) ?? params)
}

export async function authenticateCaller(
  request: HttpRequest,
  params: Params,
  ports: Pick<ProviderPorts, 'clientAuthentication'>,
  now: Date,
): Promise<Client | Refusal> {
  const presented = parseClientCredentials(request.authorization, params)
  return isRefusal(presented)
    ? presented
    : ports.clientAuthentication.authenticate(presented, { now, address: request.address })
}
