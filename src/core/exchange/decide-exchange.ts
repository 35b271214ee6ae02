/** Who may exchange which token, and what comes of it (RFC 8693): never more than the token says, nor than the caller may have. Pure. */

import type { Confirmation } from '../../spec/confirmation.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'
import type { Actor } from '../grants/grant.ts'
import { isSameConfirmation } from '../proof-of-possession/confirmation.ts'
import { findResources, isServerOf, type ResourceServer, type ResourceServers } from '../tokens/resource-servers.ts'
import { checkAgree } from '../tokens/token-target.ts'
import type { ExchangeSubject } from './exchange-subject.ts'

const MAY_EXCHANGE = 'RFC 8693 §2.1 the client may exchange this token (token_exchange_subjects)'

export interface ExchangeWish {
  readonly caller: Client
  /** What the caller proves to hold. */
  readonly cnf?: Confirmation | undefined
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly audience: readonly string[]
}

export interface Exchange {
  readonly scopes: readonly string[]
  /** Absent: our own endpoints and the caller. */
  readonly resources?: readonly string[]
}

export function decideExchange(
  wish: ExchangeWish,
  subject: ExchangeSubject,
  servers: ResourceServers,
): Exchange | Refusal {
  const refusal = firstRefusal(
    checkMayExchange(wish.caller, subject, servers),
    checkHolder(wish, subject, 'subject_token'),
  )
  if (refusal !== undefined) return refusal
  const scopes = narrowedScopes(wish, subject)
  if (isRefusal(scopes)) return scopes
  const resources = decideResources(wish, subject, servers)
  if (isRefusal(resources)) return resources
  return { scopes, ...(resources === undefined ? {} : { resources }) }
}

function checkMayExchange(caller: Client, subject: ExchangeSubject, servers: ResourceServers): Refusal | undefined {
  const { issuedTo, audience } = subject
  const isProven = caller.type === 'confidential'
  if (isOwn(caller, subject)) return undefined
  const listed = caller.tokenExchangeSubjects
  // What an operator has listed says it all; without a list an API may exchange what it was sent.
  const may =
    isProven &&
    (listed === undefined
      ? (audience ?? []).some(uri => isServerOf(caller, uri, servers))
      : listed.includes('*') || listed.includes(issuedTo.clientId))
  return may
    ? undefined
    : refuse('invalid_request', 'subject_token may not be exchanged by this client', MAY_EXCHANGE, {
        client_id: caller.clientId,
        issued_to: issuedTo.clientId,
        allowed: listed ?? [],
      })
}

/** An ID token travels through browsers, so finding one is no right to it: whoever exchanges it proves who it is. */
function isOwn(caller: Client, { issuedTo, isGrantNew }: ExchangeSubject): boolean {
  return caller.uid === issuedTo.uid && (caller.type === 'confidential' || !isGrantNew)
}

/**
 * RFC 9449 §1: a bound token is worth nothing without its key, so whoever was given it has to prove it here as everywhere. An API that
 * was sent it cannot; it is known by its own credentials, and was allowed to exchange.
 */
function checkHolder(
  { caller, cnf }: Pick<ExchangeWish, 'caller' | 'cnf'>,
  subject: ExchangeSubject,
  what: 'subject_token' | 'actor_token',
): Refusal | undefined {
  if (subject.cnf === undefined || caller.uid !== subject.issuedTo.uid || isSameConfirmation(subject.cnf, cnf))
    return undefined
  return refuse(
    'invalid_request',
    `${what} is bound to another key`,
    'RFC 9449 §1, RFC 8705 §3 whoever was given a bound token proves its key',
  )
}

function narrowedScopes(
  { caller, scopes: wished }: ExchangeWish,
  subject: ExchangeSubject,
): readonly string[] | Refusal {
  // RFC 8693 §2.1: what is issued hangs on the subject token's grant; a refresh token of its own it has none.
  const most = subject.scopes.filter(scope => caller.scopes.includes(scope) && scope !== 'offline_access')
  if (wished.length === 0) return most
  const extra = wished.find(scope => !most.includes(scope))
  return extra === undefined
    ? most.filter(scope => wished.includes(scope))
    : refuse('invalid_scope', `scope ${extra} is not available`, 'RFC 8693 §2.1 scope is not wider than before', {
        scope: extra,
        available: most,
      })
}

