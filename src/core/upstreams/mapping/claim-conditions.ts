/** Conditions on claims: which pairs of path and wanted value must match, and the sentence that says why they do or do not. */

import { parseClaimPath } from './claim-path.ts'
import { matchesWhole, parseClaimPattern } from './claim-pattern.ts'
import { scalarText, textsOf } from './claim-value.ts'
import { lookUp, SOURCE_NAMES, searched } from './look-up.ts'
import type { ClaimConditions, ClaimSource, ClaimSources } from './mapping.ts'

export type ConditionResult =
  | { readonly kind: 'holds' | 'fails'; readonly why: string }
  /** A condition cannot be read, so nothing follows from it. */
  | { readonly kind: 'mistake'; readonly why: string }

type Match = NonNullable<ClaimConditions['match']>

const WORDS: Readonly<Record<Match, string>> = {
  exact: 'has the value',
  contains: 'contains',
  regex: 'matches',
}

/** All of the pairs must match; without any there would be nothing to be held to. */
export function checkConditions(
  { claims, match = 'exact' }: ClaimConditions,
  sources: ClaimSources,
  source?: ClaimSource,
): ConditionResult {
  const pairs = Object.entries(claims).flatMap(([claim, wanted]) =>
    (typeof wanted === 'string' ? [wanted] : wanted).map(value => ({ claim, value })),
  )
  if (pairs.length === 0) return { kind: 'mistake', why: 'it names no claim, and would match everybody' }
  const held: string[] = []
  for (const { claim, value } of pairs) {
    const result = checkPair(claim, value, match, sources, source)
    if (result.kind !== 'holds') return result
    held.push(result.why)
  }
  return { kind: 'holds', why: held.join(', and ') }
}

function checkPair(
  claim: string,
  wanted: string,
  match: Match,
  sources: ClaimSources,
  source: ClaimSource | undefined,
): ConditionResult {
  const path = parseClaimPath(claim)
  if (typeof path === 'string') return { kind: 'mistake', why: `the claim path "${claim}" ${path}` }
  const matches = matcherOf(wanted, match)
  if (typeof matches === 'string') return { kind: 'mistake', why: `the wanted value "${wanted}" ${matches}` }
  const found = lookUp(sources, path, source)
  if (found === undefined) {
    return { kind: 'fails', why: `claim "${claim}" does not stand in ${searched(sources, source)}` }
  }
  // Of a list, one element must match; text, numbers and booleans are compared as texts.
  const isMatch = textsOf(found.value).some(matches)
  const where = `claim "${claim}" of ${SOURCE_NAMES[found.source]}`
  if (isMatch) return { kind: 'holds', why: `${where} ${WORDS[match]} "${wanted}"` }
  const isList = Array.isArray(found.value) || scalarText(found.value) === undefined
  return { kind: 'fails', why: `${where} has no value ${notWords(match, wanted, isList)}` }
}

function notWords(match: Match, wanted: string, isList: boolean): string {
  if (match === 'exact') return isList ? `"${wanted}" among its values` : `"${wanted}"`
  return match === 'contains' ? `that contains "${wanted}"` : `that matches "${wanted}"`
}

type Matches = (value: string) => boolean

function matcherOf(wanted: string, match: Match): Matches | string {
  if (match === 'exact') return value => value === wanted
  // Every text contains the empty one.
  if (match === 'contains') return wanted === '' ? 'is empty' : value => value.includes(wanted)
  const pattern = parseClaimPattern(wanted)
  return typeof pattern === 'string' ? pattern : value => matchesWhole(pattern, value)
}
