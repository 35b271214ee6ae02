/** Did a sign-in use two factors? Told by its method references (RFC 8176): kinds of factors are counted, not methods. Pure. */

import type { WayToSignIn } from '../authentication/acr.ts'

type Factor = 'knowledge' | 'possession' | 'inherence'

/**
 * RFC 8176 §2. What is no factor of its own is left out: `mca` (several channels), `user` (somebody is there), `geo`, `rba` (where and how
 * they are), `wia` (whatever Windows asked).
 */
const FACTORS: Readonly<Record<string, Factor>> = {
  pwd: 'knowledge',
  pin: 'knowledge',
  kba: 'knowledge',
  otp: 'possession',
  hwk: 'possession',
  swk: 'possession',
  pop: 'possession',
  sc: 'possession',
  sms: 'possession',
  tel: 'possession',
  face: 'inherence',
  fpt: 'inherence',
  iris: 'inherence',
  retina: 'inherence',
  vbm: 'inherence',
}

/** RFC 8176 §2: `mfa` says it itself; otherwise two methods of different kinds do. */
export function hasTwoFactors(amr: readonly string[]): boolean {
  const kinds = amr.flatMap(method => (Object.hasOwn(FACTORS, method) ? [FACTORS[method]] : []))
  return amr.includes('mfa') || new Set(kinds).size >= 2
}

/** One of the ways to sign in may bring two. */
export function canReachTwoFactors(ways: readonly WayToSignIn[]): boolean {
  return ways.some(way => way === 'any' || hasTwoFactors(way))
}
