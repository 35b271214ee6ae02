/** Runs the rules on facts. Pure: the same facts make the same findings, the worst first. */

import { type Finding, type Found, isAtLeast, SEVERITIES, type Severity } from './finding.ts'
import { type LintFacts, settingOf, textsOf } from './lint-facts.ts'
import { LINT_RULES } from './rules.ts'

export interface LintChoice {
  /** Besides those that `lint.ignore` names. */
  readonly ignore?: readonly string[]
  /** Standard: all of them. */
  readonly least?: Severity
}

export function lint(facts: LintFacts, { ignore = [], least = 'info' }: LintChoice = {}): readonly Finding[] {
  const ignored = new Set([...ignore, ...textsOf(settingOf(facts, 'lint.ignore'))])
  return LINT_RULES.filter(({ id, severity }) => !ignored.has(id) && isAtLeast(severity, least))
    .flatMap(({ id, severity, check }) => check(facts).map((found): Finding => ({ rule: id, severity, ...found })))
    .sort(worstFirst)
}

function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    compare(`${a.resource ?? ''}`, `${b.resource ?? ''}`) ||
    compare(`${a.key ?? ''}`, `${b.key ?? ''}`) ||
    compare(a.rule, b.rule)
  )
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** `clients/wiki redirect_uris (sallyport.yaml:7): … [client-http-redirect]` */
export function findingLine(finding: Finding): string {
  const { place, message, rule } = finding
  return `${subjectOf(finding)}${place === undefined ? '' : ` (${place})`}: ${message} [${rule}]`
}

/** `clients/wiki redirect_uris`, `broker.default` */
export function subjectOf({ resource, key, field }: Found): string {
  const thing = [resource, key].filter(part => part !== undefined).join('/')
  return [thing, field].filter(part => part !== undefined && part !== '').join(' ')
}
