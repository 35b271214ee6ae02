/** DPoP proofs (RFC 9449) as the house takes them: verified, made for this request, and used once on all nodes. */

import type { KeyObject } from 'node:crypto'
import { addSeconds, secondsOf } from '../../lib/clock.ts'
import { publicKeyOf } from '../../spec/compact-jws.ts'
import {
  checkDpopClaims,
  checkDpopSignature,
  type DpopProof,
  type ProvenRequest,
  parseDpopProof,
} from '../../spec/dpop.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { RetryRefusal } from '../../spec/retry-refusal.ts'
import type { SingleUse } from '../single-use/single-use.ts'
import type { UsedOnceRepository } from '../single-use/used-once.ts'
import type { ServerNonces } from './server-nonces.ts'

/** `token`: endpoints that issue tokens ask for a nonce; `always`: those that take them, too. */
export type NonceMode = 'off' | 'token' | 'always'

export interface ShownProof {
  /** The DPoP header. */
  readonly header: string
  readonly method: string
  /** Our own URL of the endpoint, as apps see it. */
  readonly url: string
  readonly now: Date
  /** Where a token is used: the token. */
  readonly accessToken?: string
}

export interface CheckedProof {
  readonly jkt: string
  readonly use: SingleUse
}

export interface DpopProofs {
  check(shown: ShownProof): CheckedProof | Refusal
  /** The header that every answer to a proof brings when nonces are in use (RFC 9449 §8.2). */
  nonceHeader(now: Date, at: 'token' | 'resource'): Readonly<Record<string, string>>
}

export interface DpopProofsPorts {
  readonly mode: NonceMode
  readonly nonces: ServerNonces
  readonly usedOnce: UsedOnceRepository
}

const REMEMBERED = 1000

export function createDpopProofs({ mode, nonces, usedOnce }: DpopProofsPorts): DpopProofs {
  // An app proves with one key for long, and reading a key costs as much as a signature. The thumbprint names all that a key is.
  const publicKeys = new Map<string, KeyObject>()

  function publicKeyIn({ jkt, jwk }: DpopProof): KeyObject | undefined {
    const known = publicKeys.get(jkt)
    if (known !== undefined) return known
    const key = publicKeyOf(jwk)
    if (publicKeys.size >= REMEMBERED) publicKeys.clear()
    if (key !== undefined) publicKeys.set(jkt, key)
    return key
  }

  function requestOf({ method, url, now, accessToken }: ShownProof): ProvenRequest {
    const isAsked = isNonceAsked(mode, accessToken === undefined ? 'token' : 'resource')
    return {
      method,
      url,
      now: secondsOf(now),
      ...(accessToken === undefined ? {} : { accessToken }),
      nonces: isAsked ? { isRequired: true, secondsLeft: nonce => nonces.secondsLeft(nonce, now) } : 'ignored',
    }
  }

  return {
    check(shown) {
      const proof = parseDpopProof(shown.header)
      if (isRefusal(proof)) return proof
      const usable = checkDpopClaims(proof, requestOf(shown))
      if (isRefusal(usable))
        return usable.error === 'use_dpop_nonce'
          ? new RetryRefusal(usable, { 'dpop-nonce': nonces.issue(shown.now) })
          : usable
      // The signature last: it is the dear part.
      const forged = checkDpopSignature(proof, publicKeyIn(proof))
      if (forged !== undefined) return forged
      const { jkt, jti } = proof
      const write = usedOnce.use(`dpop:${jkt}:${jti}`, addSeconds(shown.now, usable + 1))
      return { jkt, use: { write, refusal: usedBefore() } }
    },
    nonceHeader: (now, at) => (isNonceAsked(mode, at) ? { 'dpop-nonce': nonces.issue(now) } : {}),
  }
}

function isNonceAsked(mode: NonceMode, at: 'token' | 'resource'): boolean {
  return mode === 'always' || (mode === 'token' && at === 'token')
}

/** RFC 9449 §11.1. */
function usedBefore(): Refusal {
  return refuse('invalid_dpop_proof', 'the DPoP proof was used before', 'RFC 9449 §11.1 a proof is used once')
}
