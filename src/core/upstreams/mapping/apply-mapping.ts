/** One mapping: what it looks at, and what comes of it in the draft. */

import type { MappingLine } from './account-patch.ts'
import { checkConditions } from './claim-conditions.ts'
import { type ClaimPath, parseClaimPath } from './claim-path.ts'
import { oneText, shownValue } from './claim-value.ts'
import { lookUp, SOURCE_NAMES, searched } from './look-up.ts'
import type { ClaimSource, ClaimSources, Mapping, SyncMode } from './mapping.ts'
import { addGroup, type Offer, type PatchDraft } from './patch-draft.ts'
import { type TargetRules, takeOffer } from './take-offer.ts'
import { fillTemplate, parseTemplate } from './template.ts'

export interface MappingSetting {
  readonly sources: ClaimSources
  readonly rules: TargetRules
  readonly alias: string
  readonly uuid: string
  /** Of the upstream, for mappings without their own. */
  readonly syncMode: SyncMode
  /** Not the administrator's own mapping: it takes nothing away. */
  readonly isStandard?: boolean
}

type Result = Omit<MappingLine, 'mapping'>

export function applyMapping(mapping: Mapping, draft: PatchDraft, setting: MappingSetting): readonly MappingLine[] {
  const { name } = mapping
  return [{ mapping: name ?? titleOf(mapping), ...resultOf(mapping, draft, setting) }]
}

export function titleOf(mapping: Mapping): string {
  switch (mapping.kind) {
    case 'attribute':
    case 'template':
    case 'hardcoded':
      return `${mapping.kind} ${mapping.attribute}`
    case 'hardcoded_group':
    case 'group':
      return `${mapping.kind} ${mapping.group}`
    case 'administrator':
      return 'administrator'
  }
}

function resultOf(mapping: Mapping, draft: PatchDraft, setting: MappingSetting): Result {
  const sync = mapping.sync ?? setting.syncMode
  switch (mapping.kind) {
    case 'attribute':
    case 'template':
    case 'hardcoded':
      return applyValue(mapping, sync, draft, setting)
    case 'hardcoded_group':
    case 'group':
      return applyGroup(mapping, sync, draft, setting)
    case 'administrator':
      return applyAdministrator(mapping, sync, draft, setting)
  }
}

type ValueMapping = Extract<Mapping, { readonly attribute: string }>

/** What decides over who somebody is and what they may: never on the word of a browser. */
const RIGHTS = ['ssoid', 'roles.grant', 'roles.remove', 'email_verified']

function applyValue(mapping: ValueMapping, sync: SyncMode, draft: PatchDraft, setting: MappingSetting): Result {
  const { attribute, source } = mapping
  const first = takenBefore(attribute, mapping, draft)
  if (first !== undefined) return { outcome: 'refused', why: first }
  if (source === 'authorization_response' && RIGHTS.includes(attribute)) return throughBrowser(attribute)
  const offer = offerOf(mapping, sync, setting)
  if ('mistake' in offer) return { outcome: 'refused', why: offer.mistake }
  if ('nothing' in offer) {
    leaveEmpty(attribute, sync, draft, setting)
    return { outcome: 'no-value', why: offer.nothing }
  }
  const taken = takeOffer(attribute, offer, draft, setting.rules)
  if ('refused' in taken) return { outcome: 'refused', why: `${offer.why}, but ${attribute} ${taken.refused}` }
  const why = taken.besides === undefined ? offer.why : `${offer.why}; ${taken.besides}`
  return { outcome: 'applied', why, result: shownValue(taken.taken) }
}

function throughBrowser(target: string): Result {
  return {
    outcome: 'refused',
    why: `${target} cannot come from the authorization response: everybody can write into the address line of a browser`,
  }
}

/** The first mapping of a target that has a value decides; of the subject, the first mapping decides whether it has one or not. */
function takenBefore(attribute: string, mapping: ValueMapping, draft: PatchDraft): string | undefined {
  const isTaken = {
    ssoid: draft.subjectMapping !== undefined,
    login: draft.username !== undefined,
    email: draft.email !== undefined,
    email_verified: draft.emailVerified !== undefined,
  }
  if (attribute === 'ssoid') draft.subjectMapping ??= mapping
  const isSet = Object.hasOwn(isTaken, attribute)
    ? isTaken[attribute as keyof typeof isTaken]
    : (draft.attributes.get(attribute)?.value ?? '') !== ''
  return isSet ? `${attribute} comes from a mapping before this one` : undefined
}

