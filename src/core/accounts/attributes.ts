/** The attributes of an account: the standard claims of OIDC Core §5.1 and those that the house defines, parsed from text or JSON. */

import { didYouMean } from '../../lib/nearest-name.ts'
import type { AttributeDefinition } from '../attributes/attribute-definition.ts'
import { parseAttributeValue } from '../attributes/attribute-value.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { AccountAttributes, Address } from './account.ts'
import { brokenClaimRule, type ClaimRule } from './claim-rules.ts'

type AttributeName = keyof AccountAttributes

/** Every attribute with its rule, in the order of OIDC Core §5.1. */
const ATTRIBUTES: Readonly<Record<Exclude<AttributeName, 'address'>, ClaimRule>> = {
  name: 'text',
  given_name: 'text',
  family_name: 'text',
  middle_name: 'text',
  nickname: 'text',
  profile: 'url',
  picture: 'url',
  website: 'url',
  gender: 'text',
  birthdate: 'birthdate',
  zoneinfo: 'time-zone',
  locale: 'language',
  phone_number: 'text',
  phone_number_verified: 'boolean',
}

export const ADDRESS_MEMBERS: readonly (keyof Address)[] = [
  'formatted',
  'street_address',
  'locality',
  'region',
  'postal_code',
  'country',
]

/** Claims that follow from the account itself, and what to use for them. */
const DERIVED: Readonly<Record<string, string>> = {
  sub: 'is given by the server and never changes',
  preferred_username: 'is the user name of the account',
  email: 'is the e-mail address of the account',
  updated_at: 'is kept by the server',
  groups: 'are the groups of the account',
}

/** Every name that can be given, for "did you mean". */
export const ATTRIBUTE_NAMES: readonly string[] = [
  ...Object.keys(ATTRIBUTES),
  'address',
  ...ADDRESS_MEMBERS.map(member => `address.${member}`),
  'email_verified',
]

/** No attribute of the house may be called so: it would be mistaken for one of these. */
export function isTakenByStandard(name: string): boolean {
  return isAttribute(name) || name === 'address' || name === 'email_verified' || Object.hasOwn(DERIVED, name)
}

/** One attribute as it was given: `['address.locality', 'Berlin']`, `['phone_number_verified', 'true']`, `['address', { locality: 'Berlin' }]`. */
export type GivenAttribute = readonly [name: string, value: unknown]

export interface ParsedAttributes {
  readonly attributes: AccountAttributes
  /** `email_verified` is no attribute of its own but is given like one. */
  readonly emailVerified?: boolean
  readonly mistakes: readonly SettingsMistake[]
}

/** Later ones win; members of the address add up. An empty text takes an attribute away. `definitions`: what there is besides the standard. */
export function parseAttributes(
  given: readonly GivenAttribute[],
  before: AccountAttributes = {},
  definitions: readonly AttributeDefinition[] = [],
): ParsedAttributes {
  const mistakes: SettingsMistake[] = []
  const attributes: Record<string, unknown> = { ...before }
  let emailVerified: boolean | undefined
  let isAddressGiven = false
  for (const [name, value] of given) {
    const address = attributes.address as Address | undefined
    // A whole address replaces the one from before, but not the members given beside it.
    const isReplaced = name === 'address' && !isAddressGiven
    const definition = definitions.find(defined => defined.name === name)
    const result =
      definition === undefined
        ? parseAttribute(name, value, isReplaced ? undefined : address, definitions)
        : parseDefined(definition, value)
    isAddressGiven ||= name.startsWith('address')
    if ('mistake' in result) mistakes.push(result.mistake)
    else if (result.name === 'email_verified') emailVerified = result.value === true
    else if (result.value === undefined) delete attributes[result.name]
    else attributes[result.name] = result.value
  }
  return { attributes, mistakes, ...(emailVerified === undefined ? {} : { emailVerified }) }
}

/** `KEY=VALUE` as it is written at the command line; nothing when there is no `=`. */
export function splitAttribute(text: string): GivenAttribute | undefined {
  const at = text.indexOf('=')
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)]
}

