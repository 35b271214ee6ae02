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
import { openRefreshToken } from '../../../../core/handles/token-handles.ts'
import { issueTokens } from '../../../../core/tokens/issue-tokens.ts'
import type { TokenLifetimes } from '../../../../core/tokens/ports.ts'
import { addSeconds } from '../../../../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { parseScope } from '../../../../spec/scope.ts'
import type { ProviderPorts } from '../../ports.ts'
import type { GrantType, TokenOutcome, TokenRequest } from '../grant-type.ts'

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
    return refresh(token.grantId, token.generation, request, ports, 1)
  },
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
    await ports.journal.commit([ports.repositories.grants.revoke(grantId, now)])
    return { kind: 'refused', refusal: decision.refusal, ...whose }
  }
  const { grant, account, scopes } = decision
  const repeated = decision.kind === 'repeat'
  const next = repeated ? grant.generation : grant.generation + 1
  const [outcome, response] = await Promise.all([
    ports.journal.commit([
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
    issueTokens({ client, account, grant, scopes, generation: next, nonce: undefined, now }, ports),
  ])
  if (outcome.committed) return { kind: 'issued', response }
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
  const sliding = addSeconds(now, lifetimes.refreshTokenSeconds)
  const last = addSeconds(grant.createdAt, lifetimes.refreshTokenMaxSeconds)
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
