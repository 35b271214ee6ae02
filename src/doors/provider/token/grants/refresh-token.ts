/**
 * The refresh token grant (RFC 6749 §6) with rotation (RFC 9700 §4.14.2): every use makes the next generation. The one before still gets
 * the same answer for a moment, for an answer that was lost on the way; any other old generation is a theft and ends the grant.
 */

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
import { openRefreshToken, type RefreshToken } from '../../../../core/handles/token-handles.ts'
import { checkStillOpen } from '../../../../core/policies/check-still-open.ts'
import { checkBoundTo } from '../../../../core/proof-of-possession/confirmation.ts'
import { USED_BEFORE, writesOf } from '../../../../core/single-use/single-use.ts'
import { issueTokens } from '../../../../core/tokens/issue-tokens.ts'
import type { TokenLifetimes } from '../../../../core/tokens/ports.ts'
import { grantedResources, requestedDetails, requestedResources } from '../../../../core/tokens/token-target.ts'
import { addSeconds } from '../../../../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { parseScope } from '../../../../spec/scope.ts'
import type { ProviderPorts } from '../../ports.ts'
import { boundTo, type GrantType, type TokenOutcome, type TokenRequest } from '../grant-type.ts'

export type RefreshDecision =
  | {
      readonly kind: 'rotate'
      readonly grant: Grant
      readonly account: Account
      readonly scopes: readonly string[]
      readonly expiresAt: Date
    }
  | { readonly kind: 'repeat'; readonly grant: Grant; readonly account: Account; readonly scopes: readonly string[] }
  | { readonly kind: 'reuse'; readonly refusal: Refusal }

export const refreshTokenGrant: GrantType = {
  name: 'refresh_token',
  usesUp: true,
  async exchange(request, ports) {
    const text = request.params.get('refresh_token')
    if (text === undefined) {
      return {
        kind: 'refused',
        refusal: refuse('invalid_request', 'refresh_token is missing', 'RFC 6749 §6 refresh_token is required'),
      }
    }
    const token = openRefreshToken(ports.keys.handles, text)
    if (token === undefined) return { kind: 'refused', refusal: unknownToken() }
    const foreign = checkHolder(token, request)
    if (foreign !== undefined) return { kind: 'refused', refusal: foreign }
    return refresh(token.grantId, token.generation, request, ports, 1)
  },
}

/**
 * RFC 9449 §5, RFC 8705 §4: the refresh token of a public client is used with the key or certificate it was issued to; that of an
 * attested installation with its attested key (Attestation-Based Client Authentication §10.3).
 */
function checkHolder(token: RefreshToken, { client, cnf, instanceKey }: TokenRequest): Refusal | undefined {
  const shown = instanceKey === undefined ? cnf : { jkt: instanceKey }
  const isInstances = client.tokenEndpointAuthMethods.includes('attest_jwt_client_auth')
  const rule = isInstances
    ? 'Attestation-Based Client Authentication §10.3 the key of the installation'
    : 'RFC 9449 §5 the key that the refresh token was issued to'
  return checkBoundTo(token.cnf, shown, 'the refresh token', rule)
}

async function refresh(
  grantId: Grant['id'],
  generation: number,
  request: TokenRequest,
  ports: ProviderPorts,
  retries: number,
): Promise<TokenOutcome> {
  const { client, now } = request
  const facts = await ports.repositories.grants.find(grantId)
  if (facts === undefined) return { kind: 'refused', refusal: unknownToken() }
  const whose = { traceCode: facts.grant.traceCode, accountId: facts.grant.accountId }
  const decision = decide({ generation, scope: request.params.get('scope') }, facts, client, now, ports.lifetimes)
  if (isRefusal(decision)) return { kind: 'refused', refusal: decision, ...whose }
  if (decision.kind === 'reuse') {
    // Whoever shows a proof that was used before is nobody, and ends nothing.
    const revoke = ports.repositories.grants.revoke(grantId, now)
    const { committed } = await ports.journal.commit([...writesOf(request.uses), revoke])
    return { kind: 'refused', refusal: decision.refusal, isUsedUp: committed, ...whose }
  }
  const { grant, account, scopes } = decision
  const closed = await checkStillOpen({ client, account, grant }, ports.repositories.policies)
  if (closed !== undefined) return { kind: 'refused', refusal: closed, ...whose }
  const resources = requestedResources(request.params, grantedResources(grant, client), client, ports.resources)
  if (isRefusal(resources)) return { kind: 'refused', refusal: resources, ...whose }
  const details = requestedDetails(request.params.get('authorization_details'), grant.authorizationDetails)
  if (isRefusal(details)) return { kind: 'refused', refusal: details, ...whose }
  const repeated = decision.kind === 'repeat'
  const next = repeated ? grant.generation : grant.generation + 1
  const [outcome, response] = await Promise.all([
    ports.journal.commit([
      ...writesOf(request.uses),
      ...(repeated ? [] : [ports.repositories.grants.rotate(grant.id, grant.generation, now, decision.expiresAt)]),
      ports.journal.record('token.issued', {
        at: now,
        ...whose,
        clientUid: client.uid,
        address: request.address,
        requestId: request.requestId,
        detail: { grant_type: 'refresh_token', scopes, ...(repeated ? { repeated: true } : {}) },
      }),
    ]),
    issueTokens(
      {
        client,
        account,
        grant,
        scopes,
        generation: next,
        nonce: undefined,
        now,
        ...boundTo(request),
        ...(resources === undefined ? {} : { resources }),
        ...(details === undefined ? {} : { details }),
      },
      ports,
    ),
  ])
  if (outcome.committed) return { kind: 'issued', response }
  const [use] = request.uses
  if (outcome.lost === USED_BEFORE && use !== undefined) return { kind: 'refused', refusal: use.refusal, ...whose }
  // Somebody else was first with the same token: looked at again, it is a repeat within the grace, or a reuse.
  return retries > 0
    ? refresh(grantId, generation, request, ports, retries - 1)
    : { kind: 'refused', refusal: reused(grant, generation), ...whose }
}

