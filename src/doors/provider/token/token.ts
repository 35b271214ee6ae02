/** Token endpoint (RFC 6749 §3.2): who calls, with which grant; the grant types do the rest. */

import type { Authenticated } from '../../../core/clients/authenticate-client.ts'
import type { Client } from '../../../core/clients/client.ts'
import { checkProfileAtToken } from '../../../core/clients/profiles.ts'
import { useUp } from '../../../core/single-use/single-use.ts'
import { CannotProtect } from '../../../core/tokens/protect.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import { showPossession } from '../../../http/proof-of-possession.ts'
import { type Headers, jsonReply } from '../../../http/replies.ts'
import { type Params, printable } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { RetryRefusal } from '../../../spec/retry-refusal.ts'
import { corsHeaders, preflight } from '../cors.ts'
import { tokenErrorReply, traceHeader } from '../error-replies.ts'
import { authenticate, parseForm, profileFacts } from '../form-request.ts'
import type { ProviderPorts } from '../ports.ts'
import type { GrantType, TokenOutcome, TokenRequest } from './grant-type.ts'
import { GRANT_TYPES } from './grant-types.ts'

/** RFC 8707 §2, RFC 8693 §2.1. */
const MAY_REPEAT = ['resource', 'audience'] as const

export function tokenEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'token',
    path: '/token',
    methods: ['POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'POST')
      const now = ports.clock.now()
      const params = parseForm(request, MAY_REPEAT)
      if (isRefusal(params)) return answer({ kind: 'refused', refusal: params }, undefined, request, ports)
      const authenticated = await authenticate(request, params, ports, now)
      if (isRefusal(authenticated))
        return answer({ kind: 'refused', refusal: authenticated }, undefined, request, ports)
      const outcome = await exchange(authenticated, params, request, now, ports)
      return answer(outcome, authenticated.client, request, ports)
    },
  }
}

async function exchange(
  authenticated: Authenticated,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  const { commit } = ports.repositories
  const call = prepare(authenticated, params, request, now, ports)
  // An answer that asks for a nonce leaves the credentials for the request that comes again with it.
  if (call instanceof RetryRefusal) return { kind: 'refused', refusal: call }
  if (isRefusal(call)) return { kind: 'refused', refusal: (await useUp(authenticated.uses, commit)) ?? call }
  const { grantType, tokenRequest } = call
  const { uses } = tokenRequest
  if (grantType.usesUp !== true) {
    const usedBefore = await useUp(uses, commit)
    if (usedBefore !== undefined) return { kind: 'refused', refusal: usedBefore }
    return issueOrRefuse(grantType, { ...tokenRequest, uses: [] }, ports)
  }
  const outcome = await issueOrRefuse(grantType, tokenRequest, ports)
  if (outcome.kind === 'issued' || (outcome.kind === 'refused' && outcome.isUsedUp === true)) return outcome
  // Nothing was issued, so nothing used the credentials up; they count once all the same.
  const usedBefore = await useUp(uses, commit)
  return usedBefore === undefined ? outcome : { kind: 'refused', refusal: usedBefore }
}

/** Which grant type it is, and what the request proves to hold. */
function prepare(
  authenticated: Authenticated,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): { readonly grantType: GrantType; readonly tokenRequest: TokenRequest } | Refusal {
  const { client, instanceKey } = authenticated
  const grantType = findGrantType(params.get('grant_type'), client)
  if (isRefusal(grantType)) return grantType
  const possession = showPossession(request, client, ports, now)
  if (isRefusal(possession)) return possession
  const { cnf, dpopJkt } = possession
  const bound = cnf === undefined ? {} : { cnf }
  const facts = { ...profileFacts(authenticated, ports.issuer), givesTokens: true, ...bound }
  const unbound = checkProfileAtToken(client, facts)
  if (unbound !== undefined) return unbound
  const tokenRequest: TokenRequest = {
    params,
    client,
    now,
    address: request.address,
    requestId: request.requestId,
    ...bound,
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
    ...(instanceKey === undefined ? {} : { instanceKey }),
    uses: [...authenticated.uses, ...possession.uses],
  }
  return { grantType, tokenRequest }
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
  const cors = { ...corsHeaders(request, client), ...nonceHeader(request, ports) }
  if (outcome.kind === 'waiting') return tokenErrorReply(outcome.refusal, request, cors)
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

/** A client whose keys do not give the protection that it registered for hears of it, and gets nothing less protected. */
async function issueOrRefuse(grantType: GrantType, request: TokenRequest, ports: ProviderPorts): Promise<TokenOutcome> {
  try {
    return await grantType.exchange(request, ports)
  } catch (error) {
    if (!(error instanceof CannotProtect)) throw error
    const { rule, facts } = error.refusal
    const refusal = refuse('invalid_request', 'the keys of the client do not fit what it registered for', rule, facts)
    // It came up beside the commit, which has used up what came along.
    return { kind: 'refused', refusal, isUsedUp: true }
  }
}

/** RFC 9449 §8.2: whoever proves with DPoP always has the nonce for the next request. */
export function nonceHeader(request: HttpRequest, ports: ProviderPorts): Headers {
  return request.header('dpop') === undefined ? {} : ports.dpop.nonceHeader(ports.clock.now(), 'token')
}