function decideResources(
  { caller, resources, audience }: ExchangeWish,
  subject: ExchangeSubject,
  servers: ResourceServers,
): readonly string[] | undefined | Refusal {
  const named: string[] = [...resources]
  for (const name of audience) {
    if (name === caller.clientId) continue
    // RFC 8693 §2.1: a logical name means something to both of us: the client_id of an API, or its URI.
    const server = servers.find(name) ?? servers.list.find(({ clientIds }) => clientIds?.includes(name))
    if (server === undefined) {
      return refuse('invalid_target', 'audience is unknown', 'RFC 8693 §2.1 audience is configured (resources)', {
        audience: name.slice(0, 200),
      })
    }
    named.push(server.uri)
  }
  const uris = named.length > 0 ? [...new Set(named)] : unnamedResources(audience.length > 0, caller, subject, servers)
  if (uris === undefined) return undefined
  const found = findResources(uris, caller, servers)
  if (isRefusal(found)) return found
  return (
    firstRefusal(
      checkNotOurOwn(found, subject, servers),
      checkNotAdministration(found, subject),
      checkShown(found, caller, subject, servers),
      checkAgree(found, servers),
    ) ?? uris
  )
}

/** Nothing was asked for: it stays as it was. The caller asked for itself: of that, what it serves. Never is it for no API in particular. */
function unnamedResources(
  isForCaller: boolean,
  caller: Client,
  { audience }: ExchangeSubject,
  servers: ResourceServers,
): readonly string[] | undefined {
  const served = isForCaller ? audience?.filter(uri => isServerOf(caller, uri, servers)) : undefined
  return served !== undefined && served.length > 0 ? served : audience
}

/** RFC 9068 §4: a token that was made for an API does not open UserInfo, and no exchange makes it. */
function checkNotOurOwn(
  found: readonly ResourceServer[],
  { audience }: ExchangeSubject,
  servers: ResourceServers,
): Refusal | undefined {
  const own = found.find(server => !servers.list.includes(server))
  return own === undefined || audience === undefined || audience.includes(own.uri)
    ? undefined
    : refuse(
        'invalid_target',
        'subject_token does not open this resource',
        'RFC 9068 §4 the audience names the UserInfo endpoint',
        { audience },
      )
}

/** A token that was sent to an API never comes back as one that manages this server: it did so before, or does not. */
function checkNotAdministration(
  found: readonly ResourceServer[],
  { audience = [] }: ExchangeSubject,
): Refusal | undefined {
  const administration = found.find(server => server.isAdministration === true)
  return administration === undefined || audience.includes(administration.uri)
    ? undefined
    : refuse(
        'invalid_target',
        'subject_token does not open the admin API',
        'RFC 8693 §2.1 what opens the admin API did so before the exchange',
        { audience },
      )
}

/** RFC 8707 §2: an app that registered itself has only the APIs that the person was shown, whichever way it asks. */
function checkShown(
  found: readonly ResourceServer[],
  { origin = 'operator' }: Client,
  { audience = [] }: ExchangeSubject,
  servers: ResourceServers,
): Refusal | undefined {
  const extra = found.find(server => servers.list.includes(server) && !audience.includes(server.uri))
  return origin === 'operator' || extra === undefined
    ? undefined
    : refuse('invalid_target', 'resource was not granted', 'RFC 8707 §2.2 resource is not wider than granted', {
        resource: extra.uri,
        granted: audience,
      })
}

/** More in a chain is a loop of services that call each other. */
const LONGEST_CHAIN = 5

/** RFC 8693 §4.1: the current actor outside, those before it inside. Without an actor token whoever acted goes on acting. */
export function decideActor(
  subject: ExchangeSubject,
  current: Omit<Actor, 'act'> | undefined,
): Actor | undefined | Refusal {
  if (current === undefined) return subject.actor
  const actor: Actor = { ...current, ...(subject.actor === undefined ? {} : { act: subject.actor }) }
  return chainLength(actor) <= LONGEST_CHAIN
    ? actor
    : refuse('invalid_request', 'too many actors in a chain', `RFC 8693 §4.1 at most ${LONGEST_CHAIN} actors`)
}

function chainLength({ act }: Actor): number {
  return act === undefined ? 1 : 1 + chainLength(act)
}

/** An actor token is the caller's own, or was made for it: nobody acts in the name of somebody whose token it found. */
export function checkActor(
  wish: Pick<ExchangeWish, 'caller' | 'cnf'>,
  actor: ExchangeSubject,
  servers: ResourceServers,
): Refusal | undefined {
  const { caller } = wish
  const stolen = checkHolder(wish, actor, 'actor_token')
  if (stolen !== undefined) return stolen
  const isSent = caller.type === 'confidential' && (actor.audience ?? []).some(uri => isServerOf(caller, uri, servers))
  return isOwn(caller, actor) || isSent
    ? undefined
    : refuse(
        'invalid_request',
        'actor_token was not issued to this client',
        'RFC 8693 §2.1 the actor acts through the client',
      )
}
