/** What an administrator pastes to try a mapping on: an ID token, a token response, claims, or several documents by their names. */

import type { JsonObject } from '../../clients/client.ts'
import type { ClaimSource, ClaimSources } from '../mapping/mapping.ts'
import { CLAIM_SOURCES } from '../mapping/parse-mappings.ts'
import { isObject } from '../mapping/written-values.ts'
import type { Upstream } from '../upstream.ts'

export interface PastedClaims {
  readonly sources: ClaimSources
  /** Sentences about what was left out. */
  readonly notes: readonly string[]
}

type Reader = Pick<Upstream, 'kind' | 'accessTokenIsJwt'>

/** A text instead: why it cannot be read. Nothing of it is verified. */
export function readPastedClaims(text: string, upstream: Reader): PastedClaims | string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) {
    const claims = claimsOf(trimmed)
    return typeof claims === 'string' ? claims : { sources: { id_token: claims }, notes: [] }
  }
  const json = parseObject(trimmed)
  if (json === undefined) return 'is not one JSON object'
  if (Object.keys(json).every(name => (CLAIM_SOURCES as readonly string[]).includes(name))) {
    return readDocuments(json, upstream)
  }
  // RFC 6749 §5.1: a token response has both.
  if (typeof json.access_token === 'string' && typeof json.token_type === 'string') {
    const { id_token, access_token } = json
    const tokens = { ...(id_token === undefined ? {} : { id_token }), access_token }
    const read = readDocuments(tokens, upstream)
    return typeof read === 'string' ? read : { ...read, sources: { ...read.sources, token_response: json } }
  }
  return { sources: upstream.kind === 'oidc' ? { id_token: json } : { userinfo: json }, notes: [] }
}

function readDocuments(json: JsonObject, { accessTokenIsJwt }: Reader): PastedClaims | string {
  const documents: [ClaimSource, JsonObject][] = []
  const notes: string[] = []
  for (const [name, value] of Object.entries(json) as [ClaimSource, unknown][]) {
    if (name === 'access_token' && !accessTokenIsJwt) {
      notes.push('the access token is not looked into: access_token_is_jwt is off')
      continue
    }
    const isToken = name === 'id_token' || name === 'access_token'
    const claims = typeof value === 'string' && isToken ? claimsOf(value) : value
    if (typeof claims === 'string') return `has an ${name} that ${claims}`
    if (!isObject(claims)) return `has a member ${name} that is no JSON object`
    documents.push([name, claims])
  }
  return { sources: Object.fromEntries(documents), notes }
}

/** RFC 7516 §3.1: five parts. Only the server that it is for can open it. */
function claimsOf(jwt: string): JsonObject | string {
  if (/^[\w-]+(\.[\w-]*){4}$/.test(jwt)) return 'is encrypted: paste its claims as JSON'
  const parts = jwt.split('.', 4)
  // RFC 7515 §7.1: header, payload, signature.
  const claims = parts.length === 3 ? parseObject(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) : undefined
  return claims ?? 'is neither a JWT nor JSON'
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}
