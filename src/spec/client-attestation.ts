/**
 * Attestation-Based Client Authentication (draft-ietf-oauth-attestation-based-client-auth §4–§7): the maker of an app vouches for one
 * installation of it and its key, and the installation proves that it holds the key.
 */

import {
  type CompactJws,
  fitsAlgorithm,
  type JsonMembers,
  proofAlgorithmOf,
  publicKeyOf,
  verifySignature,
} from './compact-jws.ts'
import { hasSecretMembers, jwkThumbprint } from './jwk-thumbprint.ts'
import { jsonText } from './params.ts'
import { type Facts, firstRefusal, isRefusal, type Refusal, refuse } from './refusal.ts'

/** Somebody whose attestations count (§7.1, 4). */
export interface Attester {
  readonly issuer: string
  readonly keys: readonly JsonMembers[]
  /** Whom it may vouch for; absent: every client that is registered for it. */
  readonly clients?: readonly string[]
}

export interface AttestationExpectations {
  readonly attesters: readonly Attester[]
  /** §7.2, 7. */
  readonly issuer: string
  /** Seconds since the epoch. */
  readonly now: number
  /** §6. `none`: we hand out none. */
  readonly challenges: 'none' | { readonly secondsLeft: (challenge: string) => number | undefined }
}

export interface CheckedAttestation {
  /** The thumbprint of the installation's key (RFC 7638). */
  readonly instanceKey: string
  readonly jti: string
  /** Seconds since the epoch: when the proof is no longer accepted anyway. */
  readonly usableUntil: number
}

const LEEWAY = 30
const PROOF_AGE = 120
const MAX_JTI = 500

export function checkClientAttestation(
  { attestation, proof }: { readonly attestation: CompactJws; readonly proof: CompactJws },
  expected: AttestationExpectations,
): CheckedAttestation | Refusal {
  const refusal = firstRefusal(
    checkTyp(attestation, 'oauth-client-attestation+jwt', '§4'),
    checkTyp(proof, 'oauth-client-attestation-pop+jwt', '§5.1'),
    checkAttester(attestation, expected.attesters),
    checkFresh(attestation, expected.now),
  )
  if (refusal !== undefined) return refusal
  const key = instanceKeyOf(attestation)
  if (isRefusal(key)) return key
  // §7.2, 4: only the key that is attested counts; one that the proof brings itself proves nothing.
  if (!verifies(proof, key))
    return bad('Attestation-Based Client Authentication §7.2 the proof is signed with the attested key')
  return checkProof(proof, String(jwkThumbprint(key)), expected)
}

export function attestationUsedBefore(clientId: string): Refusal {
  return bad('Attestation-Based Client Authentication §12.1 a proof is used once', { client_id: clientId })
}

function checkTyp({ header }: CompactJws, typ: string, section: string): Refusal | undefined {
  return header.typ === typ ? undefined : bad(`Attestation-Based Client Authentication ${section} typ is ${typ}`)
}

/** §7.1, 3 and 4. `iss` is not required; when it is there, it has to be the attester whose key it is. One app's attester says nothing of another's. */
function checkAttester(attestation: CompactJws, attesters: readonly Attester[]): Refusal | undefined {
  const { iss, sub } = attestation.payload
  const candidates = attesters.filter(
    ({ issuer, clients }) =>
      (iss === undefined || issuer === iss) && (clients === undefined || clients.some(clientId => clientId === sub)),
  )
  const facts = {
    attester: typeof iss === 'string' ? iss.slice(0, 200) : null,
    trusted: attesters.map(({ issuer }) => issuer),
  }
  if (candidates.length === 0)
    return bad('Attestation-Based Client Authentication §7.1 the attester is trusted (attestation.issuers)', facts)
  const { kid } = attestation.header
  const keys = candidates.flatMap(candidate => candidate.keys).filter(key => kid === undefined || key.kid === kid)
  return keys.some(key => verifies(attestation, key))
    ? undefined
    : bad(
        'Attestation-Based Client Authentication §7.1 the signature is by a trusted attester (attestation.issuers)',
        facts,
      )
}

function verifies(jws: CompactJws, jwk: JsonMembers): boolean {
  const alg = proofAlgorithmOf(jws.header.alg)
  if (alg === undefined || !fitsAlgorithm(jwk, alg)) return false
  const key = publicKeyOf(jwk)
  return key !== undefined && verifySignature(jws, alg, key)
}

/** §4: exp is required, and has not passed. */
function checkFresh({ payload: { exp, iat, nbf } }: CompactJws, now: number): Refusal | undefined {
  const isOver = typeof exp !== 'number' || exp + LEEWAY <= now
  const isEarly = [iat, nbf].some(time => time !== undefined && !(typeof time === 'number' && time <= now + LEEWAY))
  if (!isOver && !isEarly) return undefined
  const facts = { exp: typeof exp === 'number' ? Math.trunc(exp) : null, now }
  return bad('Attestation-Based Client Authentication §7.1 the attestation is fresh', facts)
}

/** §4: cnf is a jwk. §7.1, 5: and not a private one. */
function instanceKeyOf({ payload: { cnf } }: CompactJws): JsonMembers | Refusal {
  const jwk = typeof cnf === 'object' && cnf !== null ? (cnf as JsonMembers).jwk : undefined
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk))
    return bad('Attestation-Based Client Authentication §4 cnf has a jwk')
  const key = jwk as JsonMembers
  return hasSecretMembers(key) || jwkThumbprint(key) === undefined
    ? bad('Attestation-Based Client Authentication §7.1 cnf is a public key')
    : key
}

function checkProof(
  { payload: { aud, jti, iat, challenge } }: CompactJws,
  instanceKey: string,
  { issuer, now, challenges }: AttestationExpectations,
): CheckedAttestation | Refusal {
  // §5.1: one audience, the issuer.
  if (aud !== issuer)
    return bad('Attestation-Based Client Authentication §7.2 aud is the issuer', {
      audience: jsonText(aud).slice(0, 200),
      accepted: issuer,
    })
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI)
    return bad('Attestation-Based Client Authentication §5.1 jti is required')
  if (typeof iat !== 'number' || iat > now + LEEWAY || iat < now - PROOF_AGE) {
    const facts = { iat: typeof iat === 'number' ? Math.trunc(iat) : null, now }
    return bad('Attestation-Based Client Authentication §7.2 the proof was made now', facts)
  }
  if (challenges !== 'none') {
    const left = typeof challenge === 'string' ? challenges.secondsLeft(challenge) : undefined
    if (left === undefined) {
      // §6.1: the answer brings the challenge to use.
      const description = 'the proof needs the challenge of this answer'
      const rule = 'Attestation-Based Client Authentication §6.1 challenge (attestation.challenge)'
      return refuse('use_attestation_challenge', description, rule, { sent: challenge !== undefined })
    }
  }
  return { instanceKey, jti, usableUntil: Math.ceil(iat) + PROOF_AGE }
}

function bad(rule: string, facts: Facts = {}): Refusal {
  return refuse('invalid_client', 'client authentication failed', rule, facts)
}
