/** Access tokens in both formats: a handle, or a JWT (RFC 9068) whose `jti` is the same handle. */

import { CompactEncrypt, importJWK } from 'jose'
import { secondsOf } from '../../lib/clock.ts'
import { ACCESS_TOKEN_TYPE, accessTokenClaims } from '../../spec/access-token.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import type { Confirmation } from '../../spec/confirmation.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Actor, Grant } from '../grants/grant.ts'
import { type AccessToken, sealAccessToken } from '../handles/token-handles.ts'
import type { TokenPorts } from './ports.ts'
import { userinfoResource } from './resource-servers.ts'
import { subjectOf } from './subject.ts'
import { detailsFor, type TokenTarget, targetOf } from './token-target.ts'

export interface IssuedAccessToken {
  readonly text: string
  /** Seconds. */
  readonly expiresIn: number
  /** Those that its audience knows. */
  readonly scopes: readonly string[]
  readonly details?: readonly AuthorizationDetail[]
}

/** What is the same for tokens about people and for a client's own. */
export interface AccessTokenWish {
  /** Who gets it. */
  readonly client: Client
  readonly scopes: readonly string[]
  /** RFC 8707 §2; absent: our own endpoints and the client. */
  readonly resources?: readonly string[] | undefined
  /** RFC 9396; absent: none. */
  readonly details?: readonly AuthorizationDetail[] | undefined
  readonly cnf?: Confirmation | undefined
  /** RFC 8693 §4.1. */
  readonly actor?: Actor | undefined
  /** RFC 8693 §2.1: a JWT was asked for; absent: as the resource or the client has it. */
  readonly format?: 'jwt' | undefined
  /** Seconds since the epoch: no later than the token it is made from. */
  readonly notAfter?: number | undefined
  readonly now: Date
}

/** Whom it is about. `owner`: the client that the grant, or the client's own token, was issued to first. */
export type AccessTokenSubject =
  | { readonly kind: 'person'; readonly grant: Grant; readonly account: Account; readonly owner: Client }
  | { readonly kind: 'client'; readonly owner: Client }

export function makeAccessToken(
  wish: AccessTokenWish,
  about: AccessTokenSubject,
  ports: TokenPorts,
): IssuedAccessToken | Promise<IssuedAccessToken> {
  const { client } = wish
  const target = targetOf(wish.resources, wish.scopes, client, ports.resources, ports.lifetimes.accessTokenSeconds)
  const issuedAt = secondsOf(wish.now)
  const expiresAt = Math.min(issuedAt + target.seconds, wish.notAfter ?? Number.POSITIVE_INFINITY)
  const details = detailsFor(target.audience, wish.details)
  const token = tokenOf(wish, about, target, details, { issuedAt, expiresAt })
  const issued = (text: string): IssuedAccessToken => ({
    text,
    expiresIn: expiresAt - issuedAt,
    scopes: target.scopes,
    ...(details === undefined ? {} : { details }),
  })
  return (wish.format ?? target.format) === 'opaque'
    ? issued(sealAccessToken(ports.keys.handles, token, ports.random))
    : signAccessToken(token, wish, about, target, details, ports).then(issued)
}

function tokenOf(
  { client, cnf, actor }: AccessTokenWish,
  about: AccessTokenSubject,
  { audience, scopes }: TokenTarget,
  details: readonly AuthorizationDetail[] | undefined,
  times: { readonly issuedAt: number; readonly expiresAt: number },
): AccessToken {
  const terms = {
    ...times,
    ...(cnf === undefined ? {} : { cnf }),
    ...(audience === undefined ? {} : { audience }),
    ...(actor === undefined ? {} : { actor }),
    ...(client.uid === about.owner.uid ? {} : { issuedTo: client.uid }),
  }
  if (about.kind === 'client')
    return {
      kind: 'client-access',
      clientUid: about.owner.uid,
      scopes,
      ...terms,
      ...(details === undefined ? {} : { details }),
    }
  const { grant } = about
  // What stands in the grant needs no place in the token.
  const isWhole = scopes.length === grant.scopes.length
  const hasAll = (details?.length ?? 0) === (grant.authorizationDetails?.length ?? 0)
  return {
    kind: 'access',
    grantId: grant.id,
    ...terms,
    ...(isWhole ? {} : { scopes }),
    ...(hasAll ? {} : { details: details ?? [] }),
  }
}

async function signAccessToken(
  token: AccessToken,
  wish: AccessTokenWish,
  about: AccessTokenSubject,
  target: TokenTarget,
  details: readonly AuthorizationDetail[] | undefined,
  { issuer, keys, random }: TokenPorts,
): Promise<string> {
  const { client } = wish
  const jti = sealAccessToken(keys.handles, token, random, 'jti')
  const claims = accessTokenClaims({
    issuer,
    audience: audienceOf(target, about, client, issuer),
    // RFC 9068 §2.2: without a person it is about the client itself.
    subject: about.kind === 'person' ? subjectOf(client, about.account, keys) : about.owner.clientId,
    clientId: client.clientId,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
    tokenId: jti,
    scopes: target.scopes,
    cnf: wish.cnf,
    actor: wish.actor ?? (about.kind === 'person' ? about.grant.actor : undefined),
    details,
    ...(about.kind === 'person' ? personOf(about, target, client) : {}),
  })
  const signer = await keys.signer(target.signingAlg)
  const jws = await signer.sign(claims, ACCESS_TOKEN_TYPE)
  return target.encryption === undefined ? jws : encrypt(jws, jti, target.encryption)
}

function personOf(
  { grant, account }: Extract<AccessTokenSubject, { kind: 'person' }>,
  { scopes }: TokenTarget,
  client: Client,
) {
  return {
    authentication: {
      authTime: secondsOf(grant.authTime),
      amr: grant.amr,
      acr: grant.acr,
      sessionId: grant.sessionless === true ? undefined : grant.sessionId,
    },
    // RFC 9068 §2.2.3.1: for APIs that decide by groups, where the app asked for that scope.
    groups: scopes.includes('groups')
      ? client.groupsShape === 'string'
        ? account.groups.join(',')
        : account.groups
      : undefined,
  }
}

/** RFC 9068 §3: without a resource there is a default one: the client, and our UserInfo endpoint where the token opens it. */
function audienceOf(
  { audience, scopes }: TokenTarget,
  about: AccessTokenSubject,
  client: Client,
  issuer: string,
): readonly string[] {
  if (audience !== undefined) return audience
  const opensUserinfo = about.kind === 'person' && scopes.includes('openid')
  return opensUserinfo ? [client.clientId, userinfoResource(issuer)] : [client.clientId]
}

/** RFC 9068 §6. The handle stands in the header, too (RFC 7519 §5.3), so that whoever cannot read the token can still have it revoked. */
async function encrypt(
  jws: string,
  jti: string,
  { alg, enc, jwk }: NonNullable<TokenTarget['encryption']>,
): Promise<string> {
  const key = await importJWK(jwk, alg)
  const kid = typeof jwk.kid === 'string' ? { kid: jwk.kid } : {}
  return new CompactEncrypt(Buffer.from(jws))
    .setProtectedHeader({ alg, enc, cty: ACCESS_TOKEN_TYPE, typ: ACCESS_TOKEN_TYPE, jti, ...kid })
    .encrypt(key)
}
