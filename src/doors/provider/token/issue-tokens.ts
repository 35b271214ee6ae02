/** The tokens of a grant: access token, and with `openid` an ID token (OIDC Core §3.1.3.3), and with offline access a refresh token. */

import type { Account } from '../../../core/accounts/account.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { Grant } from '../../../core/grants/grant.ts'
import { sealAccessToken, sealRefreshToken } from '../../../core/handles/token-handles.ts'
import { secondsOf } from '../../../lib/clock.ts'
import { newUuid } from '../../../lib/id.ts'
import { idTokenClaims } from '../../../spec/id-token.ts'
import type { ProviderPorts } from '../ports.ts'
import type { TokenResponse } from './grant-type.ts'

export interface Issue {
  readonly client: Client
  readonly account: Account
  readonly grant: Grant
  /** Narrower than the grant's when a refresh asked for less. */
  readonly scopes: readonly string[]
  /** The generation of the refresh token that goes with it. */
  readonly generation: number
  /** OIDC Core §12.2: a refreshed ID token should not carry a nonce. */
  readonly nonce: string | undefined
  readonly now: Date
}

export async function issueTokens(issue: Issue, ports: ProviderPorts): Promise<TokenResponse> {
  const { client, account, grant, scopes, now } = issue
  const { handles } = ports.keys
  const issuedAt = secondsOf(now)
  const narrowed = scopes.length === grant.scopes.length ? {} : { scopes }
  const accessToken = sealAccessToken(
    handles,
    {
      kind: 'access',
      grantId: grant.id,
      issuedAt,
      expiresAt: issuedAt + ports.lifetimes.accessTokenSeconds,
      ...narrowed,
    },
    ports.random,
  )
  const response: TokenResponse = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: ports.lifetimes.accessTokenSeconds,
    scope: scopes.join(' '),
    ...(grant.offline
      ? { refresh_token: sealRefreshToken(handles, { grantId: grant.id, generation: issue.generation }) }
      : {}),
  }
  if (!scopes.includes('openid')) return response
  const alg = client.idTokenSignedResponseAlg
  const claims = idTokenClaims({
    issuer: ports.issuer,
    subject: account.subject,
    clientId: client.clientId,
    issuedAt,
    expiresAt: issuedAt + ports.lifetimes.idTokenSeconds,
    authTime: secondsOf(grant.authTime),
    requestedAt: secondsOf(grant.requestedAt),
    tokenId: newUuid(ports.random),
    nonce: issue.nonce,
    sessionId: grant.sessionId,
    amr: grant.amr,
    scopes,
    accessToken,
    alg,
  })
  return { ...response, id_token: await ports.keys.signer(alg).sign(claims) }
}
