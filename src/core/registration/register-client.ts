/** Registration (RFC 7591 §3, OIDC Registration §3) and its replacement (RFC 7592 §2.2): what an app says about itself → a client. */

import { addSeconds } from '../../lib/clock.ts'
import type { GuardedFetch } from '../../lib/guarded-fetch.ts'
import { printable } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { isAdminScope } from '../administration/admin-scopes.ts'
import type { Client, ClientSecret, JsonObject, TokenEndpointAuthMethod } from '../clients/client.ts'
import type { ClientKeys } from '../clients/client-keys.ts'
import type { SecretPorts } from '../clients/client-secrets.ts'
import type { SupportedByServer } from '../clients/client-settings.ts'
import { type ClientWithSecret, createClient } from '../clients/create-client.ts'
import { changedMembers } from '../clients/edit-client.ts'
import type { InitialAccessToken } from '../clients/initial-access-token.ts'
import {
  isLocalized,
  metadataRow,
  readRegistrationMetadata,
  registrationMetadataOf,
} from '../clients/registration-metadata.ts'
import type { SecretHasher } from '../secret-hasher.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { checkPolicy, type RegistrationPolicy } from './registration-policy.ts'
import { checkSectorIdentifier, checkSectorStays } from './sector-identifier.ts'
import { type SoftwareStatement, type StatementIssuer, verifySoftwareStatement } from './software-statement.ts'

export interface RegistrationRules {
  readonly policy: RegistrationPolicy
  readonly statementIssuers: readonly StatementIssuer[]
  readonly supported: SupportedByServer
}

export interface RegistrationPorts extends Omit<SecretPorts, 'hasher'> {
  /** Our own. */
  readonly issuer: string
  /** What apps keep on their own servers. */
  readonly fetch: GuardedFetch
  readonly clientKeys: Pick<ClientKeys, 'verify'>
}

/** RFC 7592 §2.2: an app never chooses its own secret, so there is nothing to hash slowly. */
const NOTHING_CHOSEN: SecretHasher = { hash: () => Promise.reject(new Error('a registration brings no secret')) }

/** With which initial access token an app was registered; it stays bound to that. */
export type RegisteredWith = Pick<InitialAccessToken, 'label' | 'fixedMetadata'>

/** RFC 7591 §2: client_secret_basic. Many libraries post the secret unless they are told otherwise, so that works as well. */
const USUAL_METHODS = ['client_secret_basic', 'client_secret_post'] as const

/** Who makes and changes a client that registers itself. */
const BY = 'registration'

/** What is different from one way of coming into being to another. */
export interface Making {
  readonly origin: 'registration' | 'metadata-document'
  /** Absent: one is made up. */
  readonly clientId?: string
  /** How it may authenticate when it does not say so. */
  readonly usualMethods: readonly TokenEndpointAuthMethod[]
  readonly registeredWith?: RegisteredWith
  /** It exists already. */
  readonly existing?: Client
}

export async function registerClient(
  said: JsonObject,
  token: InitialAccessToken | undefined,
  rules: RegistrationRules,
  ports: RegistrationPorts,
): Promise<ClientWithSecret | Refusal> {
  const registeredWith = token && { label: token.label, fixedMetadata: token.fixedMetadata }
  const making = {
    origin: 'registration',
    usualMethods: USUAL_METHODS,
    ...(registeredWith && { registeredWith }),
  } as const
  const made = await makeClient(said, making, rules, ports)
  return isRefusal(made) ? made : { ...made, client: { ...made.client, registrationGeneration: 1, createdBy: BY } }
}

/**
 * RFC 7592 §2.2: what is left out is reset. What an operator decided stays, and so do the secrets: a new one is made only when the app
 * needs one and has none.
 */
