/** DPoP proofs (RFC 9449 §4): whoever sends a request holds the key of the proof. */

import { hash, type KeyObject } from 'node:crypto'
import {
  type CompactJws,
  fitsAlgorithm,
  type JsonMembers,
  type ProofAlgorithm,
  parseCompactJws,
  proofAlgorithmOf,
  verifySignature,
} from './compact-jws.ts'
import { hasSecretMembers, jwkThumbprint } from './jwk-thumbprint.ts'
import { jsonText, printable } from './params.ts'
import { type Facts, type Refusal, refuse } from './refusal.ts'

/** What the proof has to be for. */
export interface ProvenRequest {
  readonly method: string
  /** As the client sees it, without query and fragment. */
  readonly url: string
  /** Seconds since the epoch. */
  readonly now: number
  /** RFC 9449 §7: the token that comes with it; absent at endpoints that issue tokens. */
  readonly accessToken?: string
  /** RFC 9449 §8. `ignored`: we handed none out. */
  readonly nonces:
    | 'ignored'
    | { readonly isRequired: boolean; readonly secondsLeft: (nonce: string) => number | undefined }
}

export interface DpopProof {
  readonly jwk: JsonMembers
  /** RFC 9449 §6.1: the SHA-256 thumbprint of its key. */
  readonly jkt: string
  readonly alg: ProofAlgorithm
  readonly jws: CompactJws
  readonly jti: string
}

/** How long ago a proof may have been made, and how far ahead the clock of its maker may be, in seconds. */
export const PROOF_AGE = 120
export const CLOCK_SKEW = 30
const MAX_JTI = 500

/** RFC 9449 §4.3, 1–6: one well-formed proof. Nothing about it is verified yet. */
export function parseDpopProof(header: string): DpopProof | Refusal {
  // RFC 9449 §4.3, 1: a field that came twice is joined with a comma, which no JWS contains.
  const jws = parseCompactJws(header)
  if (jws === undefined) return bad('the DPoP header is not one JWT', 'RFC 9449 §4.3 one DPoP proof')
  const { typ, alg, jwk } = jws.header
  if (typ !== 'dpop+jwt') return bad('the DPoP proof has a wrong typ', 'RFC 9449 §4.2 typ is dpop+jwt')
  const algorithm = proofAlgorithmOf(alg)
  if (algorithm === undefined) {
    const facts = { alg: printable(jsonText(alg)) }
    return bad(
      'the DPoP proof has an alg that is not supported',
      'RFC 9449 §4.3 alg is asymmetric and supported',
      facts,
    )
  }
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk))
    return bad('the DPoP proof has no jwk', 'RFC 9449 §4.2 jwk is required')
  const key = jwk as JsonMembers
  if (hasSecretMembers(key)) return bad('the DPoP proof shows a private key', 'RFC 9449 §4.3 jwk has no private key')
  const jkt = jwkThumbprint(key)
  if (jkt === undefined || !fitsAlgorithm(key, algorithm))
    return bad('the key of the DPoP proof does not fit its alg', 'RFC 9449 §4.2 jwk is the key of alg')
  const { jti } = jws.payload
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI)
    return bad('the DPoP proof has no usable jti', 'RFC 9449 §4.2 jti is required')
  return { jwk: key, jkt, alg: algorithm, jws, jti }
}

/** RFC 9449 §4.3, 7. */
export function checkDpopSignature(proof: DpopProof, publicKey: KeyObject | undefined): Refusal | undefined {
  return publicKey !== undefined && verifySignature(proof.jws, proof.alg, publicKey)
    ? undefined
    : bad('the signature of the DPoP proof is wrong', 'RFC 9449 §4.3 the signature verifies with jwk')
}

/** RFC 9449 §4.3, 8–12: it was made now, for this request. The seconds for which it would be taken again. */
export function checkDpopClaims({ jws }: DpopProof, request: ProvenRequest): number | Refusal {
  const { htm, htu, iat, nonce, ath } = jws.payload
  // RFC 9110 §9.1: methods are case-sensitive.
  if (htm !== request.method)
    return bad('htm is not the method of the request', 'RFC 9449 §4.3 htm is the method', { htm: textOf(htm) })
  const target = typeof htu === 'string' ? normalTarget(htu) : undefined
  if (target === undefined || target !== normalTarget(request.url)) {
    const facts = { htu: textOf(htu), url: request.url }
    return bad('htu is not the URL of the request', 'RFC 9449 §4.3 htu is the URL', facts)
  }
  if (request.accessToken !== undefined && ath !== hash('sha256', request.accessToken, 'base64url'))
    return bad('ath is not the hash of the access token', 'RFC 9449 §4.3 ath is the hash of the access token')
  const fresh = checkNonce(nonce, request)
  if (fresh !== undefined) return fresh
  if (typeof iat !== 'number' || !Number.isFinite(iat))
    return bad('the DPoP proof has no iat', 'RFC 9449 §4.2 iat is required')
  if (iat < request.now - PROOF_AGE || iat > request.now + CLOCK_SKEW) {
    const facts = { iat: Math.trunc(iat), now: request.now }
    return bad('the DPoP proof is too old, or from the future', 'RFC 9449 §4.3 iat is now', facts)
  }
  return Math.max(1, Math.ceil(iat) + PROOF_AGE - request.now)
}

/** RFC 9449 §11.1: a nonce of ours says the time better than a clock of somebody else. */
function checkNonce(nonce: unknown, { nonces }: ProvenRequest): number | Refusal | undefined {
  if (nonces === 'ignored') return undefined
  if (nonce === undefined && !nonces.isRequired) return undefined
  const secondsLeft = typeof nonce === 'string' ? nonces.secondsLeft(nonce) : undefined
  if (secondsLeft !== undefined) return secondsLeft
  return refuse('use_dpop_nonce', 'the DPoP proof needs the nonce of this answer', 'RFC 9449 §8 nonce (dpop.nonce)', {
    sent: nonce !== undefined,
  })
}

/**
 * RFC 9449 §4.3, 9: without query and fragment, after the normalizations of RFC 3986 §6.2.2 and §6.2.3. Nothing when it is no http(s)
 * URL, or names somebody in front of its host.
 */
export function normalTarget(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, host, pathname, username, password } = new URL(text)
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '') return undefined
  return `${protocol}//${host}${normalPath(pathname)}`
}

/** RFC 3986 §6.2.2.1, §6.2.2.2: hex digits in capitals, and no unreserved character encoded. */
function normalPath(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16))
    return /[\w.~-]/.test(character) ? character : `%${hex.toUpperCase()}`
  })
}

/** RFC 9449 §5, §7.1. */
function bad(description: string, rule: string, facts: Facts = {}): Refusal {
  return refuse('invalid_dpop_proof', description, rule, facts)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 200) : null
}
