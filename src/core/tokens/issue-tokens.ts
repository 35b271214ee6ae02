/** The tokens of a grant: access token, and with `openid` an ID token (OIDC Core §3.1.3.3), and with offline access a refresh token. */

import { secondsOf } from '../../lib/clock.ts'
import { newUuid } from '../../lib/id.ts'
import type { Confirmation } from '../../spec/confirmation.ts'
import { idTokenClaims } from '../../spec/id-token.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Grant } from '../grants/grant.ts'
import { sealAccessToken, sealRefreshToken } from '../handles/token-handles.ts'
import type { TokenPorts } from './ports.ts'

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: 'Bearer' | 'DPoP' | 'N_A'
  readonly expires_in: number
  readonly scope?: string
  readonly id_token?: string
  readonly refresh_token?: string
  /** RFC 9396 §7. */
  readonly authorization_details?: readonly unknown[]
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
  /** The generation of the refresh token that goes with it. */
  readonly generation: number
  /** OIDC Core §12.2: a refreshed ID token should not carry a nonce. */
  readonly nonce: string | undefined
  /** The proof of possession that came with the request. */
  readonly cnf?: Confirmation
  readonly now: Date
}

export async function issueTokens(issue: Issue, ports: TokenPorts): Promise<TokenResponse> {
  const { grant, scopes, cnf } = issue
  const accessToken = await issueAccessToken(issue, ports)
  const response: TokenResponse = {
    access_token: accessToken.text,
    token_type: cnf !== undefined && 'jkt' in cnf ? 'DPoP' : 'Bearer',
    expires_in: accessToken.expiresIn,
    scope: scopes.join(' '),
    ...(grant.offline ? { refresh_token: issueRefreshToken(issue, ports) } : {}),
  }
  if (!scopes.includes('openid')) return response
  return { ...response, id_token: await issueIdToken(issue, { accessToken: accessToken.text }, ports) }
}

export interface IssuedAccessToken {
  readonly text: string
  /** Seconds. */
  readonly expiresIn: number
}

export async function issueAccessToken(
  { client, grant, scopes, cnf, now }: Issue,
  { keys, random, lifetimes }: TokenPorts,
): Promise<IssuedAccessToken> {
  const issuedAt = secondsOf(now)
  const expiresIn = client.accessTokenSeconds ?? lifetimes.accessTokenSeconds
  const text = sealAccessToken(
    keys.handles,
    {
      kind: 'access',
      grantId: grant.id,
      issuedAt,
      expiresAt: issuedAt + expiresIn,
      ...(scopes.length === grant.scopes.length ? {} : { scopes }),
      ...(cnf === undefined ? {} : { cnf }),
    },
    random,
  )
  return { text, expiresIn }
}

export function issueRefreshToken({ client, grant, generation, cnf }: Issue, { keys }: TokenPorts): string {
  // RFC 9449 §5: for public clients the refresh token is bound, too; a confidential one proves itself by its authentication.
  const bound = cnf !== undefined && client.type === 'public' ? { cnf } : {}
  return sealRefreshToken(keys.handles, { grantId: grant.id, generation, ...bound })
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
  const claims = idTokenClaims({
    issuer: ports.issuer,
    subject: account.subject,
    clientId: client.clientId,
    issuedAt,
    expiresAt: issuedAt + (client.idTokenSeconds ?? ports.lifetimes.idTokenSeconds),
    authTime: secondsOf(grant.authTime),
    requestedAt: secondsOf(grant.requestedAt),
    tokenId: newUuid(ports.random),
    nonce: issue.nonce,
    sessionId: grant.sessionId,
    amr: grant.amr,
    scopes,
    accessToken: beside.accessToken,
    alg,
  })
  const signer = await ports.keys.signer(alg)
  return signer.sign(claims)
}
