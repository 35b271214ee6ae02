/** Scopes (RFC 6749 §3.3, OIDC Core §5.4, §11). */

import { type Refusal, refuse } from './refusal.ts'

/** The scopes this server knows, in the order it shows them. */
export const SCOPES = ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access'] as const

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKENS = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/

/** The distinct scope tokens in the order they were asked for. */
export function parseScope(text: string | undefined): readonly string[] | Refusal {
  if (text === undefined) return []
  const trimmed = text.trim()
  if (!SCOPE_TOKENS.test(trimmed)) {
    return refuse('invalid_scope', 'scope must be tokens separated by single spaces', 'RFC 6749 §3.3 scope syntax')
  }
  return [...new Set(trimmed.split(' '))]
}

/**
 * What of a request's scopes counts. OIDC Core §3.1.2.1: values that are not understood are ignored;
 * RFC 6749 §3.3: a known one that this client may not have is refused, and said so.
 */
export function allowedScopes(requested: readonly string[], allowed: readonly string[]): readonly string[] | Refusal {
  const known: readonly string[] = SCOPES
  const forbidden = requested.find(scope => known.includes(scope) && !allowed.includes(scope))
  if (forbidden !== undefined) {
    return refuse(
      'invalid_scope',
      `scope ${forbidden} is not allowed for this client`,
      "RFC 6749 §3.3 scope is among the client's scopes",
      {
        scope: forbidden,
        allowed,
      },
    )
  }
  return requested.filter(scope => allowed.includes(scope))
}
