/** Things as tests need them: complete, valid, and different only in what the test is about. */

import type { Account } from '../../src/core/accounts/account.ts'
import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Client } from '../../src/core/clients/client.ts'
import type { Consent } from '../../src/core/consents/consent.ts'
import type { DeferredGrant } from '../../src/core/deferred-grants/deferred-grant.ts'
import type { Delivery } from '../../src/core/deliveries/delivery.ts'
import type { SignedIn } from '../../src/core/flow/next-step.ts'
import type { Grant } from '../../src/core/grants/grant.ts'
import type { PushedRequest } from '../../src/core/pushed-requests/pushed-request.ts'
import type { Session } from '../../src/core/sessions/session.ts'
import type { Attempt } from '../../src/core/upstreams/attempt.ts'
import type { Identity } from '../../src/core/upstreams/identity.ts'
import { standardProperties } from '../../src/core/upstreams/settings/standard-properties.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import type { UpstreamSession } from '../../src/core/upstreams/upstream-session.ts'
import { addSeconds, type Clock } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { createSystemRandom, type Random } from '../../src/lib/random.ts'
import type { AuthorizationRequest } from '../../src/spec/authorization-request.ts'

export const random: Random = createSystemRandom()
export const NOON = new Date('2026-03-01T12:00:00.000Z')

/** A clock that stands still until it is told to go on; sleeping on it takes no time and is remembered. */
export function aClock(start = NOON): Clock & { advance(seconds: number): void; readonly slept: number[] } {
  let now = start
  const slept: number[] = []
  return {
    now: () => now,
    async sleep(ms) {
      slept.push(ms)
    },
    advance(seconds) {
      now = addSeconds(now, seconds)
    },
    slept,
  }
}

export function aClient(changes: Partial<Client> = {}): Client {
  const uid = newId<'client'>(NOON, random)
  return {
    uid,
    clientId: `client-${uid.slice(-8)}`,
    name: 'Dashboard',
    type: 'confidential',
    secrets: [],
    tokenEndpointAuthMethods: ['client_secret_basic', 'client_secret_post'],
    redirectUris: ['https://app.example.org/callback'],
    postLogoutRedirectUris: ['https://app.example.org/'],
    responseTypes: ['code'],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access'],
    idTokenSignedResponseAlg: 'RS256',
    requirePkce: false,
    allowPlainPkce: false,
    consentMode: 'remember',
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  }
}

export function anAccount(changes: Partial<Account> = {}): Account {
  const id = newId<'account'>(NOON, random)
  return {
    id,
    subject: `sub-${id.slice(-8)}`,
    username: `ada-${id.slice(-8)}`,
    email: `ada-${id.slice(-8)}@example.org`,
    emailVerified: true,
    groups: ['admins', 'staff'],
    attributes: { name: 'Ada Lovelace' },
    createdAt: NOON,
    updatedAt: NOON,
    validFrom: NOON,
    ...changes,
  }
}

export function aSession(changes: Partial<Session> = {}): Session {
  return {
    id: newId(NOON, random),
    generation: 1,
    accountId: newId(NOON, random),
    authTime: NOON,
    amr: ['pwd'],
    createdAt: NOON,
    expiresAt: addSeconds(NOON, 86_400),
    address: '127.0.0.1',
    userAgent: 'test',
    ...changes,
  }
}

export function signedIn(changes: { account?: Partial<Account>; session?: Partial<Session> } = {}): SignedIn {
  const account = anAccount(changes.account)
  return { account, session: aSession({ accountId: account.id, ...changes.session }) }
}

export function aConsent(changes: Partial<Consent> = {}): Consent {
  return {
    accountId: newId(NOON, random),
    clientUid: newId(NOON, random),
    scopes: ['email', 'openid'],
    grantedAt: NOON,
    ...changes,
  }
}

export function aGrant(changes: Partial<Grant> = {}): Grant {
  return {
    id: newId(NOON, random),
    clientUid: newId(NOON, random),
    accountId: newId(NOON, random),
    sessionId: newId(NOON, random),
    scopes: ['openid', 'email', 'offline_access'],
    redirectUri: 'https://app.example.org/callback',
    authTime: NOON,
    amr: ['pwd'],
    requestedAt: NOON,
    traceCode: '7K3M9QXT' as TraceCode,
    createdAt: NOON,
    codeExpiresAt: addSeconds(NOON, 60),
    offline: true,
    generation: 0,
    expiresAt: addSeconds(NOON, 30 * 86_400),
    ...changes,
  }
}

export function anAuthorizationRequest(changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return {
    clientId: 'client',
    redirectUri: 'https://app.example.org/callback',
    responseType: 'code',
    responseMode: 'query',
    scopes: ['openid', 'email'],
    prompt: [],
    uiLocales: [],
    query: 'client_id=client',
    ...changes,
  }
}

export function aPushedRequest(changes: Partial<PushedRequest> = {}): PushedRequest {
  return {
    id: newId(NOON, random),
    clientUid: newId(NOON, random),
    params: 'response_type=code',
    signed: false,
    acceptedUntil: Math.floor(NOON.getTime() / 1000) + 60,
    expiresAt: addSeconds(NOON, 60),
    ...changes,
  }
}

export function aDeferredGrant(changes: Partial<DeferredGrant> = {}): DeferredGrant {
  const id = newId<'deferred-grant'>(NOON, random)
  return {
    id,
    kind: 'device',
    clientUid: newId(NOON, random),
    userCode: id.slice(-8).toUpperCase(),
    state: 'pending',
    terms: { scopes: ['openid'], traceCode: '7K3M9QXT' as TraceCode, address: '127.0.0.1', userAgent: 'test' },
    intervalSeconds: 5,
    createdAt: NOON,
    expiresAt: addSeconds(NOON, 600),
    ...changes,
  }
}

export function anUpstream(changes: Partial<Upstream> = {}): Upstream {
  const uid = newId<'upstream'>(NOON, random)
  return {
    ...standardProperties(changes.kind ?? 'oidc'),
    uid,
    alias: `idp-${uid.slice(-8)}`,
    clientId: 'sallyport',
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  }
}

export function anIdentity(changes: Partial<Identity> = {}): Identity {
  const id = newId<'identity'>(NOON, random)
  return {
    id,
    upstreamUid: newId(NOON, random),
    subject: id,
    accountId: newId(NOON, random),
    linkedAt: NOON,
    ...changes,
  }
}

export function anAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: newId(NOON, random),
    flowId: newId(NOON, random),
    upstreamUid: newId(NOON, random),
    traceCode: '7K3M9QXT' as TraceCode,
    state: 'started',
    terms: {
      redirectUri: 'https://id.example.org/broker/idp/endpoint',
      scopes: ['openid'],
      silent: false,
      registration: false,
    },
    createdAt: NOON,
    expiresAt: addSeconds(NOON, 600),
    ...changes,
  }
}

export function anUpstreamSession(changes: Partial<UpstreamSession> = {}): UpstreamSession {
  return {
    sessionId: newId(NOON, random),
    upstreamUid: newId(NOON, random),
    subject: 'somebody',
    createdAt: NOON,
    expiresAt: addSeconds(NOON, 3600),
    ...changes,
  }
}

export function aDelivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    id: newId(NOON, random),
    kind: 'mail',
    about: { to: 'ada@example.org' },
    state: 'waiting',
    attempts: 0,
    nextAt: NOON,
    createdAt: NOON,
    updatedAt: NOON,
    expiresAt: addSeconds(NOON, 86_400),
    ...changes,
  }
}
