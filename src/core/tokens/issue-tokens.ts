/** The tokens of a grant: access token, and with `openid` an ID token (OIDC Core §3.1.3.3), and with offline access a refresh token. */

import { secondsOf } from '../../lib/clock.ts'
import { newUuid } from '../../lib/id.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import { type Claims, type CustomClaim, claimsOf } from '../../spec/claims.ts'
import type { Confirmation } from '../../spec/confirmation.ts'
import { type IdTokenShape, idTokenClaims } from '../../spec/id-token.ts'
import { halfHash } from '../../spec/jws.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Actor, Grant } from '../grants/grant.ts'
import { sealRefreshToken } from '../handles/token-handles.ts'
import { type IssuedAccessToken, makeAccessToken } from './issue-access-token.ts'
import type { TokenPorts } from './ports.ts'
import { type Protection, protect } from './protect.ts'
import { subjectOf } from './subject.ts'

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: 'Bearer' | 'DPoP' | 'N_A'
  readonly expires_in: number
  readonly scope?: string
  readonly id_token?: string
  readonly refresh_token?: string
  /** RFC 9396 §7. */
  readonly authorization_details?: readonly AuthorizationDetail[]
  /** RFC 8693 §2.2.1. */
  readonly issued_token_type?: string
}

export interface Issue {
  readonly client: Client
  readonly account: Account
  readonly grant: Grant
  /** Narrower than the grant's when a refresh asked for less. */
  readonly scopes: readonly string[]
  /** RFC 8707 §2.2: what the token request asked for; absent: the grant's. */
  readonly resources?: readonly string[]
  /** RFC 9396 §6: what the token request asked for; absent: the grant's. */
  readonly details?: readonly AuthorizationDetail[]
  /** The generation of the refresh token that goes with it. */
  readonly generation: number
  /** OIDC Core §12.2: a refreshed ID token should not carry a nonce. */
  readonly nonce: string | undefined
  /** Seconds since the epoch: no later than the token it is made from (RFC 8693). */
  readonly notAfter?: number
  /** RFC 8693 §4.1: who acts for the person. */
  readonly actor?: Actor | undefined
  /** The proof of possession that came with the request. */
  readonly cnf?: Confirmation
  /** The thumbprint of the attested key of the installation that asked (Attestation-Based Client Authentication §10.3). */
  readonly instanceKey?: string
  /** CIBA Core §10.3.1: the `auth_req_id` that these tokens are pushed for. */
  readonly pushedFor?: string
  readonly now: Date
}

export async function issueTokens(issue: Issue, ports: TokenPorts): Promise<TokenResponse> {
  const { grant, scopes, cnf } = issue
  const issuing = issueAccessToken(issue, ports)
  const accessToken = issuing instanceof Promise ? await issuing : issuing
  const { details } = accessToken
  const response: TokenResponse = {
    access_token: accessToken.text,
    token_type: tokenTypeOf(cnf),
    expires_in: accessToken.expiresIn,
    // RFC 6749 §3.3: a scope has at least one token, so none is no scope at all.
    ...(accessToken.scopes.length === 0 ? {} : { scope: accessToken.scopes.join(' ') }),
    ...(grant.offline ? { refresh_token: issueRefreshToken(issue, ports) } : {}),
    // RFC 9396 §7: as they were granted.
    ...(details === undefined ? {} : { authorization_details: details }),
  }
  // RFC 8707 §2.2 narrows the access token; the ID token is for the app, which asked for openid.
  if (!scopes.includes('openid')) return response
  return { ...response, id_token: await issueIdToken(issue, { accessToken: accessToken.text }, ports) }
}

/** RFC 9449 §5: `DPoP` where the token is bound to a key; RFC 8705 §3: a token bound to a certificate stays `Bearer`. */
export function tokenTypeOf(cnf: Confirmation | undefined): 'Bearer' | 'DPoP' {
  return cnf !== undefined && 'jkt' in cnf ? 'DPoP' : 'Bearer'
}

export function issueAccessToken(issue: Issue, ports: TokenPorts): IssuedAccessToken | Promise<IssuedAccessToken> {
  const { client, grant, account, scopes, cnf, now } = issue
  return makeAccessToken(
    {
      client,
      scopes,
      resources: issue.resources ?? grant.resources,
      details: issue.details ?? grant.authorizationDetails,
      cnf,
      now,
    },
    { kind: 'person', grant, account, owner: client },
    ports,
  )
}

export function issueRefreshToken(issue: Issue, { keys }: TokenPorts): string {
  const { grant, generation } = issue
  const cnf = holderOf(issue)
  return sealRefreshToken(keys.handles, { grantId: grant.id, generation, ...(cnf === undefined ? {} : { cnf }) })
}

