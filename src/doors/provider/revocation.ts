/** Token revocation endpoint (RFC 7009): an app tells us it no longer needs a token. */

import type { Client, ClientUid } from '../../core/clients/client.ts'
import type { Grant, GrantId } from '../../core/grants/grant.ts'
import {
  type AccessTokenPorts,
  accessTokenHash,
  openEncryptedTokenId,
  openPresentedToken,
} from '../../core/grants/resolve-access-token.ts'
import { type AccessToken, openRefreshToken } from '../../core/handles/token-handles.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { emptyReply } from '../../http/replies.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { corsHeaders, preflight } from './cors.ts'
import { tokenErrorReply, traceHeader } from './error-replies.ts'
import { authenticateCaller, parseForm } from './form-request.ts'
import type { ProviderPorts } from './ports.ts'

export function revocationEndpoint(ports: ProviderPorts): Endpoint {
  const { grants } = ports.repositories
  return {
    name: 'revocation',
    path: '/revoke',
    methods: ['POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'POST')
      const now = ports.clock.now()
      const params = parseForm(request)
      if (isRefusal(params)) return refusedReply(params, undefined, request, ports)
      const client = await authenticateCaller(request, params, ports, now)
      if (isRefusal(client)) return refusedReply(client, undefined, request, ports)
      // RFC 7009 §2.1: token_type_hint is advisory; a handle says itself what it is, so it is never read.
      const text = params.get('token')
      if (text === undefined)
        return refusedReply(
          refuse('invalid_request', 'token is missing', 'RFC 7009 §2.1 token is required'),
          client,
          request,
          ports,
        )
      const token = await openToken(ports, text)
      const grantId = token === undefined || token.kind === 'client-access' ? undefined : token.grantId
      const grant = grantId === undefined ? undefined : (await grants.find(grantId))?.grant
      const decision = decide(client, token, grant)
      if (isRefusal(decision)) return refusedReply(decision, client, request, ports)
      await ports.journal.commit(writesOf(decision, client, grant, request, now, ports))
      return emptyReply(200, corsHeaders(request, client))
    },
  }
}

type PresentedToken =
  | (AccessToken & { readonly handle: string })
  | { readonly kind: 'refresh'; readonly grantId: GrantId }

async function openToken(
  ports: Pick<AccessTokenPorts, 'issuer' | 'keys'>,
  text: string,
): Promise<PresentedToken | undefined> {
  const refresh = openRefreshToken(ports.keys.handles, text)
  if (refresh !== undefined) return { kind: 'refresh', grantId: refresh.grantId }
  const access = (await openPresentedToken(ports, text)) ?? openEncryptedTokenId(ports, text)
  return access === undefined ? undefined : { ...access.token, handle: access.handle }
}

export type RevocationDecision =
  | { readonly kind: 'nothing-to-revoke' }
  | { readonly kind: 'revoke-token'; readonly handle: string; readonly expiresAt: Date }
  | { readonly kind: 'revoke-grant'; readonly id: GrantId }

export function decide(
  client: Client,
  token: PresentedToken | undefined,
  grant: Grant | undefined,
): RevocationDecision | Refusal {
  // RFC 7009 §2.2: an unknown token is no error; what the client wanted is already so.
  if (token === undefined || (token.kind !== 'client-access' && grant === undefined))
    return { kind: 'nothing-to-revoke' }
  // RFC 7009 §2.1: a token issued to another client is refused, and left alive.
  const owner = issuedTo(token, grant)
  if (owner !== client.uid) {
    return refuse('invalid_grant', 'the token was issued to another client', 'RFC 7009 §2.1 issued to this client', {
      client_id: client.clientId,
    })
  }
  // RFC 7009 §2.1: revoking a refresh token ends the access tokens of the same grant.
  if (token.kind === 'refresh') return { kind: 'revoke-grant', id: token.grantId }
  return { kind: 'revoke-token', handle: token.handle, expiresAt: new Date(token.expiresAt * 1000) }
}

/** After a token exchange (RFC 8693) a token belongs to who got it, and no longer to whose grant it comes from. */
function issuedTo(token: PresentedToken, grant: Grant | undefined): ClientUid | undefined {
  if (token.kind === 'refresh') return grant?.clientUid
  return token.issuedTo ?? (token.kind === 'client-access' ? token.clientUid : grant?.clientUid)
}

function writesOf(
  decision: RevocationDecision,
  client: Client,
  grant: Grant | undefined,
  request: HttpRequest,
  now: Date,
  { repositories, journal }: ProviderPorts,
): readonly Write[] {
  if (decision.kind === 'nothing-to-revoke') return []
  const revocation =
    decision.kind === 'revoke-grant'
      ? repositories.grants.revoke(decision.id, now)
      : repositories.grants.revokeAccessToken(accessTokenHash(decision.handle), decision.expiresAt)
  const event = journal.record('token.revoked', {
    at: now,
    clientUid: client.uid,
    ...(grant === undefined ? {} : { accountId: grant.accountId, traceCode: grant.traceCode }),
    address: request.address,
    requestId: request.requestId,
    detail: { what: decision.kind === 'revoke-grant' ? 'grant' : 'access token' },
  })
  return [revocation, event]
}

function refusedReply(refusal: Refusal, client: Client | undefined, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('revocation.refused', refusal, {
    ...(client === undefined ? {} : { clientUid: client.uid }),
    address: request.address,
    requestId: request.requestId,
  })
  return tokenErrorReply(refusal, request, { ...corsHeaders(request, client), ...traceHeader(traceCode) })
}
