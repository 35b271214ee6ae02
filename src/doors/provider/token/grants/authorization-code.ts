/** The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.6): the code is exchanged once; a second time ends the grant. */

import type { Account } from '../../../../core/accounts/account.ts'
import type { Client } from '../../../../core/clients/client.ts'
import {
  checkAccount,
  checkIssuedTo,
  checkNotExpired,
  checkNotRevoked,
  checkSessionAlive,
} from '../../../../core/grants/check-grant.ts'
import type { Grant, GrantFacts } from '../../../../core/grants/grant.ts'
import { openCode } from '../../../../core/handles/token-handles.ts'
import { checkStillOpen } from '../../../../core/policies/check-still-open.ts'
import { checkBoundTo } from '../../../../core/proof-of-possession/confirmation.ts'
import { USED_BEFORE, writesOf } from '../../../../core/single-use/single-use.ts'
import { type Issue, issueTokens } from '../../../../core/tokens/issue-tokens.ts'
import { grantedResources, requestedDetails, requestedResources } from '../../../../core/tokens/token-target.ts'
import { checkVerifier } from '../../../../spec/pkce.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import type { ProviderPorts } from '../../ports.ts'
import { boundTo, type GrantType, type TokenOutcome, type TokenRequest } from '../grant-type.ts'

export interface CodeExchange {
  readonly code: string
  readonly redirectUri: string | undefined
  readonly codeVerifier: string | undefined
  /** The thumbprint of the DPoP key that was proven. */
  readonly dpopJkt?: string | undefined
}

export type CodeDecision =
  | { readonly kind: 'exchange'; readonly grant: Grant; readonly account: Account }
  /** The code was used before: whoever holds what came of it may be a thief. */
  | { readonly kind: 'replay'; readonly refusal: Refusal }

export const authorizationCodeGrant: GrantType = {
  name: 'authorization_code',
  usesUp: true,
  async exchange(request, ports) {
    const exchange = parse(request)
    if (isRefusal(exchange)) return { kind: 'refused', refusal: exchange }
    const grantId = openCode(ports.keys.handles, exchange.code)
    const facts = grantId === undefined ? undefined : await ports.repositories.grants.find(grantId)
    const decision = decide(exchange, facts, request.client, request.now)
    const whose = facts === undefined ? {} : { traceCode: facts.grant.traceCode, accountId: facts.grant.accountId }
    if (isRefusal(decision)) return { kind: 'refused', refusal: decision, ...whose }
    if (decision.kind === 'replay') return endGrant(decision.refusal, facts, request, ports)
    const closed = await checkStillOpen({ client: request.client, ...decision }, ports.repositories.policies)
    if (closed !== undefined) return { kind: 'refused', refusal: closed, ...whose }
    const narrowed = narrow(decision.grant, request, ports)
    if (isRefusal(narrowed)) return { kind: 'refused', refusal: narrowed, ...whose }
    return redeem(decision.grant, decision.account, narrowed, request, ports)
  },
}

function parse({ params, dpopJkt }: TokenRequest): CodeExchange | Refusal {
  const code = params.get('code')
  if (code === undefined) return refuse('invalid_request', 'code is missing', 'RFC 6749 §4.1.3 code is required')
  return { code, redirectUri: params.get('redirect_uri'), codeVerifier: params.get('code_verifier'), dpopJkt }
}

export function decide(
  exchange: CodeExchange,
  facts: GrantFacts | undefined,
  client: Client,
  now: Date,
): CodeDecision | Refusal {
  if (facts === undefined)
    return refuse('invalid_grant', 'the code is unknown', 'RFC 6749 §4.1.3 the code was issued by us')
  const { grant } = facts
  const foreign = checkIssuedTo(client, grant)
  if (foreign !== undefined) return foreign
  // RFC 6749 §4.1.2: a code used more than once MUST be denied, and what was issued from it SHOULD be revoked.
  if (grant.redeemedAt !== undefined) return { kind: 'replay', refusal: replayed(grant) }
  const refusal = firstRefusal(
    checkNotRevoked(grant),
    checkNotExpired(
      grant.codeExpiresAt,
      now,
      'the code',
      'RFC 6749 §4.1.2 the code is fresh (tokens.authorization_code)',
    ),
    checkSameRedirectUri(grant, exchange.redirectUri),
    checkVerifier(grant.codeChallenge, grant.codeChallengeMethod, exchange.codeVerifier),
    checkSameKey(grant, exchange.dpopJkt),
    checkSessionAlive(facts),
  )
  if (refusal !== undefined) return refusal
  const account = checkAccount(facts.account, grant)
  return isRefusal(account) ? account : { kind: 'exchange', grant, account }
}

