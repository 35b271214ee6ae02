/** Token endpoint (RFC 6749 §3.2): who calls, with which grant; the grant types do the rest. */

import type { Client } from '../../../core/clients/client.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import { jsonReply } from '../../../http/replies.ts'
import { printable } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { corsHeaders, preflight } from '../cors.ts'
import { tokenErrorReply, traceHeader } from '../error-replies.ts'
import { authenticateCaller, parseForm } from '../form-request.ts'
import type { ProviderPorts } from '../ports.ts'
import type { GrantType, TokenOutcome } from './grant-type.ts'
import { GRANT_TYPES } from './grant-types.ts'

export function tokenEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'token',
    path: '/token',
    methods: ['POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'POST')
      const now = ports.clock.now()
      const params = parseForm(request)
      if (isRefusal(params)) return answer({ kind: 'refused', refusal: params }, undefined, request, ports)
      const client = await authenticateCaller(request, params, ports, now)
      if (isRefusal(client)) return answer({ kind: 'refused', refusal: client }, undefined, request, ports)
      const grantType = findGrantType(params.get('grant_type'), client)
      if (isRefusal(grantType)) return answer({ kind: 'refused', refusal: grantType }, client, request, ports)
      const { address, requestId } = request
      const outcome = await grantType.exchange({ params, client, now, address, requestId }, ports)
      return answer(outcome, client, request, ports)
    },
  }
}

export function findGrantType(name: string | undefined, client: Pick<Client, 'grantTypes'>): GrantType | Refusal {
  if (name === undefined)
    return refuse('invalid_request', 'grant_type is missing', 'RFC 6749 §4.1.3 grant_type is required')
  const grantType = GRANT_TYPES.find(candidate => candidate.name === name)
  if (grantType === undefined) {
    return refuse('unsupported_grant_type', 'grant_type is not supported', 'RFC 6749 §5.2 grant_type is supported', {
      grant_type: printable(name),
    })
  }
  if (!client.grantTypes.includes(name)) {
    return refuse(
      'unauthorized_client',
      'grant_type is not allowed for this client',
      'RFC 6749 §5.2 grant_types of the client',
      {
        grant_type: name,
        allowed: client.grantTypes,
      },
    )
  }
  return grantType
}

function answer(outcome: TokenOutcome, client: Client | undefined, request: HttpRequest, ports: ProviderPorts): Reply {
  const cors = corsHeaders(request, client)
  if (outcome.kind === 'issued') return jsonReply(200, outcome.response, cors)
  const traceCode = ports.journal.recordRefusal('token.refused', outcome.refusal, {
    ...(outcome.accountId === undefined ? {} : { accountId: outcome.accountId }),
    ...(client === undefined ? {} : { clientUid: client.uid }),
    ...(outcome.traceCode === undefined ? {} : { traceCode: outcome.traceCode }),
    address: request.address,
    requestId: request.requestId,
  })
  return tokenErrorReply(outcome.refusal, request, { ...cors, ...traceHeader(traceCode) })
}
