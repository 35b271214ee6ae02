/** Which algorithms an upstream may sign with (RFC 8725 §3.1): never what a token says of itself, never `none`. */

import type { Upstream } from '../core/upstreams/upstream.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../spec/jws.ts'

type Says = Pick<Upstream, 'idTokenSigningAlgs' | 'discovered'>

/** OIDC Core §3.1.3.7 (7): what was agreed on, else what discovery lists, else RS256. */
export function idTokenAlgorithms({ idTokenSigningAlgs, discovered }: Says): readonly SigningAlgorithm[] {
  if (idTokenSigningAlgs.length > 0) return known(idTokenSigningAlgs)
  // A secret counts only where the administrator says so: a public key must never be taken for one.
  const listed = known(discovered?.idTokenSigningAlgs ?? []).filter(alg => !alg.startsWith('HS'))
  return listed.length > 0 ? listed : ['RS256']
}

/** Of user info and access tokens discovery says less: any signature by a key of the upstream, a secret where it is allowed. */
export function otherAlgorithms({ idTokenSigningAlgs }: Pick<Says, 'idTokenSigningAlgs'>): readonly SigningAlgorithm[] {
  return [...ASYMMETRIC_SIGNING_ALGORITHMS, ...known(idTokenSigningAlgs).filter(alg => alg.startsWith('HS'))]
}

/** RFC 9864 §2.2 calls EdDSA with Ed25519 by the curve's name. */
export function algorithmNamed(name: unknown): SigningAlgorithm | undefined {
  return SIGNING_ALGORITHMS.find(alg => alg === (name === 'Ed25519' ? 'EdDSA' : name))
}

function known(names: readonly string[]): readonly SigningAlgorithm[] {
  return [...new Set(names.flatMap(name => algorithmNamed(name) ?? []))]
}
