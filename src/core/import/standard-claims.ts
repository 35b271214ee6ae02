/** Claims that every server knows (OIDC Core §5.1), and `groups`: nobody has to define an attribute for them. */

const STANDARD_CLAIMS: readonly string[] = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'address',
  'groups',
]

export function isStandardClaim(name: string): boolean {
  return STANDARD_CLAIMS.includes(name)
}