export async function replaceClient(
  existing: Client,
  said: JsonObject,
  rules: RegistrationRules,
  ports: RegistrationPorts,
): Promise<ClientWithSecret | Refusal> {
  const { clientId, registeredWith, uid, createdAt, createdBy = BY, secrets, registrationGeneration = 1 } = existing
  const making = { origin: 'registration', usualMethods: USUAL_METHODS, clientId, existing } as const
  const made = await makeClient(said, { ...making, ...(registeredWith && { registeredWith }) }, rules, ports)
  if (isRefusal(made)) return made
  const { client, secret } = made
  const logo = existing.logoDigest === undefined ? {} : { logoDigest: existing.logoDigest }
  const kept = { ...client, uid, createdAt, createdBy, updatedBy: BY, registrationGeneration, ...logo }
  if (secret === undefined) return { client: kept }
  return stillServes(existing, client, ports.now) ? { client: { ...kept, secrets } } : { client: kept, secret }
}

/** A secret that ended is replaced, and one that is a key of both sides when what it is used for changes (it may be too short). */
function stillServes(before: Client, after: Client, now: Date): boolean {
  const isKey = after.secrets.some(({ sealed }) => sealed !== undefined)
  if (isKey && changedMembers(before, after).some(member => /Alg$|Methods$/.test(member))) return false
  return before.secrets.some(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
}

export async function makeClient(
  said: JsonObject,
  { origin, clientId, usualMethods, registeredWith, existing }: Making,
  { policy, statementIssuers, supported }: RegistrationRules,
  ports: RegistrationPorts,
): Promise<ClientWithSecret | Refusal> {
  const statement = await readStatement(said.software_statement, policy, statementIssuers, ports)
  if (isRefusal(statement)) return statement
  const fixed = { ...policy.fixedMetadata, ...registeredWith?.fixedMetadata, ...closedByOperator(existing) }
  // RFC 7591 §2.3: the values of the software statement take precedence over those sent in plain JSON.
  const chosen = choosable(overruled(said, statement?.metadata ?? {}))
  const usual = usualMetadata(policy, usualMethods)
  const read = readRegistrationMetadata(
    withDefaults(overruled({ ...chosen, ...decidedByOperator(existing) }, fixed), usual),
  )
  if ('mistakes' in read) return refuseMistakes(read.mistakes)
  const settings = { consentMode: policy.consent, profile: policy.profile, type: 'confidential', ...read.settings }
  const created = await createClient({ ...settings, ...(clientId && { clientId }) }, supported, {
    ...ports,
    hasher: NOTHING_CHOSEN,
  })
  if ('mistakes' in created) return refuseMistakes(created.mistakes)
  const mistakes = [...checkPolicy(created.client, policy, fixed), ...checkNotAdministration(created.client)]
  if (mistakes.length > 0) return refuseMistakes(mistakes)
  const moved = existing === undefined ? undefined : checkSectorStays(existing, created.client)
  const refusal = moved ?? (await checkSectorIdentifier(created.client, ports.fetch))
  if (refusal !== undefined) return refusal
  const client: Client = {
    ...created.client,
    secrets: created.client.secrets.map(secret => endingWith(policy, secret, ports.now)),
    origin,
    ...(registeredWith && { registeredWith }),
    ...(statement && { softwareStatement: String(said.software_statement) }),
  }
  return created.secret === undefined ? { client } : { client, secret: created.secret }
}

/** Whoever may register may not manage: not by asking, and not by what is fixed for all who ask. */
function checkNotAdministration({ scopes }: Client): readonly SettingsMistake[] {
  const message = 'manages this server, and is only given to clients that an administrator makes'
  return scopes
    .filter(isAdminScope)
    .map(scope => ({ member: 'scope', rule: 'RFC 7591 §5 scopes of the admin API', message: `${scope} ${message}` }))
}

function endingWith({ secretSeconds }: RegistrationPolicy, secret: ClientSecret, now: Date): ClientSecret {
  return secretSeconds === 0 ? secret : { ...secret, expiresAt: addSeconds(now, secretSeconds) }
}

async function readStatement(
  statement: unknown,
  policy: RegistrationPolicy,
  issuers: readonly StatementIssuer[],
  { issuer, clientKeys, now }: RegistrationPorts,
): Promise<SoftwareStatement | Refusal | undefined> {
  // RFC 7591 §3.1.1: a server that does not support software statements ignores them.
  if (policy.softwareStatement === 'off') return undefined
  if (statement === undefined || statement === null) {
    return policy.softwareStatement === 'accept'
      ? undefined
      : refuse('invalid_software_statement', 'software_statement is missing', 'registration.software_statement')
  }
  if (typeof statement !== 'string')
    return refuse('invalid_software_statement', 'software_statement must be a text', 'RFC 7591 §2.3 software_statement')
  return verifySoftwareStatement(statement, { issuer, issuers, clientKeys, now })
}

/** OIDC Registration §2.1: who decides a name decides it in every language; `client_name#de` counts before `client_name`. */
function overruled(said: JsonObject, decided: JsonObject): JsonObject {
  const isFree = (name: string): boolean => !isLocalized(name) || !(name.slice(0, name.indexOf('#')) in decided)
  return { ...Object.fromEntries(Object.entries(said).filter(([name]) => isFree(name))), ...decided }
}

/** An app chooses what is registered for apps to choose, and none of the settings of the house (consent, lifetimes, PKCE off). */
function choosable(said: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(said).filter(([name]) => isChoosable(name)))
}

