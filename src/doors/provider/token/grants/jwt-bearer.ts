/**
 * The JWT bearer grant (RFC 7523 §2.1): a system that the operator trusts says who a person is, and an app gets a token without a browser.
 * What comes of it has no session and no refresh token; the app comes again with a new assertion.
 */

import { hash } from 'node:crypto'
import { type Account, loginKey } from '../../../../core/accounts/account.ts'
import { newTraceCode } from '../../../../core/audit/trace-code.ts'
import type { Client } from '../../../../core/clients/client.ts'
import type { Consent } from '../../../../core/consents/consent.ts'
import type { AssertionIssuer } from '../../../../core/grants/assertion-issuers.ts'
import { checkAccount } from '../../../../core/grants/check-grant.ts'
import type { Grant } from '../../../../core/grants/grant.ts'
import { checkStillOpen } from '../../../../core/policies/check-still-open.ts'
import { issueTokens } from '../../../../core/tokens/issue-tokens.ts'
import { requestedResources } from '../../../../core/tokens/token-target.ts'
import { addSeconds, secondsOf } from '../../../../lib/clock.ts'
import { newId } from '../../../../lib/id.ts'
import { parseCompactJws } from '../../../../spec/compact-jws.ts'
import {
  type CheckedGrantAssertion,
  checkGrantAssertion,
  checkGrantAssertionType,
} from '../../../../spec/grant-assertion.ts'
import { JWT_BEARER } from '../../../../spec/grant-types.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../../../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { allowedScopes, parseScope } from '../../../../spec/scope.ts'
import type { ProviderPorts } from '../../ports.ts'
import type { GrantType, TokenOutcome, TokenRequest } from '../grant-type.ts'

export const jwtBearerGrant: GrantType = {
  name: JWT_BEARER,
  async exchange(request, ports) {
    const { client, params } = request
    const scopes = requestedScopes(params.get('scope'), client)
    if (isRefusal(scopes)) return { kind: 'refused', refusal: scopes }
    const resources = requestedResources(params, undefined, client, ports.resources)
    if (isRefusal(resources)) return { kind: 'refused', refusal: resources }
    const trusted = await verify(params.get('assertion'), request, ports)
    if (isRefusal(trusted)) return { kind: 'refused', refusal: trusted }
    const account = await findAccount(trusted, ports)
    if (isRefusal(account)) return { kind: 'refused', refusal: account }
    const consent = await ports.repositories.consents.find(account.id, client.uid)
    const missing = checkAllowed(client, scopes, consent, request.now)
    if (missing !== undefined) return { kind: 'refused', refusal: missing, accountId: account.id }
    const grant = grantOf(trusted.assertion, account, scopes, request, ports)
    const dead = checkAccount(account, grant)
    if (isRefusal(dead)) return { kind: 'refused', refusal: unusable(dead.facts), accountId: account.id }
    const closed = await checkStillOpen({ client, account, grant }, ports.repositories.policies)
    if (closed !== undefined) return { kind: 'refused', refusal: closed, accountId: account.id }
    return issue(trusted, { ...grant, ...(resources === undefined ? {} : { resources }) }, account, request, ports)
  },
}

interface Trusted {
  readonly issuer: AssertionIssuer
  readonly assertion: CheckedGrantAssertion
}

async function verify(
  text: string | undefined,
  { client, now }: TokenRequest,
  { issuer, assertionIssuers, clientKeys }: ProviderPorts,
): Promise<Trusted | Refusal> {
  if (text === undefined)
    return refuse('invalid_request', 'assertion is missing', 'RFC 7523 §2.1 assertion is required')
  const jws = parseCompactJws(text)
  const claims = jws?.payload
  const trusted = typeof claims?.iss === 'string' ? assertionIssuers.find(claims.iss) : undefined
  // RFC 7523 §3: whose word counts is the operator's choice, for each client.
  if (
    jws === undefined ||
    claims === undefined ||
    trusted === undefined ||
    !trusted.clients.includes(client.clientId)
  ) {
    return refuse(
      'invalid_grant',
      'the assertion is not by an issuer that this client may use',
      'RFC 7523 §3 iss is trusted (assertion_issuers)',
      { client_id: client.clientId, iss: typeof claims?.iss === 'string' ? claims.iss.slice(0, 200) : null },
    )
  }
  // The claims first: they cost nothing, and a signature may cost a request to the issuer's server.
  const assertion =
    checkGrantAssertionType(jws.header) ??
    checkGrantAssertion(claims, {
      audiences: [issuer, `${issuer}/token`],
      maxLifetimeSeconds: trusted.maxLifetimeSeconds,
      now: secondsOf(now),
    })
  if (isRefusal(assertion)) return assertion
  const { jwks, jwksUri } = trusted
  const holder = {
    clientId: trusted.issuer,
    secrets: [],
    ...(jwks === undefined ? {} : { jwks }),
    ...(jwksUri === undefined ? {} : { jwksUri }),
  }
  // RFC 7523 §3 rule 9, RFC 8725 §3.1: a published key only; never `none`, never a MAC.
  const verified = await clientKeys.verify(holder, text, {
    algs: ASYMMETRIC_SIGNING_ALGORITHMS,
    now,
    error: 'invalid_grant',
  })
  return isRefusal(verified) ? verified : { issuer: trusted, assertion }
}

