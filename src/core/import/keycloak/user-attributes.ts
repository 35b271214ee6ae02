/** `attributes` of the users of a realm: claims of OpenID Connect, and attributes of this house that they bring along. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { isTrue, listOf, objectOf, ownValue, textsOf } from '../values.ts'
import { attributeHere, isStandardAttribute } from './attribute-here.ts'

/** Members of the claim `address`. */
const ADDRESS: Readonly<Record<string, string>> = {
  street: 'street_address',
  locality: 'locality',
  region: 'region',
  postal_code: 'postal_code',
  country: 'country',
  formatted: 'formatted',
}

export function attributesOf(value: unknown, lists: ReadonlySet<string>): JsonObject {
  const entries = Object.entries(objectOf(value)).map(([name, all]) => {
    const values = textsOf(all)
    return [name, lists.has(name) ? values : values[0]] as const
  })
  const said = entries.filter(([, one]) => one !== undefined)
  const address = said.flatMap(([name, one]) => {
    const member = ownValue(ADDRESS, name)
    return member === undefined ? [] : [[member, one] as const]
  })
  return Object.fromEntries([
    ...said
      .filter(([name]) => !Object.hasOwn(ADDRESS, name))
      .map(([name, one]) =>
        name === 'phoneNumberVerified'
          ? (['attributes.phone_number_verified', isTrue(one)] as const)
          : ([`attributes.${attributeHere(name)}`, one] as const),
      ),
    ...(address.length === 0 ? [] : [['attributes.address', Object.fromEntries(address)] as const]),
  ])
}

function isStandard(name: string): boolean {
  return name === 'phoneNumberVerified' || Object.hasOwn(ADDRESS, name) || isStandardAttribute(name)
}

/** Every name that anybody has besides the standard ones; a list where anybody has several. */
export function attributeNames(users: readonly JsonObject[]): {
  readonly names: readonly string[]
  readonly lists: ReadonlySet<string>
} {
  const all = users.flatMap(user => Object.entries(objectOf(user.attributes))).filter(([name]) => !isStandard(name))
  const lists = all.filter(([, values]) => listOf(values).length > 1).map(([name]) => name)
  return { names: [...new Set(all.map(([name]) => name))], lists: new Set(lists) }
}

export function definitionOf(name: string, lists: ReadonlySet<string>): WrittenThing {
  const document = { type: 'text', ...(lists.has(name) ? { list: true } : {}) }
  return { resource: 'attributes', key: attributeHere(name), source: 'users.attributes', document }
}
