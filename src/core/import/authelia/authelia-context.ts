/** What clients of an Authelia file refer to by name: lifespans, claims policies, networks, and what counts for all of them. */

import type { JsonObject } from '../../clients/client.ts'
import { isTrue, objectOf, textOf, textsOf } from '../values.ts'
import { lifetimesOf } from './lifespans.ts'

export interface AutheliaContext {
  readonly lifespans: JsonObject
  /** Of every client that says nothing else, as fields of ours. */
  readonly lifetimes: JsonObject
  /** Attributes that are computed for each sign-in. */
  readonly expressions: readonly string[]
  readonly claimsPolicies: JsonObject
  /** Scope → claims. */
  readonly scopes: JsonObject
  readonly policies: readonly string[]
  readonly networks: JsonObject
  readonly enforcesPkce: 'always' | 'never' | 'public_clients_only'
  readonly allowsPlainPkce: boolean
  readonly requiresPushed: boolean
}

export function autheliaContext(file: JsonObject): AutheliaContext {
  const oidc = objectOf(objectOf(file.identity_providers).oidc)
  const enforced = textOf(oidc.enforce_pkce)
  return {
    lifespans: objectOf(objectOf(oidc.lifespans).custom),
    lifetimes: {
      refresh_token_lifetime: REFRESH_SECONDS,
      ...lifetimesOf({ ...olderLifespans(oidc), ...objectOf(oidc.lifespans) }),
    },
    expressions: Object.keys(objectOf(objectOf(file.definitions).user_attributes)),
    claimsPolicies: objectOf(oidc.claims_policies),
    scopes: Object.fromEntries(
      Object.entries(objectOf(oidc.scopes)).map(([name, scope]) => [name, textsOf(objectOf(scope).claims)]),
    ),
    policies: Object.keys(objectOf(oidc.authorization_policies)),
    networks: networksOf(file),
    enforcesPkce: enforced === 'always' || enforced === 'never' ? enforced : 'public_clients_only',
    allowsPlainPkce: isTrue(oidc.enable_pkce_plain_challenge),
    requiresPushed: isTrue(oidc.require_pushed_authorization_requests),
  }
}

/** A refresh token counts for 90 minutes there, and for a month here. */
const REFRESH_SECONDS = 5400

/** Of old versions: `access_token_lifespan` beside the clients. */
function olderLifespans(oidc: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(oidc).flatMap(([name, value]) =>
      name.endsWith('_lifespan') ? [[name.slice(0, -'_lifespan'.length), value]] : [],
    ),
  )
}

/** `definitions.network`: a map of names, as `access_control.networks` was a list of them. */
function networksOf(file: JsonObject): JsonObject {
  const older = objectOf(file.access_control).networks
  const listed = Array.isArray(older)
    ? older.map(objectOf).map(({ name, networks }) => [textOf(name) ?? '', textsOf(networks)] as const)
    : []
  const named = Object.entries(objectOf(objectOf(file.definitions).network)).map(
    ([name, networks]) => [name, textsOf(networks)] as const,
  )
  return Object.fromEntries([...listed, ...named])
}
