/** Mappings as they stand in a file → mappings, or all mistakes: one that is incomplete never gets as far as somebody's sign-in. */

import { didYouMean } from '../../../lib/nearest-name.ts'
import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import { checkOneOf, isOneOf } from '../../clients/check-members.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { checkConditions } from './check-conditions.ts'
import { attributeName, attributeProblem, valueProblem } from './mapped-attribute.ts'
import type { ClaimSource, Mapping, MappingKind } from './mapping.ts'
import { parseTemplate } from './template.ts'
import { checkChoice, checkPath, checkText, isObject, LONGEST_TEXT, mistake, type Written } from './written-values.ts'

type Mistakes = readonly SettingsMistake[]

const MOST_MAPPINGS = 200
export const CLAIM_SOURCES: readonly ClaimSource[] = [
  'access_token',
  'id_token',
  'userinfo',
  'token_response',
  'authorization_response',
]

/** Of each kind, the members that it needs. */
const NEEDED: Readonly<Record<MappingKind, readonly string[]>> = {
  attribute: ['attribute', 'claim'],
  template: ['attribute', 'template'],
  hardcoded: ['attribute', 'value'],
  hardcoded_group: ['group'],
  group: ['group', 'claims'],
  administrator: ['claims'],
}
const KINDS = Object.keys(NEEDED) as readonly MappingKind[]
const WITH_CONDITIONS: readonly MappingKind[] = ['group', 'administrator']
const RIGHTS: readonly string[] = ['ssoid', 'email_verified', 'roles.grant', 'roles.remove']
const OPTIONAL: readonly string[] = ['kind', 'name', 'source', 'sync']

export interface ParsedMappings {
  readonly mappings: readonly Mapping[]
  readonly mistakes: Mistakes
}

/** `member`: what the list is called in the mistakes, `mappings`. `definitions`: attributes of this house, which mappings may fill. */
export function parseMappings(
  written: readonly unknown[],
  member = 'mappings',
  definitions: readonly AttributeDefinition[] = [],
): ParsedMappings {
  const parsed = written.map((mapping, index) => parseMapping(mapping, `${member}[${index}]`, definitions))
  const tooMany = written.length > MOST_MAPPINGS
  return {
    mappings: parsed.flatMap(({ mapping }) => mapping ?? []),
    mistakes: [
      ...parsed.flatMap(({ mistakes }) => mistakes),
      ...(tooMany ? [mistake(member, `at most ${MOST_MAPPINGS} mappings`, `has ${written.length} mappings`)] : []),
    ],
  }
}

function parseMapping(
  written: unknown,
  at: string,
  definitions: readonly AttributeDefinition[],
): { readonly mapping?: Mapping; readonly mistakes: Mistakes } {
  if (!isObject(written)) return { mistakes: [mistake(at, 'mapping', 'must be an object')] }
  const { kind } = written
  if (typeof kind !== 'string') {
    return { mistakes: [mistake(`${at}.kind`, 'kind of mapping', `is missing; choose ${KINDS.join(', ')}`)] }
  }
  if (!isOneOf(kind, KINDS)) return { mistakes: checkOneOf(`${at}.kind`, kind, KINDS, 'kind of mapping') }
  const mistakes = [
    ...unknownMembers(written, kind, at),
    ...missingMembers(written, kind, at),
    ...checkCommon(written, at),
    ...checkAttribute(written, kind, at, definitions),
    ...checkRest(written, at),
    ...checkSourceOf(written, kind, at),
    ...(WITH_CONDITIONS.includes(kind) ? checkConditions(written, at) : []),
  ]
  if (mistakes.length > 0) return { mistakes }
  const { attribute } = written
  // All its members have been looked at, one by one.
  const mapping = { ...written, ...(typeof attribute === 'string' ? { attribute: attributeName(attribute) } : {}) }
  return { mapping: mapping as unknown as Mapping, mistakes: [] }
}

function unknownMembers(written: Written, kind: MappingKind, at: string): Mistakes {
  const known = [...OPTIONAL, ...NEEDED[kind], ...(WITH_CONDITIONS.includes(kind) ? ['match'] : [])]
  return Object.keys(written)
    .filter(name => !known.includes(name))
    .map(name => mistake(`${at}.${name}`, 'member of a mapping', `means nothing for ${kind}${didYouMean(name, known)}`))
}

function missingMembers(written: Written, kind: MappingKind, at: string): Mistakes {
  return NEEDED[kind]
    .filter(name => written[name] === undefined)
    .map(name => mistake(`${at}.${name}`, 'complete mapping', `is missing: a mapping of kind ${kind} needs it`))
}

function checkCommon(written: Written, at: string): Mistakes {
  const { name, source, sync } = written
  return [
    ...checkText(name, `${at}.name`, 200),
    ...checkChoice(source, `${at}.source`, CLAIM_SOURCES),
    ...checkChoice(sync, `${at}.sync`, ['import', 'force']),
  ]
}

function checkAttribute(
  written: Written,
  kind: MappingKind,
  at: string,
  definitions: readonly AttributeDefinition[],
): Mistakes {
  const { attribute, value, template } = written
  if (attribute === undefined) return []
  if (typeof attribute !== 'string') return [mistake(`${at}.attribute`, 'attribute', 'must be a text')]
  const name = attributeName(attribute)
  const problem = attributeProblem(name, definitions)
  if (problem !== undefined) return [mistake(`${at}.attribute`, 'OIDC Core §5.1 attribute', problem)]
  if (kind === 'hardcoded' && typeof value === 'string') {
    const wrong = valueProblem(name, value, definitions)
    return wrong === undefined ? [] : [mistake(`${at}.value`, `value of ${name}`, wrong)]
  }
  return kind === 'template' && typeof template === 'string' ? checkTemplateOf(name, template, at) : []
}

/** What travels through the browser is whatever the person wants it to be. */
function checkSourceOf({ source, attribute }: Written, kind: MappingKind, at: string): Mistakes {
  if (source !== 'authorization_response') return []
  const isRight = typeof attribute === 'string' ? RIGHTS.includes(attributeName(attribute)) : true
  const what = typeof attribute === 'string' ? attribute : kind
  const message = `cannot be authorization_response for ${what}: people could write it themselves`
  return isRight ? [mistake(`${at}.source`, 'source of rights', message)] : []
}

/** A subject that the upstream did not say is one that everybody has, or nobody twice. */
function checkTemplateOf(name: string, template: string, at: string): Mistakes {
  const parts = parseTemplate(template)
  if (typeof parts === 'string') return [mistake(`${at}.template`, 'template', parts)]
  const kinds = parts.map(({ kind }) => kind)
  const isOfUpstream = kinds.includes('claim') && (name !== 'ssoid' || !kinds.includes('uuid'))
  const isUnique = isOfUpstream || (name === 'login' && kinds.includes('uuid'))
  if (isUnique || !['ssoid', 'login', 'email'].includes(name)) return []
  const message =
    name === 'ssoid'
      ? 'must hold a claim and no UUID: it says who somebody is to the upstream, at every sign-in the same'
      : `must hold a claim: ${name} is unique`
  return [mistake(`${at}.template`, `template of ${name}`, message)]
}

function checkRest(written: Written, at: string): Mistakes {
  const { claim, value, group, template } = written
  return [
    ...checkPath(claim, `${at}.claim`),
    ...checkText(value, `${at}.value`, LONGEST_TEXT),
    ...checkText(group, `${at}.group`, 255),
    ...(template === undefined || typeof template === 'string'
      ? []
      : [mistake(`${at}.template`, 'template', 'must be a text')]),
  ]
}
