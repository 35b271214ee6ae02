/** The claim that somebody must have to come in at all: `essential_claim`, and the pattern for its value. */

import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Upstream } from '../upstream.ts'
import type { MappingLine } from './account-patch.ts'
import { parseClaimPath } from './claim-path.ts'
import { matchesWhole, parseClaimPattern } from './claim-pattern.ts'
import { textsOf } from './claim-value.ts'
import { lookUp, SOURCE_NAMES, searched } from './look-up.ts'
import type { ClaimSources } from './mapping.ts'

export interface EssentialResult {
  readonly refusal?: Refusal
  readonly lines: readonly MappingLine[]
}

export function checkEssentialClaim(
  sources: ClaimSources,
  { alias, essentialClaim, essentialClaimValue }: Pick<Upstream, 'alias' | 'essentialClaim' | 'essentialClaimValue'>,
): EssentialResult {
  if (essentialClaim === undefined) return { lines: [] }
  const { outcome, why } = judge(sources, essentialClaim, essentialClaimValue)
  const lines = [{ mapping: 'essential claim', outcome, why }]
  if (outcome === 'applied') return { lines }
  const facts = { upstream: alias, claim: essentialClaim, wanted: essentialClaimValue ?? null, problem: why }
  const description = 'your account at the identity provider may not sign in here'
  return { refusal: refuse('access_denied', description, 'upstream essential_claim', facts), lines }
}

/** A gate that cannot be read lets nobody in. */
function judge(sources: ClaimSources, claim: string, wanted: string | undefined): Pick<MappingLine, 'outcome' | 'why'> {
  const path = parseClaimPath(claim)
  if (typeof path === 'string') return { outcome: 'refused', why: `the claim path "${claim}" ${path}` }
  const found = lookUp(sources, path)
  if (found === undefined)
    return { outcome: 'no-value', why: `claim "${claim}" does not stand in ${searched(sources)}` }
  const where = `claim "${claim}" of ${SOURCE_NAMES[found.source]}`
  if (wanted === undefined) return { outcome: 'applied', why: `${where} is there` }
  const pattern = parseClaimPattern(wanted)
  if (typeof pattern === 'string') return { outcome: 'refused', why: `the pattern "${wanted}" ${pattern}` }
  return textsOf(found.value).some(text => matchesWhole(pattern, text))
    ? { outcome: 'applied', why: `${where} matches "${wanted}"` }
    : { outcome: 'no-match', why: `${where} has no value that matches "${wanted}"` }
}