export function isChoosable(name: string): boolean {
  return name === 'token_endpoint_auth_method' || metadataRow(name)?.source !== undefined || isLocalized(name)
}

interface UsualMetadata {
  readonly methods: readonly string[]
  /** Absent: all that the server knows. */
  readonly scope?: string
}

/** What an app has that names nothing, as far as the settings allow it. */
function usualMetadata({ scopes, authMethods }: RegistrationPolicy, usualMethods: readonly string[]): UsualMetadata {
  const allowed = usualMethods.filter(method => authMethods.includes(method))
  return {
    methods: allowed.length === 0 ? usualMethods : allowed,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  }
}

/** RFC 7591 §2, where the defaults for an operator's clients are others. */
function withDefaults(said: JsonObject, { methods, ...usual }: UsualMetadata): JsonObject {
  const present = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null))
  const namesMethod = 'token_endpoint_auth_method' in present || 'token_endpoint_auth_methods' in present
  return {
    ...(namesMethod ? {} : { token_endpoint_auth_methods: methods }),
    ...usual,
    grant_types: grantTypesFor(present),
    ...present,
  }
}

/** RFC 7591 §2.1: the grant types that go with the response types. */
function grantTypesFor({ response_types }: JsonObject): readonly string[] {
  const words = Array.isArray(response_types) ? response_types.join(' ').split(' ') : ['code']
  const implicit = words.includes('token') || words.includes('id_token') ? ['implicit'] : []
  return words.includes('code') || implicit.length === 0 ? ['authorization_code', ...implicit] : implicit
}

/** What an operator may have changed since the registration: everything that the app cannot choose itself. */
function decidedByOperator(existing: Client | undefined): JsonObject {
  if (existing === undefined) return {}
  return Object.fromEntries(
    Object.entries(registrationMetadataOf(existing)).filter(
      ([name, value]) =>
        !isChoosable(name) &&
        !FOLLOW_FROM_METHOD.includes(name) &&
        // RFC 9700 §2.1.1: it cannot stay off for an app that becomes public.
        !(name === 'require_pkce' && value === false),
    ),
  )
}

/** What is fixed for all who register opens no app again that an operator closed to some: only an operator does. */
function closedByOperator(existing: Client | undefined): JsonObject {
  const { authorizationPolicy: policy = 'one_factor' } = existing ?? {}
  return policy === 'one_factor' ? {} : { authorization_policy: policy }
}

const FOLLOW_FROM_METHOD = ['client_type', 'token_endpoint_auth_methods']

/** RFC 7591 §3.2.2: one error with a description of what is wrong; ours names every member and its rule. */
export function refuseMistakes(mistakes: readonly SettingsMistake[]): Refusal {
  const uris = mistakes.filter(({ member }) => member === 'redirect_uris')
  const error = uris.length > 0 ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  const description = mistakes.map(({ member, message, rule }) => `${member}: ${message} (${rule})`).join('; ')
  const [first] = mistakes
  return refuse(
    error,
    printable(description.replaceAll('"', "'").replaceAll('§', 'section '), 500),
    first?.rule ?? '',
    {
      members: mistakes.map(({ member }) => member),
    },
  )
}