/** With `force`, an attribute goes whose claim is gone; names, addresses and the subject never do. No statement is no yes. */
function leaveEmpty(attribute: string, sync: SyncMode, draft: PatchDraft, { isStandard, rules }: MappingSetting): void {
  if (attribute === 'email_verified') draft.emailVerified = false
  if (sync !== 'force' || isStandard === true || ['ssoid', 'login', 'email', 'email_verified'].includes(attribute))
    return
  if (!attribute.startsWith('roles.')) takeOffer(attribute, { value: '', sync }, draft, rules)
}

type Offered = (Offer & { readonly why: string }) | { readonly nothing: string } | { readonly mistake: string }

function offerOf(mapping: ValueMapping, sync: SyncMode, setting: MappingSetting): Offered {
  if (mapping.kind === 'template') return templateOffer(mapping.template, mapping.source, sync, setting)
  if (mapping.kind === 'hardcoded') return { value: mapping.value, sync, why: 'the mapping says it' }
  const { claim, source } = mapping
  const path = parseClaimPath(claim)
  if (typeof path === 'string') return { mistake: `the claim path "${claim}" ${path}` }
  const found = lookUp(setting.sources, path, source)
  if (found === undefined) return { nothing: `claim "${claim}" does not stand in ${searched(setting.sources, source)}` }
  const where = `claim "${claim}" of ${SOURCE_NAMES[found.source]}`
  if (isEmpty(found.value)) return { nothing: `${where} is empty` }
  return { ...found, path, sync, why: where }
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function templateOffer(
  text: string,
  source: ClaimSource | undefined,
  sync: SyncMode,
  { sources, alias, uuid }: MappingSetting,
): Offered {
  const template = parseTemplate(text)
  if (typeof template === 'string') return { mistake: `the template "${text}" ${template}` }
  const textOf = (path: ClaimPath) => oneText(lookUp(sources, path, source)?.value)
  const filled = fillTemplate(template, { alias, uuid, textOf })
  if ('missing' in filled) {
    return { nothing: `claim "${filled.missing}" of the template has no text in ${searched(sources, source)}` }
  }
  return { value: filled.text, sync, why: `the template "${text}"`, ...(source === undefined ? {} : { source }) }
}

type GroupMapping = Extract<Mapping, { readonly group: string }>

function applyGroup(mapping: GroupMapping, sync: SyncMode, draft: PatchDraft, setting: MappingSetting): Result {
  const { group, source } = mapping
  if (!setting.rules.existingGroups.has(group)) {
    return { outcome: 'refused', why: `there is no group "${group}": sallyport group create makes one` }
  }
  if (mapping.kind === 'hardcoded_group') {
    addGroup(draft.granted, group, sync)
    return { outcome: 'applied', why: 'the mapping says it', result: group }
  }
  if (source === 'authorization_response') return throughBrowser('a group')
  const { kind, why } = checkConditions(mapping, setting.sources, source)
  if (kind === 'mistake') return { outcome: 'refused', why }
  if (kind === 'holds') {
    addGroup(draft.granted, group, sync)
    return { outcome: 'applied', why, result: group }
  }
  if (sync === 'force') draft.unmatched.set(group, sync)
  return { outcome: 'no-match', why }
}

type AdministratorMapping = Extract<Mapping, { readonly kind: 'administrator' }>

function applyAdministrator(
  mapping: AdministratorMapping,
  sync: SyncMode,
  draft: PatchDraft,
  { sources }: MappingSetting,
): Result {
  if (mapping.source === 'authorization_response') return throughBrowser('the right to manage this server')
  const { kind, why } = checkConditions(mapping, sources, mapping.source)
  if (kind === 'mistake') return { outcome: 'refused', why }
  const before = draft.administrator
  if (kind === 'holds') {
    draft.administrator = { value: true, sync: before?.value === true && before.sync === 'force' ? 'force' : sync }
    return { outcome: 'applied', why, result: 'administrator' }
  }
  if (sync === 'force' && before === undefined) draft.administrator = { value: false, sync }
  return { outcome: 'no-match', why }
}
