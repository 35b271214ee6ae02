/** What an attribute of a user of Keycloak is called here: as OpenID Connect has it, or as one of this house. */

import { attributeName } from '../attribute-name.ts'
import { ownValue } from '../values.ts'

/** Attributes of Keycloak that are claims of OpenID Connect. */
const STANDARD: readonly string[] = [
  'middle_name',
  'nickname',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
]

/** Keycloak's names of what its standard scopes read, where OpenID Connect has others. */
const RENAMED: Readonly<Record<string, string>> = { middleName: 'middle_name', phoneNumber: 'phone_number' }

export function isStandardAttribute(name: string): boolean {
  return Object.hasOwn(RENAMED, name) || STANDARD.includes(name)
}

export function attributeHere(name: string): string {
  return ownValue(RENAMED, name) ?? (STANDARD.includes(name) ? name : attributeName(name))
}
