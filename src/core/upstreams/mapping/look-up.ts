/** Where a claim is looked up: in one document, or in all that the upstream itself has sent, in their order. */

import type { JsonObject } from '../../clients/client.ts'
import { type ClaimPath, findClaim } from './claim-path.ts'
import type { ClaimSource, ClaimSources } from './mapping.ts'

/**
 * The authorization response is not among them: it comes through the person's browser, where anybody can add a parameter to it. A claim of
 * it counts only where a mapping names it as its source.
 */
export const CLAIM_ORDER: readonly ClaimSource[] = ['access_token', 'id_token', 'userinfo', 'token_response']

export const SOURCE_NAMES: Readonly<Record<ClaimSource, string>> = {
  access_token: 'the access token',
  id_token: 'the ID token',
  userinfo: 'the user info',
  token_response: 'the token response',
  authorization_response: 'the authorization response',
}

export interface FoundClaim {
  readonly value: unknown
  readonly source: ClaimSource
}

/** RFC 6749 §5.1, OIDC Core §3.1.3.3: members that open doors. They say nothing of a person, and would be stored in the clear. */
export const TOKENS: readonly string[] = ['access_token', 'refresh_token', 'id_token', 'device_secret']

/** The first document that has it. */
export function lookUp(sources: ClaimSources, path: ClaimPath, source?: ClaimSource): FoundClaim | undefined {
  for (const name of source === undefined ? CLAIM_ORDER : [source]) {
    const document = documentOf(sources, name)
    const value = document === undefined || isToken(name, path) ? undefined : findClaim(document, path)
    if (value !== undefined) return { value, source: name }
  }
  return undefined
}

/** Where it was looked for in vain: `the ID token, the user info`. */
export function searched(sources: ClaimSources, source?: ClaimSource): string {
  const names = (source === undefined ? CLAIM_ORDER : [source]).filter(name => documentOf(sources, name) !== undefined)
  if (names.length > 0) return names.map(name => SOURCE_NAMES[name]).join(', ')
  return source === undefined ? 'any document: there is none' : `${SOURCE_NAMES[source]}: there is none`
}

/** A member of the document itself, also when it is `null`. */
export function hasMember(document: JsonObject | undefined, name: string): boolean {
  return document !== undefined && Object.hasOwn(document, name)
}

export function documentOf(sources: ClaimSources, name: ClaimSource): JsonObject | undefined {
  const document = Object.hasOwn(sources, name) ? sources[name] : undefined
  return typeof document === 'object' && document !== null && !Array.isArray(document) ? document : undefined
}

function isToken(source: ClaimSource, [first]: ClaimPath): boolean {
  const isResponse = source === 'token_response' || source === 'authorization_response'
  return isResponse && first?.kind === 'member' && TOKENS.includes(first.name)
}
