/** A discovery document from a file (OIDC Discovery §3) → settings: nobody reads it again, so what it says is written down. */

import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import type { JsonObject } from '../../clients/client.ts'

const TAKEN: readonly string[] = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
]

/** OIDC Discovery §3: it is REQUIRED there, and no setting of ours. */
export function isMetadataDocument(json: JsonObject): boolean {
  return Array.isArray(json.response_types_supported)
}

export function settingsOfDocument(json: JsonObject): JsonObject {
  const taken = Object.entries(json).filter(([name]) => TAKEN.includes(name))
  const aliases = json.mtls_endpoint_aliases
  return { ...Object.fromEntries(taken), ...ofAliases(aliases), ...algorithmsOf(json), ...methodOf(json) }
}

/** RFC 8705 §5. */
function ofAliases(aliases: unknown): JsonObject {
  if (typeof aliases !== 'object' || aliases === null) return {}
  const { token_endpoint: token, userinfo_endpoint: userinfo } = aliases as JsonObject
  return {
    ...(token === undefined ? {} : { mtls_token_endpoint: token }),
    ...(userinfo === undefined ? {} : { mtls_userinfo_endpoint: userinfo }),
  }
}

/** Neither `none` nor one that uses our secret as a key: whoever wants those says so. */
function algorithmsOf({ id_token_signing_alg_values_supported: listed }: JsonObject): JsonObject {
  const known = textsOf(listed).filter(alg => (ASYMMETRIC_SIGNING_ALGORITHMS as readonly string[]).includes(alg))
  return known.length === 0 ? {} : { id_token_signing_algs: known }
}

/** OIDC Discovery §3: `client_secret_basic` when nothing is listed. */
function methodOf({ token_endpoint_auth_methods_supported: listed }: JsonObject): JsonObject {
  const methods = textsOf(listed)
  const takesPostOnly = methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
  return takesPostOnly ? { client_auth_method: 'client_secret_post' } : {}
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
