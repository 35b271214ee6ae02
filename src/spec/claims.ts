/** Claims about a person, by scope (OIDC Core §5.4; `groups` as in Authelia's table). Pure: attributes in, claims out. */

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

/** Every claim that some scope yields, for `claims_supported`. */
export const PERSON_CLAIMS: readonly string[] = [
  'sub',
  ...PROFILE_ATTRIBUTES,
  'preferred_username',
  'updated_at',
  'email',
  'email_verified',
  'groups',
  'address',
  'phone_number',
  'phone_number_verified',
]

export function claimsOf(person: ClaimSource, scopes: readonly string[]): Claims {
  // OIDC Core §5.3.2: sub is always there; a claim without a value is left out, not null.
  const claims: Claims = { sub: person.subject }
  const attributes = person.attributes as Readonly<Record<string, unknown>>
  for (const scope of scopes) {
    if (scope === 'profile') {
      for (const name of PROFILE_ATTRIBUTES) if (attributes[name] !== undefined) claims[name] = attributes[name]
      claims.name ??= person.username
      claims.preferred_username = person.username
      // OIDC Core §5.1: updated_at is a number of seconds.
      claims.updated_at = Math.floor(person.updatedAt.getTime() / 1000)
    } else if (scope === 'email' && person.email !== undefined) {
      claims.email = person.email
      claims.email_verified = person.emailVerified
    } else if (scope === 'groups') {
      claims.groups = person.groups
    } else if (scope === 'address' && attributes.address !== undefined) {
      claims.address = attributes.address
    } else if (scope === 'phone' && attributes.phone_number !== undefined) {
      claims.phone_number = attributes.phone_number
      claims.phone_number_verified = attributes.phone_number_verified ?? false
    }
  }
  return claims
}
