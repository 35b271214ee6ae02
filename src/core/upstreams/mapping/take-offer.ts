/** What a mapping has to offer is held to the rules of its target, and taken or refused. */

import type { Address } from '../../accounts/account.ts'
import { checkUsername } from '../../accounts/account-settings.ts'
import { ADDRESS_MEMBERS, parseAttributes } from '../../accounts/attributes.ts'
import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import { parseAttributeValue } from '../../attributes/attribute-value.ts'
import { isEmailAddress } from '../../email-address.ts'
import { isStorable, oneText, shownValue, textsOf } from './claim-value.ts'
import type { SyncMode } from './mapping.ts'
import { addGroup, type Offer, type PatchDraft } from './patch-draft.ts'

export type Taken =
  | { readonly taken: string; readonly besides?: string }
  /** Why not, as a sentence that begins with the target. */
  | { readonly refused: string }

export interface TargetRules {
  readonly caseSensitiveUsername: boolean
  readonly existingGroups: ReadonlySet<string>
  /** Attributes of this house, as they are now. */
  readonly definitions: readonly AttributeDefinition[]
  /** Goes before every subject of an issuer with tenants; nothing when it should, but is not known. */
  readonly subjectPrefix: string | undefined
}

type Take = (offer: Offer, draft: PatchDraft, rules: TargetRules) => Taken

const TARGETS: Readonly<Record<string, Take>> = {
  ssoid: takeSubject,
  login: takeUsername,
  email: takeEmail,
  email_verified: takeEmailVerified,
  'roles.grant': (offer, draft, rules) => takeGroups(offer, draft.granted, rules),
  'roles.remove': (offer, draft, rules) => takeGroups(offer, draft.removed, rules),
}

export function takeOffer(target: string, offer: Offer, draft: PatchDraft, rules: TargetRules): Taken {
  const take = Object.hasOwn(TARGETS, target) ? TARGETS[target] : undefined
  if (take !== undefined) return take(offer, draft, rules)
  const definition = rules.definitions.find(({ name }) => name === target)
  return definition === undefined ? takeAttribute(target, offer, draft) : takeDefined(definition, offer, draft)
}

/** Never trimmed and never in another case: what the upstream tells apart is never one person here. */
function takeSubject({ value }: Offer, draft: PatchDraft, { subjectPrefix }: TargetRules): Taken {
  // A number beyond these is rounded when it is read, and two people could become one.
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? `${value}` : value
  if (typeof text !== 'string') return { refused: 'must be text or a whole number' }
  // OIDC Core §2: at most 255 characters.
  if (text === '' || text.length > 255) return { refused: 'must have 1 to 255 characters' }
  if (/\p{Cc}/u.test(text) || !text.isWellFormed()) return { refused: 'must not contain control characters' }
  if (subjectPrefix === undefined) {
    return { refused: 'is unique within its issuer only, and the ID token does not name the issuer' }
  }
  draft.subject = `${subjectPrefix}${text}`
  return { taken: draft.subject }
}

function takeUsername({ value, sync }: Offer, draft: PatchDraft, { caseSensitiveUsername }: TargetRules): Taken {
  const text = oneText(value)
  if (text === undefined) return { refused: 'must be one text' }
  const username = caseSensitiveUsername ? text : text.toLowerCase()
  const [mistake] = checkUsername(username)
  if (mistake !== undefined) return { refused: mistake.message }
  if (!isStorable(username)) return { refused: 'must not contain control characters' }
  draft.username = { value: username, sync }
  return { taken: username }
}

function takeEmail({ value, ...offer }: Offer, draft: PatchDraft): Taken {
  const text = oneText(value)
  if (text === undefined || !isEmailAddress(text) || !isStorable(text)) return { refused: 'is not an e-mail address' }
  draft.email = { value: text, ...offer }
  return { taken: text }
}

function takeEmailVerified({ value }: Offer, draft: PatchDraft): Taken {
  draft.emailVerified = isYes(value)
  return { taken: draft.emailVerified ? 'true' : 'false' }
}

/** Some say it as text. Anything else is no yes. */
export function isYes(value: unknown): boolean {
  return value === true || value === 'true'
}

/** More names than anybody has groups. */
const MAX_NAMES = 1000

