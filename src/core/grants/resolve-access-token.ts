/** What an access token stands for right now: the same answer for user info, introspection, revocation and token exchange. */

import { hash } from 'node:crypto'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { secondsOf } from '../../lib/clock.ts'
import { ACCESS_TOKEN_TYPE } from '../../spec/access-token.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRepository } from '../clients/client-repository.ts'
import { type AccessToken, openAccessToken, openJwtAccessTokenId } from '../handles/token-handles.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { checkStillOpen } from '../policies/check-still-open.ts'
import type { PolicyRepository } from '../policies/policy.ts'
import { checkAccount, checkNotRevoked, checkSessionAlive } from './check-grant.ts'
import type { Grant, GrantRepository } from './grant.ts'

/** A token of ours, whether it is still good or not. */
export interface PresentedAccessToken {
  readonly token: AccessToken
  readonly format: 'opaque' | 'jwt'
  /** The handle: the token itself, or the `jti` of a JWT. What is revoked is this, as one JWT can be written in several ways. */
  readonly handle: string
}

export interface LiveAccessToken extends PresentedAccessToken {
  /** Who got it. */
  readonly client: Client
  /** Whose grant, or own token, it comes from; another client after a token exchange. */
  readonly owner: Client
  readonly scopes: readonly string[]
  /** Absent for a client's own token. */
  readonly person?: { readonly grant: Grant; readonly account: Account }
}

export interface AccessTokenPorts {
  readonly issuer: string
  readonly keys: Pick<KeyRing, 'handles' | 'findPublicKey'>
  readonly grants: GrantRepository
  readonly clients: ClientRepository
  readonly policies: Pick<PolicyRepository, 'find'>
}

export function accessTokenHash(handle: string): Buffer {
  return hash('sha256', handle, 'buffer')
}

/** Both formats. Nothing when it is no access token that we made. Only a JWT has to be waited for: opening a handle is a hash. */
export function openPresentedToken(
  ports: Pick<AccessTokenPorts, 'issuer' | 'keys'>,
  text: string,
): PresentedAccessToken | undefined | Promise<PresentedAccessToken | undefined> {
  // A handle has no dots; a JWS has two (RFC 7515 §7.1).
  if (text.includes('.')) return openJwt(ports, text)
  const token = openAccessToken(ports.keys.handles, text)
  return token === undefined ? undefined : { token, format: 'opaque', handle: text }
}

async function openJwt(
  { issuer, keys }: Pick<AccessTokenPorts, 'issuer' | 'keys'>,
  text: string,
): Promise<PresentedAccessToken | undefined> {
  const jti = await verifiedTokenId(text, issuer, keys)
  const token = jti === undefined ? undefined : openJwtAccessTokenId(keys.handles, jti)
  return token === undefined || jti === undefined ? undefined : { token, format: 'jwt', handle: jti }
}

/** RFC 9068 §4: decrypting apart, what an API has to verify. The `jti` says the rest by its own MAC. */
async function verifiedTokenId(
  text: string,
  issuer: string,
  keys: AccessTokenPorts['keys'],
): Promise<string | undefined> {
  try {
    const { payload } = await compactVerify(text, async ({ kid, alg, typ }) => {
      const known = kid === undefined ? undefined : await keys.findPublicKey(kid)
      // RFC 8725 §3.1: the key decides the algorithm, never the token. RFC 9068 §4: the typ keeps ID tokens and other JWTs of ours out.
      if (known === undefined || known.alg !== alg || typ?.toLowerCase() !== ACCESS_TOKEN_TYPE)
        throw new Error('no access token of ours')
      return known.key
    })
    const { iss, jti } = JSON.parse(Buffer.from(payload).toString('utf8')) as Readonly<Record<string, unknown>>
    return iss === issuer && typeof jti === 'string' ? jti : undefined
  } catch {
    return undefined
  }
}

/**
 * A JWT that was encrypted for an API (RFC 9068 §6) and that only this API can read. Its header names the handle, which our MAC protects,
 * but nothing ties the rest to it: enough to revoke what it stands for, and never enough to be taken for the token.
 */
export function openEncryptedTokenId(
  { keys }: Pick<AccessTokenPorts, 'keys'>,
  text: string,
): PresentedAccessToken | undefined {
  try {
    const { jti } = decodeProtectedHeader(text)
    const token = typeof jti === 'string' ? openJwtAccessTokenId(keys.handles, jti) : undefined
    return token === undefined ? undefined : { token, format: 'jwt', handle: String(jti) }
  } catch {
    return undefined
  }
}

