/** What a token that is exchanged stands for (RFC 8693 §2.1): an access token or an ID token of ours, and whose it is. */

import { compactVerify } from 'jose'
import { addSeconds, secondsOf } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import type { Confirmation } from '../../spec/confirmation.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { type PresentedToken, TOKEN_TYPES } from '../../spec/token-exchange.ts'
import { newTraceCode } from '../audit/trace-code.ts'
import type { Client } from '../clients/client.ts'
import { checkAccount } from '../grants/check-grant.ts'
import type { Actor, Grant } from '../grants/grant.ts'
import { type AccessTokenPorts, detailsOf, resolveAccessToken } from '../grants/resolve-access-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { checkStillOpen } from '../policies/check-still-open.ts'
import type { SessionId, SessionRepository } from '../sessions/session.ts'
import type { AccessTokenSubject } from '../tokens/issue-access-token.ts'
import { subjectOf } from '../tokens/subject.ts'

export interface ExchangeSubject {
  readonly about: AccessTokenSubject
  /** Who was given it. */
  readonly issuedTo: Client
  /** The resource servers it is for; absent: only our own endpoints and the client. */
  readonly audience?: readonly string[] | undefined
  readonly scopes: readonly string[]
  readonly details?: readonly AuthorizationDetail[] | undefined
  readonly actor?: Actor | undefined
  readonly cnf?: Confirmation | undefined
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** An ID token has no grant of its own to hang on, so there is a new one to store. */
  readonly isGrantNew: boolean
}

export interface ExchangePorts extends AccessTokenPorts {
  readonly keys: AccessTokenPorts['keys'] & Pick<KeyRing, 'jwks'> & Parameters<typeof subjectOf>[2]
  readonly sessions: Pick<SessionRepository, 'findWithAccount'>
  readonly random: Random
}

/** RFC 8693 §2.2.2: a token that is invalid for any reason is `invalid_request`. */
export async function resolveExchanged(
  { text, type }: PresentedToken,
  ports: ExchangePorts,
  now: Date,
): Promise<ExchangeSubject | Refusal> {
  if (type === TOKEN_TYPES.idToken) return resolveIdToken(text, ports, now)
  const access = await resolveAccess(text, ports, now)
  if (!isRefusal(access) || type === TOKEN_TYPES.accessToken) return access
  const person = await resolveIdToken(text, ports, now)
  return isRefusal(person) ? access : person
}

async function resolveAccess(text: string, ports: ExchangePorts, now: Date): Promise<ExchangeSubject | Refusal> {
  const live = await resolveAccessToken(ports, text, now)
  if (isRefusal(live)) return refuse('invalid_request', live.description, live.rule, live.facts)
  const { token, client, owner, scopes, person } = live
  return {
    about: person === undefined ? { kind: 'client', owner } : { kind: 'person', ...person, owner },
    issuedTo: client,
    audience: token.audience,
    scopes,
    details: detailsOf(live),
    actor: token.actor ?? person?.grant.actor,
    cnf: token.cnf,
    expiresAt: token.expiresAt,
    isGrantNew: false,
  }
}

const ID_TOKEN = 'RFC 8693 §2.1 the ID token was issued by us, and what it says is still so'

interface IdTokenSays {
  readonly subject: string
  readonly clientId: string
  readonly sessionId: SessionId
  readonly scopes: readonly string[]
  readonly expiresAt: number
}

async function resolveIdToken(text: string, ports: ExchangePorts, now: Date): Promise<ExchangeSubject | Refusal> {
  const says = await readIdToken(text, ports)
  if (says === undefined) return invalid('the ID token is unknown')
  if (says.expiresAt <= secondsOf(now)) return invalid('the ID token has expired')
  const [owner, signedIn] = await Promise.all([
    findClient(says.clientId, ports),
    ports.sessions.findWithAccount(says.sessionId),
  ])
  if (owner === undefined || owner.disabledAt !== undefined) return invalid('the client is gone')
  // The ID token alone is no proof that the person is still signed in, and nothing else could end what comes of it.
  if (signedIn === undefined || signedIn.session.endedAt !== undefined) return invalid('the person has signed out')
  const { session } = signedIn
  const grant = grantOf(says, owner, session, ports.random, now)
  const account = checkAccount(signedIn.account, grant)
  if (isRefusal(account)) return invalid(account.description)
  const closed = await checkStillOpen({ client: owner, account, grant }, ports.policies)
  if (closed !== undefined) return refuse('invalid_request', closed.description, closed.rule, closed.facts)
  if (subjectOf(owner, account, ports.keys) !== says.subject) return invalid('the ID token is about somebody else')
  return {
    about: { kind: 'person', grant, account, owner },
    issuedTo: owner,
    scopes: grant.scopes.filter(scope => owner.scopes.includes(scope)),
    expiresAt: says.expiresAt,
    isGrantNew: true,
  }
}

function findClient(clientId: string, { clients }: ExchangePorts): Promise<Client | undefined> {
  return clients.findByClientId(clientId)
}

async function readIdToken(text: string, { issuer, keys }: ExchangePorts): Promise<IdTokenSays | undefined> {
  try {
    const { payload } = await compactVerify(text, async ({ kid, alg, typ }) => {
      const known = kid === undefined ? undefined : await keys.findPublicKey(kid)
      // RFC 8725 §3.1, §3.11: the key decides the algorithm; a typ of another kind of JWT is none of an ID token.
      // A key that has left the key set may have been lost to somebody: nothing new comes of what it signed.
      const isPublished = keys.jwks().keys.some(jwk => jwk.kid === kid)
      if (known === undefined || known.alg !== alg || !isPublished || (typ !== undefined && typ !== 'JWT'))
        throw new Error('no ID token of ours')
      return known.key
    })
    const { iss, sub, azp, sid, exp, scope } = JSON.parse(Buffer.from(payload).toString('utf8')) as Readonly<
      Record<string, unknown>
    >
    const isWhole = typeof sub === 'string' && typeof azp === 'string' && typeof sid === 'string'
    if (iss !== issuer || !isWhole || typeof exp !== 'number' || typeof scope !== 'string') return undefined
    return { subject: sub, clientId: azp, sessionId: sid as SessionId, scopes: scope.split(' '), expiresAt: exp }
  } catch {
    return undefined
  }
}

/** It ends with the session, as it is not offline. From where the person came to the app nobody knows: where they signed in says nothing. */
function grantOf(
  { scopes, expiresAt }: IdTokenSays,
  owner: Client,
  session: {
    readonly id: SessionId
    readonly accountId: Grant['accountId']
    readonly authTime: Date
    readonly provenAt?: Date
    readonly amr: readonly string[]
  },
  random: Random,
  now: Date,
): Grant {
  return {
    id: newId(now, random),
    clientUid: owner.uid,
    accountId: session.accountId,
    sessionId: session.id,
    scopes: scopes.filter(scope => scope !== 'offline_access'),
    redirectUri: '',
    authTime: session.authTime,
    ...(session.provenAt === undefined ? {} : { provenAt: session.provenAt }),
    amr: session.amr,
    requestedAt: now,
    traceCode: newTraceCode(random),
    createdAt: now,
    codeExpiresAt: now,
    redeemedAt: now,
    offline: false,
    generation: 0,
    expiresAt: addSeconds(new Date(expiresAt * 1000), 1),
  }
}

function invalid(description: string): Refusal {
  return refuse('invalid_request', description, ID_TOKEN)
}