/** Who alone may use the refresh token. A confidential client proves itself by its authentication. */
function holderOf({ client, cnf, instanceKey }: Issue): Confirmation | undefined {
  // Attestation-Based Client Authentication §10.3: one installation, and not just the app.
  if (instanceKey !== undefined) return { jkt: instanceKey }
  // RFC 9449 §5, RFC 8705 §4: for public clients the refresh token is bound, too.
  return client.type === 'public' ? cnf : undefined
}

/** What else goes out together with an ID token, for its hashes (OIDC Core §3.3.2.11). */
export interface IssuedBeside {
  readonly accessToken?: string
  readonly code?: string
  readonly state?: string
}

export async function issueIdToken(issue: Issue, beside: IssuedBeside, ports: TokenPorts): Promise<string> {
  const { client, account, grant, scopes, now } = issue
  const issuedAt = secondsOf(now)
  const alg = client.idTokenSignedResponseAlg
  const subject = subjectOf(client, account, ports.keys)
  const protocol = idTokenClaims({
    issuer: ports.issuer,
    subject,
    clientId: client.clientId,
    issuedAt,
    expiresAt: Math.min(
      issuedAt + (client.idTokenSeconds ?? ports.lifetimes.idTokenSeconds),
      issue.notAfter ?? Number.POSITIVE_INFINITY,
    ),
    authTime: secondsOf(grant.authTime),
    requestedAt: secondsOf(grant.requestedAt),
    tokenId: newUuid(ports.random),
    nonce: issue.nonce,
    sessionId: grant.sessionless === true ? undefined : grant.sessionId,
    amr: grant.amr,
    acr: grant.acr,
    actor: issue.actor ?? grant.actor,
    scopes,
    ...beside,
    accessToken: beside.accessToken,
    alg,
    shape: shapeOf(client),
  })
  const told = tellsClaims(issue, beside)
    ? claimsForIdToken(issue, beside, subject, await ports.customClaims())
    : undefined
  // What the protocol says is never overlaid by what is known about a person.
  const claims =
    told === undefined && issue.pushedFor === undefined
      ? protocol
      : { ...told, ...protocol, ...pushClaims(issue, ports) }
  return protect(claims, idTokenProtection(client), client, ports)
}

/** CIBA Core §10.3.1: what is pushed is tied together by the ID token, so that nobody can mix two deliveries. */
function pushClaims(issue: Issue, ports: TokenPorts): Claims {
  if (issue.pushedFor === undefined) return {}
  const claim = 'urn:openid:params:jwt:claim'
  return {
    [`${claim}:auth_req_id`]: issue.pushedFor,
    ...(issue.grant.offline
      ? { [`${claim}:rt_hash`]: halfHash(issue.client.idTokenSignedResponseAlg, issueRefreshToken(issue, ports)) }
      : {}),
  }
}

function idTokenProtection(client: Client): Protection {
  const { idTokenEncryptedResponseAlg: alg, idTokenEncryptedResponseEnc: enc } = client
  return {
    signingAlg: client.idTokenSignedResponseAlg,
    ...(alg === undefined ? {} : { encryptionAlg: alg }),
    ...(enc === undefined ? {} : { encryptionEnc: enc }),
  }
}

/** OIDC Core §5.4: the claims of the scopes belong in the ID token only when no access token can be used to ask for them. */
function tellsScopes({ client }: Issue, { accessToken, code }: IssuedBeside): boolean {
  return (accessToken === undefined && code === undefined) || client.claimsInIdToken === true
}

/** What the person allowed one app by name is not for another one that exchanged its token. */
function wishesOf({ client, grant }: Issue) {
  return grant.clientUid === client.uid ? grant.claims?.idToken : undefined
}

function tellsClaims(issue: Issue, beside: IssuedBeside): boolean {
  return tellsScopes(issue, beside) || wishesOf(issue) !== undefined
}

function claimsForIdToken(issue: Issue, beside: IssuedBeside, subject: string, custom: readonly CustomClaim[]): Claims {
  const { client, account, grant, scopes } = issue
  const wishes = wishesOf(issue)
  return claimsOf({ ...account, subject }, tellsScopes(issue, beside) ? scopes : [], {
    custom,
    ...(wishes === undefined ? {} : { wishes }),
    ...(grant.claimsLocales === undefined ? {} : { locales: grant.claimsLocales }),
    ...(client.groupsShape === undefined ? {} : { groupsShape: client.groupsShape }),
  })
}

function shapeOf({ scpShape, withRequestedAt }: Client): IdTokenShape {
  return {
    ...(scpShape === undefined ? {} : { scp: scpShape }),
    ...(withRequestedAt === undefined ? {} : { withRequestedAt }),
  }
}
