/** What an access token stands for right now: the same answer for user info, introspection and revocation. */

import { hash } from 'node:crypto'
import { secondsOf } from '../../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { ClientRepository } from '../clients/client-repository.ts'
import type { Handles } from '../handles/handles.ts'
import { type AccessToken, openAccessToken } from '../handles/token-handles.ts'
import { checkAccount, checkNotRevoked, checkSessionAlive } from './check-grant.ts'
import type { Grant, GrantRepository } from './grant.ts'

export interface LiveAccessToken {
  readonly token: AccessToken
  readonly client: Client
  readonly scopes: readonly string[]
  /** Absent for a client's own token. */
  readonly person?: { readonly grant: Grant; readonly account: Account }
}

export interface AccessTokenPorts {
  readonly handles: Handles
  readonly grants: GrantRepository
  readonly clients: ClientRepository
}

export function accessTokenHash(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** Refusals are `invalid_token` (RFC 6750 §3.1). */
export async function resolveAccessToken(
  ports: AccessTokenPorts,
  text: string,
  now: Date,
): Promise<LiveAccessToken | Refusal> {
  const token = openAccessToken(ports.handles, text)
  if (token === undefined) return invalid('the access token is unknown', 'RFC 6750 §3.1 the token was issued by us')
  if (secondsOf(now) >= token.expiresAt) {
    return invalid('the access token has expired', 'RFC 6750 §3.1 the token is fresh (tokens.access_token)', {
      expired_at: new Date(token.expiresAt * 1000).toISOString(),
    })
  }
  const tokenHash = accessTokenHash(text)
  return token.kind === 'client-access'
    ? resolveClientToken(ports, token, tokenHash)
    : resolveGrantToken(ports, token, tokenHash)
}

async function resolveClientToken(
  { grants, clients }: AccessTokenPorts,
  token: Extract<AccessToken, { kind: 'client-access' }>,
  tokenHash: Buffer,
): Promise<LiveAccessToken | Refusal> {
  if (await grants.isAccessTokenRevoked(tokenHash)) return revoked()
  const client = checkClient(await clients.find(token.clientUid))
  return isRefusal(client) ? client : { token, client, scopes: token.scopes }
}

async function resolveGrantToken(
  { grants, clients }: AccessTokenPorts,
  token: Extract<AccessToken, { kind: 'access' }>,
  tokenHash: Buffer,
): Promise<LiveAccessToken | Refusal> {
  const facts = await grants.find(token.grantId, tokenHash)
  if (facts === undefined) return invalid('the grant is gone', 'the grant exists')
  if (facts.accessTokenRevoked === true) return revoked()
  const client = checkClient(await clients.find(facts.grant.clientUid))
  if (isRefusal(client)) return client
  const account =
    firstRefusal(checkNotRevoked(facts.grant), checkSessionAlive(facts)) ?? checkAccount(facts.account, facts.grant)
  if (isRefusal(account)) return invalid(account.description, account.rule, account.facts)
  // A client that was narrowed since has no more than it may have today.
  const scopes = (token.scopes ?? facts.grant.scopes).filter(scope => client.scopes.includes(scope))
  return { token, client, scopes, person: { grant: facts.grant, account } }
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