export interface RefreshRequest {
  readonly generation: number
  readonly scope: string | undefined
}

export function decide(
  request: RefreshRequest,
  facts: GrantFacts,
  client: Client,
  now: Date,
  lifetimes: Pick<TokenLifetimes, 'refreshGraceSeconds' | 'refreshTokenSeconds' | 'refreshTokenMaxSeconds'>,
): RefreshDecision | Refusal {
  const { grant } = facts
  const refusal = firstRefusal(
    checkIssuedTo(client, grant),
    checkNotRevoked(grant),
    checkNotExpired(
      grant.expiresAt,
      now,
      'the refresh token',
      'RFC 6749 §6 the refresh token is fresh (tokens.refresh_token)',
    ),
    checkSessionAlive(facts),
  )
  if (refusal !== undefined) return refusal
  const account = checkAccount(facts.account, grant)
  if (isRefusal(account)) return account
  const mayRepeat =
    request.generation === grant.generation - 1 && isWithinGrace(grant, now, lifetimes.refreshGraceSeconds)
  if (request.generation !== grant.generation && !mayRepeat)
    return { kind: 'reuse', refusal: reused(grant, request.generation) }
  // A client that was narrowed since the person allowed it gets no more than it may have today.
  const allowed = grant.scopes.filter(scope => client.scopes.includes(scope))
  const scopes = narrowedScopes(request.scope, allowed)
  if (isRefusal(scopes)) return scopes
  if (mayRepeat) return { kind: 'repeat', grant, account, scopes }
  const sliding = addSeconds(now, client.refreshTokenSeconds ?? lifetimes.refreshTokenSeconds)
  const last = addSeconds(grant.createdAt, client.refreshTokenMaxSeconds ?? lifetimes.refreshTokenMaxSeconds)
  return { kind: 'rotate', grant, account, scopes, expiresAt: sliding < last ? sliding : last }
}

function isWithinGrace(grant: Grant, now: Date, graceSeconds: number): boolean {
  return grant.rotatedAt !== undefined && now.getTime() - grant.rotatedAt.getTime() < graceSeconds * 1000
}

/** RFC 6749 §6: a refresh may ask for less than was granted, never for more. */
function narrowedScopes(text: string | undefined, granted: readonly string[]): readonly string[] | Refusal {
  const requested = parseScope(text)
  if (isRefusal(requested)) return requested
  if (requested.length === 0) return granted
  const extra = requested.find(scope => !granted.includes(scope))
  if (extra !== undefined) {
    return refuse('invalid_scope', `scope ${extra} was not granted`, 'RFC 6749 §6 scope is not wider than granted', {
      scope: extra,
      granted,
    })
  }
  return granted.filter(scope => requested.includes(scope))
}

function unknownToken(): Refusal {
  return refuse('invalid_grant', 'the refresh token is unknown', 'RFC 6749 §6 the refresh token was issued by us')
}

function reused(grant: Grant, generation: number): Refusal {
  return refuse(
    'invalid_grant',
    'the refresh token was already used',
    'RFC 9700 §4.14.2 a refresh token is used once (tokens.refresh_grace)',
    {
      generation,
      live_generation: grant.generation,
      rotated_at: grant.rotatedAt?.toISOString() ?? null,
    },
  )
}
