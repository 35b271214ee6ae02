/** Claims about a person, by scope (OIDC Core §5.4; `groups` as in Authelia's table). Pure: attributes in, claims out. */

import { isDeepStrictEqual } from 'node:util'
import { type ClaimWish, wishedValues } from './claims-request.ts'

export interface ClaimSource {
  readonly subject: string
  readonly username: string
  readonly email?: string
  readonly emailVerified: boolean
  readonly groups: readonly string[]
  /** Members named as in OIDC Core §5.1. */
  readonly attributes: object
  readonly updatedAt: Date
}

export type Claims = Record<string, unknown>

/** OIDC Core §5.4: the members that scope `profile` asks for, apart from the derived ones. */
const PROFILE_ATTRIBUTES = [
  'name',
  'family_name',
  'given_name',
  'middle_name',
  'nickname',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
] as const

/** Which claims a scope asks for (OIDC Core §5.4). */
export const CLAIMS_OF_SCOPES: Readonly<Record<string, readonly string[]>> = {
  profile: [...PROFILE_ATTRIBUTES, 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** Every claim that some scope yields, for `claims_supported`. */
export const PERSON_CLAIMS: readonly string[] = ['sub', ...Object.values(CLAIMS_OF_SCOPES).flat()]

/** A claim that only this house has (OIDC Core §5.1.2). */
export interface CustomClaim {
  readonly claim: string
  /** The member of the attributes that holds its value. */
  readonly attribute: string
  /** Any of these brings it. */
  readonly scopes: readonly string[]
}

/** The claims of a scope, those of this house among them. */
export function claimsOfScope(scope: string, custom: readonly CustomClaim[] = []): readonly string[] {
  const own = custom.filter(({ scopes }) => scopes.includes(scope)).map(({ claim }) => claim)
  return [...(Object.hasOwn(CLAIMS_OF_SCOPES, scope) ? (CLAIMS_OF_SCOPES[scope] ?? []) : []), ...own]
}

/** What is wanted beside the claims of the scopes, and how it is told. */
export interface ClaimsWanted {
  /** OIDC Core §5.5: single claims by name. */
  readonly wishes?: Readonly<Record<string, ClaimWish>>
  /** OIDC Core §5.2: languages in order of preference. */
  readonly locales?: readonly string[]
  /** Absent: a list. `string`: separated by commas. */
  readonly groupsShape?: 'list' | 'string'
  readonly custom?: readonly CustomClaim[]
}

export function claimsOf(person: ClaimSource, scopes: readonly string[], wanted: ClaimsWanted = {}): Claims {
  // OIDC Core §5.3.2: sub is always there; a claim without a value is left out, not null.
  const claims: Claims = { sub: person.subject }
  for (const scope of scopes) {
    for (const name of claimsOfScope(scope, wanted.custom)) addClaim(claims, name, person, wanted)
  }
  for (const [name, wish] of Object.entries(wanted.wishes ?? {})) {
    const [plain = ''] = name.split('#')
    const isKnown = PERSON_CLAIMS.includes(plain) || wanted.custom?.some(({ claim }) => claim === name) === true
    if (!isKnown || Object.hasOwn(claims, name)) continue
    // OIDC Core §5.5.1: who asks for a value gets that one or nothing, and never learns another.
    if (mayTell(wish, claimValue(person, name, wanted))) addClaim(claims, name, person, wanted)
  }
  return claims
}

function addClaim(claims: Claims, name: string, person: ClaimSource, wanted: ClaimsWanted): void {
  const value = claimValue(person, name, wanted)
  if (value !== undefined) claims[name] = value
  // OIDC Core §5.2: what is known in another script or language stands beside it, under its tag.
  const attributes = person.attributes as Readonly<Record<string, unknown>>
  for (const locale of wanted.locales ?? []) {
    const tagged = `${name}#${locale}`
    if (Object.hasOwn(attributes, tagged)) claims[tagged] = attributes[tagged]
  }
}

function claimValue(person: ClaimSource, name: string, { groupsShape, custom }: ClaimsWanted): unknown {
  const attributes = person.attributes as Readonly<Record<string, unknown>>
  switch (name) {
    case 'name':
      return attributes.name ?? person.username
    case 'preferred_username':
      return person.username
    case 'updated_at':
      // OIDC Core §5.1: updated_at is a number of seconds.
      return Math.floor(person.updatedAt.getTime() / 1000)
    case 'email':
      return person.email
    case 'email_verified':
      return person.email === undefined ? undefined : person.emailVerified
    case 'groups':
      return groupsShape === 'string' ? person.groups.join(',') : person.groups
    case 'phone_number_verified':
      return attributes.phone_number === undefined ? undefined : (attributes.phone_number_verified ?? false)
    default: {
      const member = custom?.find(({ claim }) => claim === name)?.attribute ?? name
      return Object.hasOwn(attributes, member) ? attributes[member] : undefined
    }
  }
}

function mayTell(wish: ClaimWish, value: unknown): boolean {
  const values = wishedValues(wish)
  return values === undefined || values.some(wished => isDeepStrictEqual(wished, value))
}
