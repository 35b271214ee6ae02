/** What mappings may fill: the names of attributes, and what Aurora calls them. */

import { didYouMean } from '../../../lib/nearest-name.ts'
import { ATTRIBUTE_NAMES, parseAttributes } from '../../accounts/attributes.ts'
import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'

/** Of the account itself, not of its attributes. */
const OF_ACCOUNT: readonly string[] = ['ssoid', 'login', 'email', 'roles.grant', 'roles.remove']

/** Who somebody is and how they are found: one value for everybody would make everybody the same person. */
const UNIQUE_ATTRIBUTES: readonly string[] = ['ssoid', 'login', 'email']

const AURORA_NAMES: ReadonlyMap<string, string> = new Map([
  ['profile.url_icon', 'picture'],
  ['profile.name_first', 'given_name'],
  ['profile.name_last', 'family_name'],
  ['profile.url_homepage', 'website'],
  ['profile.location', 'address.formatted'],
])

/** Keycloak's and other names that people write, and what they are here. */
const MEANT: Readonly<Record<string, string>> = {
  sub: 'ssoid',
  username: 'login',
  preferred_username: 'login',
  groups: 'roles.grant, or a mapping of kind group',
  roles: 'roles.grant',
  firstName: 'given_name',
  lastName: 'family_name',
}

export function attributeName(written: string): string {
  return AURORA_NAMES.get(written) ?? written
}

/** What is wrong with the name, as a sentence; nothing when it is one. */
export function attributeProblem(name: string, definitions: readonly AttributeDefinition[] = []): string | undefined {
  if (OF_ACCOUNT.includes(name) || parseAttributes([[name, '']], {}, definitions).mistakes.length === 0)
    return undefined
  const known = [...OF_ACCOUNT, ...ATTRIBUTE_NAMES, ...definitions.map(defined => defined.name)]
  const meant = Object.hasOwn(MEANT, name) ? ` (did you mean ${MEANT[name]}?)` : didYouMean(name, known)
  return `"${name}" is no attribute${meant}; known: ${known.join(', ')}`
}

/** What is wrong with the same value for everybody; nothing when it can be. */
export function valueProblem(
  name: string,
  value: string,
  definitions: readonly AttributeDefinition[] = [],
): string | undefined {
  if (UNIQUE_ATTRIBUTES.includes(name)) return `cannot be the same for everybody: ${name} is unique`
  if (OF_ACCOUNT.includes(name)) return undefined
  const [mistake] = parseAttributes([[name, value]], {}, definitions).mistakes
  return mistake?.message
}
