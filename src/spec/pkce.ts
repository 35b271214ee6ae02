/** Proof Key for Code Exchange (RFC 7636). */

import { hash, timingSafeEqual } from 'node:crypto'
import { type Refusal, refuse } from './refusal.ts'

export type CodeChallengeMethod = 'S256' | 'plain'

export const CODE_CHALLENGE_METHODS: readonly CodeChallengeMethod[] = ['S256', 'plain']

// RFC 7636 §4.1, §4.2: both the verifier and the challenge are 43 to 128 unreserved characters.
const UNRESERVED_43_128 = /^[A-Za-z0-9\-._~]{43,128}$/

export interface CodeChallenge {
  readonly codeChallenge: string
  readonly codeChallengeMethod: CodeChallengeMethod
}

export interface PkceRules {
  readonly requirePkce: boolean
  readonly allowPlainPkce: boolean
}

export function parseCodeChallenge(
  challenge: string | undefined,
  method: string | undefined,
  rules: PkceRules,
): CodeChallenge | undefined | Refusal {
  if (challenge === undefined) {
    if (method !== undefined) {
      return refuse('invalid_request', 'code_challenge is missing', 'RFC 7636 §4.3 a method needs a challenge')
    }
    // RFC 7636 §4.4.1: a server that requires PKCE answers invalid_request.
    return rules.requirePkce
      ? refuse('invalid_request', 'code_challenge is required for this client', 'RFC 7636 §4.4.1 require_pkce', {
          setting: 'require_pkce',
        })
      : undefined
  }
  // RFC 7636 §4.3: the method defaults to plain when it is not sent.
  const codeChallengeMethod = method ?? 'plain'
  if (codeChallengeMethod !== 'S256' && codeChallengeMethod !== 'plain') {
    return refuse('invalid_request', 'code_challenge_method is not supported', 'RFC 7636 §4.4.1 transform algorithm')
  }
  if (codeChallengeMethod === 'plain' && !rules.allowPlainPkce) {
    return refuse('invalid_request', 'code_challenge_method must be S256', 'RFC 7636 §4.4.1 allow_plain_pkce', {
      setting: 'allow_plain_pkce',
    })
  }
  if (!UNRESERVED_43_128.test(challenge)) {
    return refuse(
      'invalid_request',
      'code_challenge must be 43 to 128 unreserved characters',
      'RFC 7636 §4.2 code_challenge syntax',
    )
  }
  return { codeChallenge: challenge, codeChallengeMethod }
}

/** RFC 7636 §4.6: the verifier, transformed, equals the challenge of the authorization request. */
export function checkVerifier(
  challenge: string | undefined,
  method: CodeChallengeMethod | undefined,
  verifier: string | undefined,
): Refusal | undefined {
  const rule = 'RFC 7636 §4.6 code_verifier matches code_challenge'
  if (challenge === undefined) {
    // RFC 9700 §2.1.1: a verifier for a request without challenge means the request was tampered with (PKCE downgrade).
    return verifier === undefined
      ? undefined
      : refuse(
          'invalid_grant',
          'code_verifier was sent, but the authorization request had no code_challenge',
          'RFC 9700 §2.1.1 no PKCE downgrade',
        )
  }
  if (verifier === undefined) return refuse('invalid_grant', 'code_verifier is missing', rule)
  if (!UNRESERVED_43_128.test(verifier)) {
    return refuse(
      'invalid_grant',
      'code_verifier must be 43 to 128 unreserved characters',
      'RFC 7636 §4.1 code_verifier syntax',
    )
  }
  const computed = Buffer.from(method === 'S256' ? hash('sha256', verifier, 'base64url') : verifier)
  const expected = Buffer.from(challenge)
  const same = computed.length === expected.length && timingSafeEqual(computed, expected)
  return same ? undefined : refuse('invalid_grant', 'code_verifier does not match', rule, { method: method ?? 'plain' })
}
