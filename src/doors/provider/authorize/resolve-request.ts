/** Where the parameters of an authorization request come from: the request itself, a request object (RFC 9101), or a push (RFC 9126). */

import type { Client } from '../../../core/clients/client.ts'
import { checkProfileOfRequestObject, inNameOfProfile } from '../../../core/clients/profiles.ts'
import type { PushedRequest, PushedRequestId } from '../../../core/pushed-requests/pushed-request.ts'
import { isPushedRequestUri, openRequestUri } from '../../../core/pushed-requests/request-uri.ts'
import { checkNotRepeated, type Params, parseParams } from '../../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import {
  assembleParams,
  checkRequestObject,
  type OpenedRequestObject,
  requestObjectParams,
} from '../../../spec/request-object.ts'
import type { ProviderPorts, RequestRules } from '../ports.ts'
import { createRequestObjectFetch } from './fetch-request-object.ts'
import { mustSign, openRequestObject, type RequestObjectPorts } from './open-request-object.ts'

export interface ResolvedRequest {
  /** What counts; of the parameters outside only those that may. */
  readonly params: Params
  /** They came in a request object that the client signed. */
  readonly signed: boolean
  /** RFC 9126: used up when the answer is given. */
  readonly pushedRequestId?: PushedRequestId
  /** RFC 9449 §10.1: of the DPoP proof that came with the push. */
  readonly dpopJkt?: string
}

type ResolvePorts = RequestObjectPorts & Pick<ProviderPorts, 'issuer' | 'clientDocuments' | 'repositories'>

const fetchRequestObject = createRequestObjectFetch()

export async function resolveRequest(
  params: Params,
  client: Client,
  ports: ResolvePorts,
  now: Date,
): Promise<ResolvedRequest | Refusal> {
  const requestUri = params.get('request_uri')
  const byPush = requestUri !== undefined && isPushedRequestUri(requestUri)
  const refusal = checkOneSource(params) ?? (byPush ? undefined : checkMayComeUnpushed(client, ports.requestRules))
  if (refusal !== undefined) return refusal
  const resolved = byPush
    ? await pushedRequest(requestUri, client, ports, now)
    : await unpushedRequest(params, client, ports, now)
  return isRefusal(resolved) ? resolved : (checkSigned(resolved, client, ports.requestRules) ?? resolved)
}

/** At the pushed authorization request endpoint: RFC 9126 §3 lets a request object be pushed, and then nothing counts but what is in it. */
export async function resolvePush(
  params: Params,
  client: Client,
  ports: ResolvePorts,
  now: Date,
): Promise<ResolvedRequest | Refusal> {
  const object = params.get('request')
  const resolved: ResolvedRequest | Refusal =
    object === undefined ? { params, signed: false } : await fromRequestObject(object, params, true, client, ports, now)
  return isRefusal(resolved) ? resolved : (checkSigned(resolved, client, ports.requestRules) ?? resolved)
}

/** RFC 9101 §5, OIDC Core §6.1: request and request_uri MUST NOT be used together. */
function checkOneSource(params: Params): Refusal | undefined {
  if (params.get('request') === undefined && params.get('request_uri') === undefined) return undefined
  // Which of two counts must never be a question: neither for these nor for what an object may supersede.
  const repeated = checkNotRepeated(params, ['resource'])
  if (repeated !== undefined) return repeated
  return params.get('request') === undefined || params.get('request_uri') === undefined
    ? undefined
    : refuse('invalid_request', 'request and request_uri were sent together', 'RFC 9101 §5 one of the two')
}

/** RFC 9126 §4, §6: required of all clients, or of this one. */
function checkMayComeUnpushed(client: Client, { requirePushed }: RequestRules): Refusal | undefined {
  return requirePushed || client.requirePushedAuthorizationRequests === true
    ? inNameOfProfile(
        client,
        refuse(
          'invalid_request',
          'this client has to push its authorization requests',
          requirePushed
            ? 'RFC 9126 §4 all authorization requests are pushed (requests.require_pushed)'
            : 'RFC 9126 §4 require_pushed_authorization_requests',
        ),
      )
    : undefined
}

/** RFC 9101 §10.5: nobody takes the signature away by sending the parameters without it. */
function checkSigned({ signed }: ResolvedRequest, client: Client, rules: RequestRules): Refusal | undefined {
  return signed || !mustSign(client, rules)
    ? undefined
    : inNameOfProfile(
        client,
        refuse(
          'invalid_request',
          'this client has to send its authorization requests as signed request objects',
          rules.requireSigned
            ? 'RFC 9101 §10.5 all authorization requests are signed (requests.require_signed)'
            : 'RFC 9101 §10.5 require_signed_request_object',
        ),
      )
}