/** Refusals are `invalid_token` (RFC 6750 §3.1). */
export async function resolveAccessToken(
  ports: AccessTokenPorts,
  text: string,
  now: Date,
): Promise<LiveAccessToken | Refusal> {
  const opened = openPresentedToken(ports, text)
  const presented = opened instanceof Promise ? await opened : opened
  if (presented === undefined) return invalid('the access token is unknown', 'RFC 6750 §3.1 the token was issued by us')
  const { token } = presented
  if (secondsOf(now) >= token.expiresAt) {
    return invalid('the access token has expired', 'RFC 6750 §3.1 the token is fresh (tokens.access_token)', {
      expired_at: new Date(token.expiresAt * 1000).toISOString(),
    })
  }
  return token.kind === 'client-access'
    ? resolveClientToken(ports, presented, token)
    : resolveGrantToken(ports, presented, token)
}

async function resolveClientToken(
  { grants, clients }: AccessTokenPorts,
  presented: PresentedAccessToken,
  token: Extract<AccessToken, { kind: 'client-access' }>,
): Promise<LiveAccessToken | Refusal> {
  if (await grants.isAccessTokenRevoked(accessTokenHash(presented.handle))) return revoked()
  const found = withHolder(await clients.find(token.clientUid), token.issuedTo, clients)
  const parties = found instanceof Promise ? await found : found
  return isRefusal(parties) ? parties : { ...presented, ...parties, scopes: allowedToday(token.scopes, parties) }
}

async function resolveGrantToken(
  { grants, clients, policies }: AccessTokenPorts,
  presented: PresentedAccessToken,
  token: Extract<AccessToken, { kind: 'access' }>,
): Promise<LiveAccessToken | Refusal> {
  const facts = await grants.find(token.grantId, accessTokenHash(presented.handle))
  if (facts === undefined) return invalid('the grant is gone', 'the grant exists')
  if (facts.accessTokenRevoked === true) return revoked()
  const { grant } = facts
  const found = withHolder(await clients.find(grant.clientUid), token.issuedTo, clients)
  const parties = found instanceof Promise ? await found : found
  if (isRefusal(parties)) return parties
  const account = firstRefusal(checkNotRevoked(grant), checkSessionAlive(facts)) ?? checkAccount(facts.account, grant)
  if (isRefusal(account)) return invalid(account.description, account.rule, account.facts)
  const closing = checkBothOpen(parties, { grant, account }, policies)
  const closed = closing instanceof Promise ? await closing : closing
  if (closed !== undefined) return invalid(closed.description, closed.rule, closed.facts)
  const scopes = allowedToday(token.scopes ?? grant.scopes, parties)
  return { ...presented, ...parties, scopes, person: { grant, account } }
}

/** After a token exchange the person has to be welcome at both: where they allowed it, and where the token went. */
function checkBothOpen(
  { client, owner }: Parties,
  person: { readonly grant: Grant; readonly account: Account },
  policies: AccessTokenPorts['policies'],
): Refusal | undefined | Promise<Refusal | undefined> {
  const own = checkStillOpen({ ...person, client: owner }, policies)
  if (client.uid === owner.uid) return own
  const others = checkStillOpen({ ...person, client }, policies)
  return own instanceof Promise || others instanceof Promise
    ? Promise.all([own, others]).then(([first, second]) => first ?? second)
    : (own ?? others)
}

/** A client that was narrowed since has no more than it may have today. */
function allowedToday(
  scopes: readonly string[],
  { client, owner }: Pick<LiveAccessToken, 'client' | 'owner'>,
): readonly string[] {
  return scopes.filter(scope => owner.scopes.includes(scope) && client.scopes.includes(scope))
}

interface Parties {
  readonly client: Client
  readonly owner: Client
}

/** After a token exchange both have to be there: whoever disables one of them means what it holds as well. */
function withHolder(
  found: Client | undefined,
  issuedTo: Client['uid'] | undefined,
  clients: ClientRepository,
): Parties | Refusal | Promise<Parties | Refusal> {
  const owner = checkClient(found)
  if (isRefusal(owner)) return owner
  return issuedTo === undefined ? { client: owner, owner } : withOtherHolder(owner, issuedTo, clients)
}

async function withOtherHolder(
  owner: Client,
  issuedTo: Client['uid'],
  clients: ClientRepository,
): Promise<Parties | Refusal> {
  const client = checkClient(await clients.find(issuedTo))
  return isRefusal(client) ? client : { client, owner }
}

function checkClient(client: Client | undefined): Client | Refusal {
  if (client === undefined) return invalid('the client is gone', 'the client exists')
  return client.disabledAt === undefined
    ? client
    : invalid('the client is disabled', 'the client is enabled', { client_id: client.clientId })
}

function revoked(): Refusal {
  return invalid('the access token was revoked', 'RFC 7009 §2.1 not revoked')
}

function invalid(description: string, rule: string, facts: Refusal['facts'] = {}): Refusal {
  return refuse('invalid_token', description, rule, facts)
}

/** RFC 9396 §6: what this token may do of the grant's details. */
export function detailsOf({ token, person }: LiveAccessToken): readonly AuthorizationDetail[] | undefined {
  const details = token.details ?? person?.grant.authorizationDetails
  return details === undefined || details.length === 0 ? undefined : details
}
