/**
 * Stored tokens of an upstream (Keycloak's path, `/broker/ALIAS/token`): for apps that the upstream lists, with an access token of the
 * person they are about (RFC 6750). The refresh token never leaves the house.
 */

import { type LiveAccessToken, resolveAccessToken } from '../../core/grants/resolve-access-token.ts'
import type { Identity, StoredTokens } from '../../core/upstreams/identity.ts'
import { createFreshTokens, type FreshTokens, notStored } from '../../core/upstreams/tokens/fresh-tokens.ts'
import { secondsLeft } from '../../core/upstreams/tokens/stored-tokens.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { checkPossession } from '../../http/proof-of-possession.ts'
import { type Headers, jsonReply } from '../../http/replies.ts'
import { isDpopScheme } from '../../spec/bearer-token.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { corsHeaders, preflight } from './cors.ts'
import { bearerErrorReply, traceHeader } from './error-replies.ts'
import type { ProviderPorts } from './ports.ts'
import { browserReadable, checkAudience, parseToken } from './presented-token.ts'

export function upstreamTokensEndpoint(ports: ProviderPorts): Endpoint {
  const { journal, clock, repositories } = ports
  const { identities } = repositories
  const { relyingParty, sealer } = ports.upstreams
  const freshTokens = createFreshTokens({ identities, relyingParty, sealer, journal, clock })
  return {
    name: 'upstream-tokens',
    path: '/broker/:alias/token',
    methods: ['GET', 'POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'GET, POST')
      const text = parseToken(request)
      if (text === undefined) return bearerErrorReply(undefined, browserReadable(request))
      if (isRefusal(text)) return refusedReply(text, undefined, request, ports)
      const now = clock.now()
      const tokens = {
        issuer: ports.issuer,
        keys: ports.keys,
        grants: repositories.grants,
        clients: repositories.clients,
        policies: repositories.policies,
      }
      const live = await resolveAccessToken(tokens, text, now)
      if (isRefusal(live)) return refusedReply(live, undefined, request, ports)
      const foreign = await checkPossession(request, live.token.cnf, ports, now, text)
      if (foreign !== undefined) return refusedReply(foreign, live, request, ports)
      const found = await load(live, aliasOf(request), ports)
      if (isRefusal(found)) return refusedReply(found, live, request, ports)
      return handOut(live, found, freshTokens, request, ports)
    },
  }
}

/** `/broker/ALIAS/token` */
function aliasOf({ path }: HttpRequest): string {
  return path.split('/')[2] ?? ''
}

interface Found {
  readonly upstream: Upstream
  readonly identity: Identity
}

async function load(live: LiveAccessToken, alias: string, ports: ProviderPorts): Promise<Found | Refusal> {
  const { upstreams, identities } = ports.repositories
  const upstream = await upstreams.findByAlias(alias)
  const accountId = checkToken(live, ports.issuer)
  if (isRefusal(accountId)) return accountId
  const readable = checkReadable(live, alias, upstream)
  if (isRefusal(readable)) return readable
  const linked = await identities.listOfAccount(accountId)
  const identity = linked.find(({ upstreamUid }) => upstreamUid === readable.uid)
  if (identity === undefined)
    return refuse(
      'not_linked',
      'the person has no identity of this upstream',
      'the account is linked at the upstream',
      {
        upstream: alias,
      },
    )
  return { upstream: readable, identity }
}

/** Whose tokens are read. */
function checkToken({ token, person }: LiveAccessToken, issuer: string) {
  if (person === undefined)
    return refuse('invalid_token', 'the access token is not about a person', 'stored tokens are those of a person')
  return checkAudience(token, issuer) ?? person.account.id
}

/** RFC 6750 §3.1 insufficient_scope: an alias that nobody knows is refused like one that the app may not read. */
function checkReadable(
  { client }: Pick<LiveAccessToken, 'client'>,
  alias: string,
  upstream: Upstream | undefined,
): Upstream | Refusal {
  const facts = { upstream: alias, client_id: client.clientId }
  if (upstream === undefined || !upstream.storedTokensReadableBy.includes(client.clientId))
    return refuse(
      'insufficient_scope',
      'the app may not read tokens of this upstream',
      'stored_tokens_readable_by of the upstream names the app',
      { ...facts, known: upstream !== undefined },
    )
  if (!upstream.enabled)
    return refuse(
      'insufficient_scope',
      'the upstream is disabled',
      'stored tokens are of an upstream that is enabled',
      facts,
    )
  return upstream.storeTokens ? upstream : notStored(upstream)
}

async function handOut(
  live: LiveAccessToken,
  { upstream, identity }: Found,
  freshTokens: FreshTokens,
  request: HttpRequest,
  ports: ProviderPorts,
): Promise<Reply> {
  const asking = askingOf(live, request)
  const tokens = await freshTokens(identity.id, upstream, asking)
  if (isRefusal(tokens)) return refusedReply(tokens, live, request, ports)
  const event = ports.journal.record('upstream-tokens.read', {
    ...asking,
    accountId: identity.accountId,
    detail: { upstream: upstream.alias, client_id: live.client.clientId },
  })
  // Nobody reads them without a line that says so.
  await ports.journal.commit([event])
  return jsonReply(200, tokenResponse(tokens, ports.clock.now()), corsHeaders(request, live.client))
}

/** RFC 6749 §5.1, without the refresh token. */
export function tokenResponse(tokens: StoredTokens, now: Date): Readonly<Record<string, unknown>> {
  const left = secondsLeft(tokens, now)
  return {
    access_token: tokens.accessToken,
    token_type: tokens.tokenType ?? 'Bearer',
    ...(Number.isFinite(left) ? { expires_in: Math.max(0, Math.floor(left)) } : {}),
    ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
    ...(tokens.idToken === undefined ? {} : { id_token: tokens.idToken }),
  }
}

function askingOf({ client, person }: LiveAccessToken, { address, requestId }: HttpRequest) {
  const traceCode = person?.grant.traceCode
  return { clientUid: client.uid, address, requestId, ...(traceCode === undefined ? {} : { traceCode }) }
}

/** What RFC 6750 has no code for; the rest is a matter of the access token. */
const OWN_STATUS: Readonly<Record<string, number>> = {
  not_linked: 404,
  no_stored_tokens: 404,
  login_required: 400,
  temporarily_unavailable: 503,
}

function refusedReply(
  refusal: Refusal,
  live: LiveAccessToken | undefined,
  request: HttpRequest,
  ports: ProviderPorts,
): Reply {
  const traceCode = ports.journal.recordRefusal('upstream-tokens.refused', refusal, {
    ...(live === undefined ? { address: request.address, requestId: request.requestId } : askingOf(live, request)),
    ...(live?.person === undefined ? {} : { accountId: live.person.account.id }),
  })
  const headers: Headers = { ...browserReadable(request), ...traceHeader(traceCode) }
  const status = OWN_STATUS[refusal.error]
  if (status === undefined)
    return bearerErrorReply(refusal, headers, isDpopScheme(request.authorization) ? 'DPoP' : 'Bearer')
  const body = { error: refusal.error, error_description: refusal.description }
  return jsonReply(status, body, status === 503 ? { ...headers, 'retry-after': '1' } : headers)
}
