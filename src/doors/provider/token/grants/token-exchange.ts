/**
 * The token exchange grant (RFC 8693): a service that was sent a token gets one of its own for the next service, narrower and no longer
 * good. It hangs on the same grant as the token it was made from, so whatever ends the one ends the other.
 */

import { checkActor, decideActor, decideExchange, type Exchange } from '../../../../core/exchange/decide-exchange.ts'
import { type ExchangeSubject, resolveExchanged } from '../../../../core/exchange/exchange-subject.ts'
import type { Actor } from '../../../../core/grants/grant.ts'
import { checkStillOpen } from '../../../../core/policies/check-still-open.ts'
import { makeAccessToken } from '../../../../core/tokens/issue-access-token.ts'
import { issueIdToken, type TokenResponse, tokenTypeOf } from '../../../../core/tokens/issue-tokens.ts'
import { subjectOf } from '../../../../core/tokens/subject.ts'
import { secondsOf } from '../../../../lib/clock.ts'
import { TOKEN_EXCHANGE } from '../../../../spec/grant-types.ts'
import { isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import { parseResources } from '../../../../spec/resource.ts'
import { parseTokenExchange, TOKEN_TYPES, type TokenExchangeRequest } from '../../../../spec/token-exchange.ts'
import type { ProviderPorts } from '../../ports.ts'
import type { GrantType, TokenOutcome, TokenRequest } from '../grant-type.ts'

export const tokenExchangeGrant: GrantType = {
  name: TOKEN_EXCHANGE,
  async exchange(request, ports) {
    const exchange = parseTokenExchange(request.params)
    if (isRefusal(exchange)) return { kind: 'refused', refusal: exchange }
    const { subject, actor } = await resolveBoth(exchange, request, ports)
    if (isRefusal(subject)) return { kind: 'refused', refusal: subject }
    const whose = whoseOf(subject)
    if (isRefusal(actor)) return { kind: 'refused', refusal: actor, ...whose }
    const decided = decide(exchange, subject, actor, request, ports)
    if (isRefusal(decided)) return { kind: 'refused', refusal: decided, ...whose }
    const closed = await checkOpenToCaller(subject, request, ports)
    if (closed !== undefined) return { kind: 'refused', refusal: closed, ...whose }
    const response = await issue(exchange, subject, decided, request, ports)
    if (isRefusal(response)) return { kind: 'refused', refusal: response, ...whose }
    await record(subject, decided, request, ports)
    return { kind: 'issued', response }
  },
}

/** Where the person allowed it was asked with the subject token; where the token goes is asked here. */
async function checkOpenToCaller(
  { about }: ExchangeSubject,
  { client }: TokenRequest,
  { repositories }: ProviderPorts,
): Promise<Refusal | undefined> {
  if (about.kind === 'client') return undefined
  const closed = await checkStillOpen({ client, account: about.account, grant: about.grant }, repositories.policies)
  // RFC 8693 §2.2.2: a subject token that is not acceptable is invalid_request.
  return closed && refuse('invalid_request', closed.description, closed.rule, closed.facts)
}

async function resolveBoth(
  { subject, actor }: TokenExchangeRequest,
  { now }: TokenRequest,
  { issuer, keys, random, repositories }: ProviderPorts,
): Promise<{ readonly subject: ExchangeSubject | Refusal; readonly actor: ExchangeSubject | Refusal | undefined }> {
  const { grants, clients, sessions, policies } = repositories
  const exchangePorts = { issuer, keys, random, grants, clients, sessions, policies }
  const [subjectToken, actorToken] = await Promise.all([
    resolveExchanged(subject, exchangePorts, now),
    actor === undefined ? undefined : resolveExchanged(actor, exchangePorts, now),
  ])
  return { subject: subjectToken, actor: actorToken }
}

interface Decided extends Exchange {
  readonly actor: Actor | undefined
}

function decide(
  { scopes, audience }: TokenExchangeRequest,
  subject: ExchangeSubject,
  actor: ExchangeSubject | undefined,
  { params, client: caller, cnf }: TokenRequest,
  { resources: servers, keys }: ProviderPorts,
): Decided | Refusal {
  const resources = parseResources(params.getAll('resource'))
  if (isRefusal(resources)) return resources
  const exchange = decideExchange({ caller, cnf, scopes, resources: resources ?? [], audience }, subject, servers)
  if (isRefusal(exchange)) return exchange
  const foreign = actor === undefined ? undefined : checkActor({ caller, cnf }, actor, servers)
  if (foreign !== undefined) return foreign
  const acting = decideActor(subject, actor && nameOf(actor))
  return isRefusal(acting) ? acting : { ...exchange, actor: acting }

  function nameOf({ about, issuedTo }: ExchangeSubject): Omit<Actor, 'act'> {
    const sub = about.kind === 'person' ? subjectOf(caller, about.account, keys) : about.owner.clientId
    return { sub, client_id: issuedTo.clientId }
  }
}

async function issue(
  { requestedType }: TokenExchangeRequest,
  subject: ExchangeSubject,
  { scopes, resources, actor }: Decided,
  { client, cnf, now }: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenResponse | Refusal> {
  const { about, details, expiresAt: notAfter } = subject
  if (requestedType === TOKEN_TYPES.idToken) {
    if (about.kind !== 'person' || !scopes.includes('openid')) return noIdToken()
    const { account } = about
    // Nothing in it leads back to the grant, the audience or whoever acted, so it is no subject token: without `sid` it is not taken for one.
    const grant = { ...about.grant, sessionless: true }
    const issuing = { client, account, grant, scopes, generation: 0, nonce: undefined, notAfter, actor, now }
    const seconds = client.idTokenSeconds ?? ports.lifetimes.idTokenSeconds
    return {
      access_token: await issueIdToken(issuing, {}, ports),
      issued_token_type: requestedType,
      // RFC 8693 §2.2.1: it is not used as an access token.
      token_type: 'N_A',
      expires_in: Math.min(seconds, notAfter - secondsOf(now)),
    }
  }
  const format = requestedType === TOKEN_TYPES.jwt ? 'jwt' : undefined
  const wish = { client, scopes, resources, details, cnf, actor, format, notAfter, now } as const
  const token = await makeAccessToken(wish, about, ports)
  return {
    access_token: token.text,
    issued_token_type: requestedType,
    token_type: tokenTypeOf(cnf),
    expires_in: token.expiresIn,
    ...(token.scopes.length === 0 ? {} : { scope: token.scopes.join(' ') }),
    ...(token.details === undefined ? {} : { authorization_details: token.details }),
  }
}

function noIdToken(): Refusal {
  return refuse(
    'invalid_request',
    'an ID token needs a token about a person with scope openid',
    'OIDC Core §3.1.2.1 scope openid',
  )
}

async function record(
  subject: ExchangeSubject,
  { scopes, actor }: Decided,
  { client, now, address, requestId }: TokenRequest,
  { journal, repositories }: ProviderPorts,
): Promise<void> {
  const event = {
    at: now,
    clientUid: client.uid,
    ...whoseOf(subject),
    address,
    requestId,
    detail: {
      grant_type: TOKEN_EXCHANGE,
      scopes,
      issued_to: subject.issuedTo.clientId,
      ...(actor === undefined ? {} : { actor: actor.sub }),
    },
  }
  const { about } = subject
  if (about.kind === 'person' && subject.isGrantNew) {
    await journal.commit([repositories.grants.insert(about.grant), journal.record('token.issued', event)])
  } else {
    journal.recordSoon('token.issued', event)
  }
}

function whoseOf({
  about,
}: ExchangeSubject): Pick<Extract<TokenOutcome, { kind: 'refused' }>, 'traceCode' | 'accountId'> {
  return about.kind === 'person' ? { traceCode: about.grant.traceCode, accountId: about.grant.accountId } : {}
}