/** Aurora: a comma-separated list of roles that exist already. A list of names as well. */
function takeGroups({ value, sync }: Offer, groups: Map<string, SyncMode>, { existingGroups }: TargetRules): Taken {
  const texts = typeof value === 'string' ? value.split(',') : textsOf(value)
  const names = [...new Set(texts.map(text => text.trim()).filter(text => text !== ''))]
  if (names.length === 0) return { refused: 'must be a list of names' }
  if (names.length > MAX_NAMES) return { refused: `must have at most ${MAX_NAMES} names` }
  // The right to manage this server is no group: a mapping of its own kind gives it, never a list that the upstream fills.
  const known = names.filter(name => existingGroups.has(name) && !isAdministrator(name))
  for (const name of known) addGroup(groups, name, sync)
  const others = names.filter(name => !known.includes(name))
  const besides = others.length === 0 ? {} : { besides: othersText(others) }
  return known.length === 0
    ? { refused: `names no group that exists: ${othersText(others)}` }
    : { taken: known.join(', '), ...besides }
}

function isAdministrator(name: string): boolean {
  return name.toLowerCase() === 'administrator'
}

function othersText(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map(name =>
      isAdministrator(name) ? `"${name}" is never given by a list` : `there is no group "${shownValue(name)}"`,
    )
  return [...shown, ...(names.length > 5 ? [`and ${names.length - 5} more`] : [])].join(', ')
}

function takeAttribute(name: string, { value, sync }: Offer, draft: PatchDraft): Taken {
  const wanted = attributeValue(name, value)
  if (wanted === undefined) return { refused: 'must be one value' }
  const { mistakes } = parseAttributes([[name, wanted]])
  const [mistake] = mistakes
  if (mistake !== undefined) return { refused: mistake.message }
  const texts = typeof wanted === 'object' ? Object.values(wanted) : [wanted]
  if (!texts.every(text => typeof text !== 'string' || isStorable(text))) {
    return { refused: 'must not contain control characters' }
  }
  draft.attributes.set(name, { name, value: wanted, sync })
  return { taken: typeof wanted === 'string' ? wanted : JSON.stringify(wanted) }
}

/** Upstreams wrap single values into lists, and say a single value where there could be more. */
function takeDefined(definition: AttributeDefinition, { value, sync, path }: Offer, draft: PatchDraft): Taken {
  const { name, isList } = definition
  const isWrapped = Array.isArray(value) && !isList && definition.type !== 'json' && value.length === 1
  const one: unknown = isWrapped ? value[0] : value
  const values: unknown = isList && path !== undefined && isScalar(one) ? [one] : one
  const parsed = parseAttributeValue(definition, asTyped(definition, values))
  if ('broken' in parsed) return { refused: parsed.broken }
  if (!holdsStorable(parsed.value)) return { refused: 'must not contain control characters' }
  draft.attributes.set(name, { name, value: parsed.value ?? '', sync, isDefined: true })
  const { value: kept = '' } = parsed
  return { taken: typeof kept === 'string' ? kept : JSON.stringify(kept) }
}

/** Numbers of people and of rooms are text here, and numbers elsewhere. */
function asTyped({ type }: AttributeDefinition, value: unknown): unknown {
  if (type === 'number' || type === 'boolean' || type === 'json') return value
  const textOf = (item: unknown): unknown => (typeof item === 'number' ? (oneText(item) ?? item) : item)
  return Array.isArray(value) ? value.map(textOf) : textOf(value)
}

/** An empty text takes away, also from a list. A claim with commas in it is one value: only what the settings say is taken apart. */
function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value !== '')
}

function holdsStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value)
  return typeof value !== 'object' || value === null || Object.entries(value).every(entry => entry.every(holdsStorable))
}

function attributeValue(name: string, value: unknown): string | boolean | Address | undefined {
  const one = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
  if (name === 'address' && typeof one === 'object' && one !== null && !Array.isArray(one)) return knownAddress(one)
  if (typeof one === 'boolean') return one
  const text = oneText(one)
  // OIDC Core §5.1 locale: some write an underscore, which may be accepted.
  return name === 'locale' ? text?.replaceAll('_', '-') : text
}

/** OIDC Core §5.1.1: what else an upstream puts into its address is not ours to keep. */
function knownAddress(value: object): Address | undefined {
  const members = ADDRESS_MEMBERS.flatMap(member => {
    const text: unknown = Object.hasOwn(value, member) ? (value as Address)[member] : undefined
    return typeof text === 'string' && text !== '' ? [[member, text] as const] : []
  })
  return members.length === 0 ? undefined : Object.fromEntries(members)
}
