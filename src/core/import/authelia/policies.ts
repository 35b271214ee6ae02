/** Authelia's authorization policies, which are ours: the same rules in the same order. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { type Imported, NOTHING, type ReportLine } from '../import-report.ts'
import { isObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../values.ts'
import type { AutheliaContext } from './authelia-context.ts'

export function importPolicies(policies: JsonObject, context: AutheliaContext, path: string): Imported {
  const read = Object.entries(policies)
    .filter(([, policy]) => isObject(policy))
    .map(([name, policy]) => readPolicy(name, objectOf(policy), context, `${path}.${name}`))
  return {
    ...NOTHING,
    things: read.map(({ thing }) => thing),
    report: read.flatMap(({ report }) => report),
  }
}

interface ReadPolicy {
  readonly thing: WrittenThing
  readonly report: readonly ReportLine[]
}

function readPolicy(name: string, policy: JsonObject, context: AutheliaContext, path: string): ReadPolicy {
  const target = (field: string) => ({ resource: 'policies', key: name, field })
  const rules = objectsOf(policy.rules).map((rule, index) =>
    readRule(rule, context, `${path}.rules[${index}]`, target('rules')),
  )
  const report: ReportLine[] = Object.keys(policy).flatMap((option): readonly ReportLine[] => {
    if (option === 'rules') return rules.flatMap(rule => rule.report)
    return option === 'default_policy'
      ? [{ path: `${path}.${option}`, outcome: 'mapped', target: target('default_policy') }]
      : [{ path: `${path}.${option}`, outcome: 'no-equivalent', why: 'is not known' }]
  })
  return {
    thing: {
      resource: 'policies',
      key: name,
      source: path,
      document: { default_policy: textOf(policy.default_policy) ?? 'two_factor', rules: rules.map(({ rule }) => rule) },
    },
    report,
  }
}

function readRule(
  rule: JsonObject,
  context: AutheliaContext,
  path: string,
  target: NonNullable<ReportLine['target']>,
): { readonly rule: JsonObject; readonly report: readonly ReportLine[] } {
  const subject = listOf(rule.subject).map(one => (Array.isArray(one) ? textsOf(one) : textsOf([one])).map(subjectOf))
  const networks = textsOf(rule.networks).flatMap(name =>
    Object.hasOwn(context.networks, name) ? textsOf(context.networks[name]) : [name],
  )
  return {
    rule: {
      policy: textOf(rule.policy) ?? 'two_factor',
      ...(subject.length === 0 ? {} : { subject }),
      ...(networks.length === 0 ? {} : { networks }),
    },
    report: Object.keys(rule).map(option =>
      ['policy', 'subject', 'networks'].includes(option)
        ? { path: `${path}.${option}`, outcome: 'mapped', target }
        : { path: `${path}.${option}`, outcome: 'no-equivalent', why: 'is not known' },
    ),
  }
}

/** `oauth2:client:ID` is `client:ID` here. */
function subjectOf(subject: string): string {
  return subject.replace(/^oauth2:client:/, 'client:')
}

/** Groups that rules name have to be there. */
export function groupsOfPolicies(things: readonly WrittenThing[]): readonly string[] {
  return things
    .flatMap(({ document }) => objectsOf(document.rules))
    .flatMap(({ subject }) => listOf(subject).flatMap(textsOf))
    .flatMap(text => (text.startsWith('group:') ? [text.slice('group:'.length)] : []))
}