function checkSameRedirectUri(grant: Grant, redirectUri: string | undefined): Refusal | undefined {
  // RFC 6749 §4.1.3: the values MUST be identical, so they are compared as strings, not as URLs.
  if (redirectUri === grant.redirectUri) return undefined
  return refuse(
    'invalid_grant',
    'redirect_uri differs from the authorization request',
    'RFC 6749 §4.1.3 redirect_uri is identical',
    {
      authorized: grant.redirectUri,
      sent: redirectUri?.slice(0, 200) ?? null,
    },
  )
}

/** RFC 9449 §10: a code that was asked for with dpop_jkt is exchanged with that key. */
function checkSameKey({ dpopJkt }: Grant, shown: string | undefined): Refusal | undefined {
  return checkBoundTo(
    dpopJkt === undefined ? undefined : { jkt: dpopJkt },
    shown === undefined ? undefined : { jkt: shown },
    'the code',
    'RFC 9449 §10 dpop_jkt is the key of the proof',
  )
}

function replayed(grant: Grant): Refusal {
  return refuse('invalid_grant', 'the code was already used', 'RFC 6749 §4.1.2 a code is used once', {
    first_used_at: grant.redeemedAt?.toISOString() ?? null,
  })
}

type Narrowed = Pick<Issue, 'resources' | 'details'>

/** What of the grant this access token is for (RFC 8707 §2.2, RFC 9396 §6). */
function narrow(grant: Grant, { params, client }: TokenRequest, { resources: servers }: ProviderPorts) {
  const resources = requestedResources(params, grantedResources(grant, client), client, servers)
  if (isRefusal(resources)) return resources
  const details = requestedDetails(params.get('authorization_details'), grant.authorizationDetails)
  if (isRefusal(details)) return details
  return { ...(resources === undefined ? {} : { resources }), ...(details === undefined ? {} : { details }) }
}

async function redeem(
  grant: Grant,
  account: Account,
  narrowed: Narrowed,
  request: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  const { client, now } = request
  const issuing = issueTokens(
    {
      client,
      account,
      grant,
      scopes: grant.scopes,
      generation: 1,
      nonce: grant.nonce,
      now,
      ...boundTo(request),
      ...narrowed,
    },
    ports,
  )
  const [outcome, response] = await Promise.all([
    ports.journal.commit([
      ...writesOf(request.uses),
      ports.repositories.grants.redeem(grant.id, now),
      ports.journal.record('token.issued', {
        at: now,
        accountId: account.id,
        clientUid: client.uid,
        address: request.address,
        requestId: request.requestId,
        traceCode: grant.traceCode,
        detail: { grant_type: 'authorization_code', scopes: grant.scopes },
      }),
    ]),
    // The signature is made while the commit is in flight, and thrown away when the commit finds that we lost.
    issuing,
  ])
  if (outcome.committed) return { kind: 'issued', response }
  // Not the code was used before, but the proof: the code stays as it is, for whoever proves anew.
  const [use] = request.uses
  if (outcome.lost === USED_BEFORE && use !== undefined) return { kind: 'refused', refusal: use.refusal }
  return endGrant(replayed(grant), { grant, account, sessionEnded: false }, request, ports)
}

async function endGrant(
  refusal: Refusal,
  facts: GrantFacts | undefined,
  { now, uses }: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  if (facts === undefined) return { kind: 'refused', refusal }
  const { grant } = facts
  // Whoever shows a proof that was used before is nobody, and ends nothing.
  const outcome = await ports.journal.commit([...writesOf(uses), ports.repositories.grants.revoke(grant.id, now)])
  const whose = { traceCode: grant.traceCode, accountId: grant.accountId }
  return { kind: 'refused', refusal, isUsedUp: outcome.committed, ...whose }
}
