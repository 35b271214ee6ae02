/**
 * A grant: one row per authorization. It is made at the authorization endpoint together with its code, is redeemed once, and then
 * carries the refresh token's generation. Codes, access and refresh tokens are handles onto it (`core/handles`); nothing else is stored.
 */

import type { Id } from '../../lib/id.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import type { ClaimsRequest } from '../../spec/claims-request.ts'
import type { Account, AccountId } from '../accounts/account.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { ClientUid } from '../clients/client.ts'
import type { SessionId } from '../sessions/session.ts'
import type { Write } from '../unit-of-work.ts'

export type GrantId = Id<'grant'>

export interface Grant {
  readonly id: GrantId
  readonly clientUid: ClientUid
  readonly accountId: AccountId
  readonly sessionId: SessionId
  readonly scopes: readonly string[]
  /** The redirect URI of the request, for RFC 6749 §4.1.3. */
  readonly redirectUri: string
  readonly nonce?: string
  readonly codeChallenge?: string
  readonly codeChallengeMethod?: 'S256' | 'plain'
  readonly authTime: Date
  /** When it was proven to us, where that was later (`Session.provenAt`). */
  readonly provenAt?: Date
  readonly amr: readonly string[]
  /** What was reached of the authentication context class references (OIDC Core §2 `acr`). */
  readonly acr?: string
  /** OIDC Core §5.5: single claims that were asked for and allowed. */
  readonly claims?: ClaimsRequest
  readonly claimsLocales?: readonly string[]
  /** RFC 8707: the resource servers that were asked for. */
  readonly resources?: readonly string[]
  /** RFC 9396: as the person allowed them. */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  /** RFC 9449 §10: the code is exchanged with a proof by this key only. */
  readonly dpopJkt?: string
  /** RFC 8693 §4.1: who acts for the person. */
  readonly actor?: Actor
  /** From where the person allowed it: networks in the policy of the app are held against it. Kept where the app has a policy. */
  readonly address?: string
  /** There never was a session behind it (RFC 7523, CIBA without a browser). */
  readonly sessionless?: boolean
  /** When the client's request arrived (`rat`). */
  readonly requestedAt: Date
  /** Where `sallyport why` finds the sign-in that led here. */
  readonly traceCode: TraceCode
  readonly createdAt: Date
  readonly codeExpiresAt: Date
  /** offline_access was granted: a refresh token is issued, and the end of the session does not end the grant. */
  readonly offline: boolean
  /** When the code was exchanged. */
  readonly redeemedAt?: Date
  /** The generation of the one live refresh token; 0 before the code was exchanged, 1 after. */
  readonly generation: number
  /** When `generation` last grew. */
  readonly rotatedAt?: Date
  /** Nothing issued from this grant lives longer. */
  readonly expiresAt: Date
  readonly revokedAt?: Date
}

/** RFC 8693 §4.1: `act`, the current actor outermost. */
export interface Actor {
  readonly sub: string
  readonly client_id?: string
  readonly act?: Actor
}

/** What one read answers about a token: its grant, whose it is, and whether the session behind it has ended. */
export interface GrantFacts {
  readonly grant: Grant
  /** Absent when the account was deleted. */
  readonly account?: Account
  /** The session was ended (not merely expired), or its row is gone. */
  readonly sessionEnded: boolean
  /** This very access token was revoked; false when none was asked about. */
  readonly accessTokenRevoked?: boolean
}

export interface GrantRepository {
  /** `accessTokenHash`: also says whether this access token was revoked. The account comes without its password hash. */
  find(id: GrantId, accessTokenHash?: Buffer): Promise<GrantFacts | undefined>
  insert(grant: Grant): Write
  /**
   * The code is exchanged: sets `redeemedAt` and `rotatedAt`, generation 1.
   * Lost (`grants.redeem`) when it was redeemed or revoked before.
   */
  redeem(id: GrantId, now: Date): Write
  /** Generation `from` → `from + 1`. Lost (`grants.rotate`) when the generation is another one or the grant was revoked. */
  rotate(id: GrantId, from: number, now: Date, expiresAt: Date): Write
  /** Ends the grant and everything issued from it. Never lost. */
  revoke(id: GrantId, now: Date): Write
  /** Ends all that a person ever gave an app. Never lost. Reads every grant: for what is done seldom. */
  revokeAllOf(accountId: AccountId, clientUid: ClientUid, now: Date): Write
  /** One access token ends before its time. `tokenHash`: SHA-256 of the token. Never lost. */
  revokeAccessToken(tokenHash: Buffer, expiresAt: Date): Write
  isAccessTokenRevoked(tokenHash: Buffer): Promise<boolean>
}