async function pushedRequest(
  requestUri: string,
  client: Client,
  { keys, repositories }: Pick<ResolvePorts, 'keys' | 'repositories'>,
  now: Date,
): Promise<ResolvedRequest | Refusal> {
  const id = openRequestUri(keys.handles, requestUri)
  const pushed = id === undefined ? undefined : await repositories.pushedRequests.find(id)
  const refusal = checkPushed(pushed, client, now)
  if (pushed === undefined || refusal !== undefined) return refusal ?? unknownRequestUri()
  const params = parseParams(pushed.params)
  if (isRefusal(params)) return params
  const { id: pushedRequestId, signed, dpopJkt } = pushed
  // RFC 9126 §4: what else the browser brought is not the client's word.
  return { params, signed, pushedRequestId, ...(dpopJkt === undefined ? {} : { dpopJkt }) }
}

function checkPushed(pushed: PushedRequest | undefined, client: Client, now: Date): Refusal | undefined {
  if (pushed === undefined) return unknownRequestUri()
  // RFC 9126 §2.2: the request_uri is bound to the client that posted the request.
  if (pushed.clientUid !== client.uid)
    return refuse(
      'invalid_request_uri',
      'request_uri is of another client',
      'RFC 9126 §2.2 request_uri is bound to the client',
    )
  // RFC 9126 §4: an expired request_uri MUST be rejected.
  return pushed.acceptedUntil * 1000 <= now.getTime()
    ? refuse('invalid_request_uri', 'request_uri has expired', 'RFC 9126 §4 request_uri has not expired', {
        seconds_ago: Math.round(now.getTime() / 1000) - pushed.acceptedUntil,
      })
    : undefined
}

function unknownRequestUri(): Refusal {
  return refuse(
    'invalid_request_uri',
    'request_uri is unknown or was used before',
    'RFC 9126 §7.3 request_uri is used once',
  )
}

async function unpushedRequest(
  params: Params,
  client: Client,
  ports: ResolvePorts,
  now: Date,
): Promise<ResolvedRequest | Refusal> {
  const requestUri = params.get('request_uri')
  const isStrict = mustSign(client, ports.requestRules) || HELD_TO_RFC_9101.has(client.profile)
  if (requestUri !== undefined) {
    const fetched = await fetchRequestObject(requestUri, client, ports)
    return isRefusal(fetched) ? fetched : fromRequestObject(fetched, params, isStrict, client, ports, now)
  }
  const object = params.get('request')
  return object === undefined
    ? { params, signed: false }
    : fromRequestObject(object, params, isStrict, client, ports, now)
}

const HELD_TO_RFC_9101: ReadonlySet<Client['profile']> = new Set(['fapi1-advanced', 'fapi2'] as const)

async function fromRequestObject(
  text: string,
  outside: Params,
  isStrict: boolean,
  client: Client,
  ports: ResolvePorts,
  now: Date,
): Promise<ResolvedRequest | Refusal> {
  const opened = await openRequestObject(text, client, ports, now)
  if (isRefusal(opened)) return opened
  // RFC 9101 §6.3: only what is inside counts. OIDC Core §6.1 adds what is outside, and is older than the type of RFC 9101 §10.8.
  const onlyInside = isStrict || isTyped(opened)
  const { issuer } = ports
  const { alg } = opened
  const refusal =
    checkRequestObject(opened, { issuer, clientId: client.clientId, isStrict: onlyInside, now }) ??
    checkProfileOfRequestObject(client, { alg, ...statedIn(opened), issuer, now })
  if (refusal !== undefined) return refusal
  const inside = requestObjectParams(opened.claims)
  if (isRefusal(inside)) return inside
  const params = onlyInside ? inside : assembleParams(inside, outside)
  if (isRefusal(params)) return params
  return { params, signed: alg !== 'none' }
}

function isTyped({ typ }: OpenedRequestObject): boolean {
  return typeof typ === 'string' && /^(?:application\/)?oauth-authz-req\+jwt$/i.test(typ)
}

/** What profiles look at, as far as it is what it should be. */
function statedIn({ claims: { aud, exp, nbf } }: OpenedRequestObject) {
  return {
    ...(typeof aud === 'string' ? { aud } : {}),
    ...(Array.isArray(aud) ? { aud: aud.filter(value => typeof value === 'string') } : {}),
    ...(typeof exp === 'number' ? { exp } : {}),
    ...(typeof nbf === 'number' ? { nbf } : {}),
  }
}