async function findAccount(
  { issuer, assertion }: Trusted,
  { repositories }: ProviderPorts,
): Promise<Account | Refusal> {
  const account = await repositories.accounts.findByLogin(assertion.subject)
  const named = issuer.subject === 'username' ? account?.username : account?.email
  // A user name that looks like somebody's address is not that address; one that nobody has verified is nobody's.
  const isMeant = named !== undefined && loginKey(named) === loginKey(assertion.subject)
  const mayCount = issuer.subject === 'username' || account?.emailVerified === true
  return account !== undefined && isMeant && mayCount ? account : unusable({ subject: issuer.subject })
}

/** One answer, whether there is no such account or one that may not be used. */
function unusable(facts: Refusal['facts']): Refusal {
  return refuse(
    'invalid_grant',
    'the assertion names no account that may be used',
    'RFC 7523 §3 sub is an account that is alive',
    facts,
  )
}

function requestedScopes(text: string | undefined, client: Client): readonly string[] | Refusal {
  const requested = parseScope(text)
  if (isRefusal(requested)) return requested
  const allowed = requested.length === 0 ? client.scopes : allowedScopes(requested, client.scopes)
  // RFC 7521 §4.1: refresh tokens are not usual here; the app comes again with a new assertion.
  return isRefusal(allowed) ? allowed : allowed.filter(scope => scope !== 'offline_access')
}

/** RFC 6749 §1.3: a grant stands for what the person allows, and nobody can be asked here. So it was allowed before, or needs no asking. */
export function checkAllowed(
  { consentMode }: Pick<Client, 'consentMode'>,
  scopes: readonly string[],
  consent: Consent | undefined,
  now: Date,
): Refusal | undefined {
  if (consentMode === 'never') return undefined
  const isFresh = consent !== undefined && (consent.expiresAt === undefined || consent.expiresAt > now)
  if (consentMode === 'remember' && isFresh && scopes.every(scope => consent.scopes.includes(scope))) return undefined
  return refuse(
    'invalid_grant',
    'the person has not allowed this app what it asks for',
    'RFC 6749 §1.3 the person has consented (consent_mode)',
    { consent_mode: consentMode, scopes },
  )
}

function grantOf(
  { authTime }: CheckedGrantAssertion,
  account: Account,
  scopes: readonly string[],
  { client, now }: TokenRequest,
  { random, lifetimes }: ProviderPorts,
): Grant {
  return {
    id: newId(now, random),
    clientUid: client.uid,
    accountId: account.id,
    sessionId: newId(now, random),
    sessionless: true,
    scopes,
    redirectUri: '',
    authTime: new Date(authTime * 1000),
    amr: [],
    requestedAt: now,
    traceCode: newTraceCode(random),
    createdAt: now,
    codeExpiresAt: now,
    redeemedAt: now,
    offline: false,
    generation: 0,
    expiresAt: addSeconds(now, client.accessTokenSeconds ?? lifetimes.accessTokenSeconds),
  }
}

async function issue(
  { issuer, assertion }: Trusted,
  grant: Grant,
  account: Account,
  { client, cnf, now, address, requestId }: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  const { journal, repositories } = ports
  const whose = { traceCode: grant.traceCode, accountId: account.id }
  const { scopes } = grant
  const bound = cnf === undefined ? {} : { cnf }
  const [outcome, response] = await Promise.all([
    journal.commit([
      repositories.usedOnce.use(`grant-assertion:${idOf(issuer, assertion)}`, new Date(assertion.usableUntil * 1000)),
      repositories.grants.insert(grant),
      journal.record('token.issued', {
        at: now,
        ...whose,
        clientUid: client.uid,
        address,
        requestId,
        detail: { grant_type: JWT_BEARER, scopes, assertion_issuer: issuer.issuer },
      }),
    ]),
    issueTokens({ client, account, grant, scopes, generation: 0, nonce: undefined, now, ...bound }, ports),
  ])
  if (outcome.committed) return { kind: 'issued', response }
  const refusal = refuse('invalid_grant', 'the assertion was used before', 'RFC 7523 §3 an assertion is used once', {
    client_id: client.clientId,
    iss: issuer.issuer,
  })
  return { kind: 'refused', refusal, ...whose }
}

function idOf({ issuer }: AssertionIssuer, { jti }: CheckedGrantAssertion): string {
  return hash('sha256', JSON.stringify([issuer, jti]), 'base64url')
}
