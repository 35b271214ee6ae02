/** Authentication context class references (OIDC Core §2 `acr`): how strong a sign-in was, and how strong an app wants it. Pure. */

import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { wishedValues } from '../../spec/claims-request.ts'
import type { Client } from '../clients/client.ts'
import { PASSWORD_AMR } from './sign-in-methods.ts'

/** One class, as configured; a list of them is ordered, the weakest first. */
export interface AcrLevel {
  readonly value: string
  /** RFC 8176 method references that a sign-in must have used, all of them. */
  readonly requires: readonly string[]
}

/** In order of preference. */
export interface AcrWish {
  readonly values: readonly string[]
  /** OIDC Core §5.5.1.1: without one of them there is no answer but an error. */
  readonly isEssential: boolean
}

export function acrWishOf(
  { claims, acrValues }: Pick<AuthorizationRequest, 'claims' | 'acrValues'>,
  { defaultAcrValues }: Pick<Client, 'defaultAcrValues'>,
): AcrWish {
  const claim = claims?.idToken?.acr
  const values = wishedValues(claim)?.filter(value => typeof value === 'string')
  if (values !== undefined && values.length > 0 && claim?.essential === true) return { values, isEssential: true }
  // OIDC Core §3.1.2.1: acr_values asks for the claim as a voluntary one; Registration §2: what the request says comes before the default.
  return { values: acrValues ?? values ?? defaultAcrValues ?? [], isEssential: false }
}

export interface AcrDecision {
  /** What the sign-in is worth: the first of the wishes it meets, else the strongest class it reached. */
  readonly acr: string | undefined
  /** There is no wish, or one of them is met. */
  readonly isMet: boolean
}

export function decideAcr(wish: AcrWish, levels: readonly AcrLevel[], amr: readonly string[]): AcrDecision {
  const reached = levels.filter(({ requires }) => requires.every(method => amr.includes(method)))
  const met = wish.values.find(value => reached.some(level => level.value === value))
  if (met !== undefined) return { acr: met, isMet: true }
  return { acr: reached.at(-1)?.value, isMet: wish.values.length === 0 && !wish.isEssential }
}

/** RFC 8176 methods that one way to sign in proves; `any`: whatever an upstream says of itself. */
export type WayToSignIn = readonly string[] | 'any'

/** RFC 9470 §5: one of the wishes would be met by signing in again, in one of these ways. */
export function isReachable(
  { values }: AcrWish,
  levels: readonly AcrLevel[],
  ways: readonly WayToSignIn[] = [PASSWORD_AMR],
): boolean {
  const known = levels.flatMap(({ requires }) => requires)
  return ways.some(way => decideAcr({ values, isEssential: true }, levels, way === 'any' ? known : way).isMet)
}