type ParsedAttribute = { readonly name: string; readonly value: unknown } | { readonly mistake: SettingsMistake }

function parseDefined(definition: AttributeDefinition, value: unknown): ParsedAttribute {
  const parsed = parseAttributeValue(definition, value)
  const { name } = definition
  return 'broken' in parsed
    ? { mistake: { member: name, rule: `attribute ${name}`, message: parsed.broken } }
    : { name, value: parsed.value }
}

function parseAttribute(
  name: string,
  value: unknown,
  address: Address | undefined,
  definitions: readonly AttributeDefinition[],
): ParsedAttribute {
  if (name === 'address') return parseAddress(value, address)
  if (name.startsWith('address.')) return parseAddressMember(name, value, address)
  const rule =
    name === 'email_verified' ? 'boolean' : (taggedRule(name) ?? (isAttribute(name) ? ATTRIBUTES[name] : undefined))
  if (rule === undefined) return { mistake: unknownAttribute(name, definitions) }
  if (value === '') return { name, value: undefined }
  const typed = rule === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : value
  const broken = brokenClaimRule(rule, typed)
  return broken === undefined
    ? { name, value: typed }
    : { mistake: { member: name, rule: `OIDC Core §5.1 ${name}`, message: broken } }
}

// BCP 47 §2.1, as far as it needs to be looked at to be a tag.
const TAGGED = /^([a-z_]+)#[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/

/** OIDC Core §5.2: `name#de` is the name in German. What people read has languages; dates, numbers and addresses of pages do not. */
function taggedRule(name: string): ClaimRule | undefined {
  const [, plain = ''] = TAGGED.exec(name) ?? []
  return isAttribute(plain) && ATTRIBUTES[plain] === 'text' && plain !== 'phone_number' ? 'text' : undefined
}

function isAttribute(name: string): name is keyof typeof ATTRIBUTES {
  return Object.hasOwn(ATTRIBUTES, name)
}

function unknownAttribute(name: string, definitions: readonly AttributeDefinition[]): SettingsMistake {
  const known = [...ATTRIBUTE_NAMES, ...definitions.map(defined => defined.name)]
  const derived = Object.hasOwn(DERIVED, name) ? DERIVED[name] : undefined
  return {
    member: name,
    rule: 'OIDC Core §5.1 standard claims',
    message:
      derived === undefined
        ? `is no attribute${didYouMean(name, known)}; known: ${known.join(', ')}`
        : `${derived}, not an attribute`,
  }
}

/** OIDC Core §5.1.1: the address is a JSON object. */
function parseAddress(value: unknown, before: Address | undefined): ParsedAttribute {
  if (value === '') return { name: 'address', value: undefined }
  const object = typeof value === 'string' ? parseJson(value) : value
  const rule = 'OIDC Core §5.1.1 address'
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return { mistake: { member: 'address', rule, message: 'must be a JSON object such as {"locality":"Berlin"}' } }
  }
  let address = before
  for (const [member, text] of Object.entries(object)) {
    const result = parseAddressMember(`address.${member}`, text, address)
    if ('mistake' in result) return result
    address = result.value as Address | undefined
  }
  return { name: 'address', value: address }
}

function parseAddressMember(name: string, value: unknown, address: Address | undefined): ParsedAttribute {
  const member = name.slice('address.'.length)
  const rule = 'OIDC Core §5.1.1 address'
  if (!(ADDRESS_MEMBERS as readonly string[]).includes(member)) {
    const message = `is no part of an address${didYouMean(member, ADDRESS_MEMBERS)}; known: ${ADDRESS_MEMBERS.join(', ')}`
    return { mistake: { member: name, rule, message } }
  }
  // OIDC Core §5.1.1: formatted and street_address may hold several lines.
  const broken = value === '' ? undefined : brokenClaimRule('lines', value)
  if (broken !== undefined) return { mistake: { member: name, rule, message: broken } }
  const { [member as keyof Address]: _, ...others } = address ?? {}
  const next = value === '' ? others : { ...others, [member]: value }
  return { name: 'address', value: Object.keys(next).length === 0 ? undefined : next }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
