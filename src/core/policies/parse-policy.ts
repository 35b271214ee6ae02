/** A policy as it is written (JSON, YAML) → a policy, or all mistakes in it at once. Pure. */

import { isAddressRange } from '../../lib/addresses.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import type { JsonObject } from '../clients/client.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { BUILT_IN_POLICIES, POLICY_OUTCOMES, type Policy, type PolicyOutcome, type PolicyRule } from './policy.ts'
import { parseSubject, SUBJECT_KINDS, subjectText } from './policy-subject.ts'

/** What of a policy is written by people. */
export type PolicySettings = Pick<Policy, 'description' | 'rules' | 'standard'>

const MAX_RULES = 100
const MAX_SUBJECTS = 100
/** Each is looked at with every sign-in. */
const MAX_NETWORKS = 100
const MAX_TEXT = 255
const MAX_DESCRIPTION = 500

/** Shapes and names of fields were looked at before; `subject` has a shape of its own. */
export function parsePolicy(document: JsonObject): PolicySettings | readonly SettingsMistake[] {
  const mistakes: SettingsMistake[] = []
  const { description } = document
  if (typeof description === 'string' && description.length > MAX_DESCRIPTION)
    mistakes.push({ member: 'description', rule: 'length', message: `is longer than ${MAX_DESCRIPTION} characters` })
  const standard = outcomeAt('default_policy', document.default_policy, mistakes)
  const written: readonly unknown[] = Array.isArray(document.rules) ? document.rules : []
  if (written.length > MAX_RULES)
    mistakes.push({ member: 'rules', rule: 'length', message: `has more than ${MAX_RULES} rules` })
  const rules = written.slice(0, MAX_RULES).map((rule, index) => ruleAt(`rules[${index}]`, rule, mistakes))
  if (mistakes.length > 0) return mistakes
  return { ...(typeof description === 'string' && description !== '' ? { description } : {}), rules, standard }
}

export function isPolicy(parsed: PolicySettings | readonly SettingsMistake[]): parsed is PolicySettings {
  return 'standard' in parsed
}

/** It stands in files and commands, and people read it. */
export function checkPolicyName(name: string): readonly SettingsMistake[] {
  const mistake = (rule: string, message: string) => [{ member: 'name', rule, message }]
  if (BUILT_IN_POLICIES.includes(name))
    return mistake('built-in policy', `${name} is always there and cannot be made; choose another name`)
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u.test(name)
    ? []
    : mistake(
        'name',
        'must be letters, digits, dots, dashes and underscores, at most 100, and begin with a letter or digit',
      )
}

/** The other way round: as it is shown. */
export function writtenPolicy({ description, rules, standard }: PolicySettings): JsonObject {
  return {
    ...(description === undefined ? {} : { description }),
    default_policy: standard,
    rules: rules.map(({ outcome, subjects, networks }) => ({
      policy: outcome,
      ...(subjects.length === 0 ? {} : { subject: subjects }),
      ...(networks.length === 0 ? {} : { networks }),
    })),
  }
}

function ruleAt(member: string, written: unknown, mistakes: SettingsMistake[]): PolicyRule {
  const isObject = typeof written === 'object' && written !== null && !Array.isArray(written)
  const rule: JsonObject = isObject ? (written as JsonObject) : {}
  return {
    outcome: outcomeAt(`${member}.policy`, rule.policy, mistakes),
    subjects: subjectsAt(`${member}.subject`, rule.subject, mistakes),
    networks: networksAt(`${member}.networks`, rule.networks, mistakes),
  }
}

/** Until every mistake is found, one that is none stands for the strictest. */
function outcomeAt(member: string, value: unknown, mistakes: SettingsMistake[]): PolicyOutcome {
  const outcome = POLICY_OUTCOMES.find(known => known === value)
  if (outcome !== undefined) return outcome
  const message =
    typeof value === 'string'
      ? `"${value}" is not possible${didYouMean(value, POLICY_OUTCOMES)}; choose ${POLICY_OUTCOMES.join(', ')}`
      : `is missing; choose ${POLICY_OUTCOMES.join(', ')}`
  mistakes.push({ member, rule: 'outcome', message })
  return 'deny'
}

/** One text, a list of which one has to fit, or within it lists of which all have to. */
function subjectsAt(member: string, value: unknown, mistakes: SettingsMistake[]): readonly (readonly string[])[] {
  if (value === undefined) return []
  // In YAML a list of which every line is commented out reads as null, and is no less a list of nobody.
  const alternatives: readonly unknown[] = value === null ? [] : Array.isArray(value) ? value : [value]
  if (alternatives.length > MAX_SUBJECTS)
    mistakes.push({ member, rule: 'length', message: `names more than ${MAX_SUBJECTS}` })
  // A list of nobody would read as everybody.
  if (alternatives.length === 0)
    mistakes.push({ member, rule: 'subject', message: 'is empty; leave it out where the rule is for everybody' })
  return alternatives.slice(0, MAX_SUBJECTS).map((alternative, index) => {
    const all: readonly unknown[] = Array.isArray(alternative) ? alternative : [alternative]
    const place = Array.isArray(value) ? `${member}[${index}]` : member
    if (all.length === 0) mistakes.push({ member: place, rule: 'subject', message: 'is empty' })
    // All of them have to fit: one that is left out would let more people in.
    if (all.length > MAX_SUBJECTS)
      mistakes.push({ member: place, rule: 'length', message: `names more than ${MAX_SUBJECTS}` })
    return all
      .slice(0, MAX_SUBJECTS)
      .map((text, inner) => subjectAt(Array.isArray(alternative) ? `${place}[${inner}]` : place, text, mistakes))
  })
}

function subjectAt(member: string, value: unknown, mistakes: SettingsMistake[]): string {
  const subject = typeof value === 'string' && value.length <= MAX_TEXT ? parseSubject(value) : undefined
  if (subject !== undefined) return subjectText(subject)
  const kind = typeof value === 'string' ? (value.split(':')[0] ?? '') : ''
  const message = `must be user:NAME, group:NAME or client:ID${didYouMean(kind, SUBJECT_KINDS)}`
  mistakes.push({ member, rule: 'subject', message })
  return ''
}

function networksAt(member: string, value: unknown, mistakes: SettingsMistake[]): readonly string[] {
  if (value === undefined) return []
  const networks: readonly unknown[] = Array.isArray(value) ? value : []
  if (networks.length === 0)
    mistakes.push({ member, rule: 'network', message: 'is empty; leave it out where the rule holds from anywhere' })
  if (networks.length > MAX_NETWORKS)
    mistakes.push({ member, rule: 'length', message: `names more than ${MAX_NETWORKS}` })
  for (const [index, network] of networks.slice(0, MAX_NETWORKS).entries()) {
    if (typeof network === 'string' && isAddressRange(network)) continue
    const message = 'must be an address or a network such as 10.0.0.0/8 or fd00::/8'
    mistakes.push({ member: `${member}[${index}]`, rule: 'network', message })
  }
  return networks.slice(0, MAX_NETWORKS).map(String)
}
