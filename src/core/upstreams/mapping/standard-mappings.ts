/** What becomes of the standard claims (OIDC Core §5.1) where no mapping says otherwise. */

import type { UpstreamKind } from '../upstream.ts'
import type { Mapping } from './mapping.ts'

/**
 * `phone_number_verified` is not among them: whether a number was verified is said to apps in our name, so it takes an explicit mapping to
 * believe an upstream.
 */
const SAME_NAME = [
  'email',
  'name',
  'given_name',
  'family_name',
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
  'address',
]

type AttributeMapping = Extract<Mapping, { readonly kind: 'attribute' }>

/** For the targets that none of these mappings speaks about. */
export function standardMappings(kind: UpstreamKind, mappings: readonly Mapping[]): readonly AttributeMapping[] {
  const targets = new Set(mappings.flatMap(mapping => ('attribute' in mapping ? [targetOf(mapping.attribute)] : [])))
  return [
    // OIDC Core §2, §5.3.2: who somebody is says the ID token; an access token is made for others and may name another subject.
    standard('ssoid', 'sub', kind === 'oidc' ? { source: 'id_token' } : {}),
    standard('login', 'preferred_username'),
    ...SAME_NAME.map(name => standard(name, name)),
  ].filter(({ attribute }) => !targets.has(attribute))
}

function standard(attribute: string, claim: string, more: Pick<Mapping, 'source'> = {}): AttributeMapping {
  return { name: `standard ${attribute}`, kind: 'attribute', attribute, claim, ...more }
}

/** Whoever maps a part of the address maps the address. */
function targetOf(attribute: string): string {
  return attribute.startsWith('address.') ? 'address' : attribute
}
