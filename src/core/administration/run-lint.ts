/** `lint.run`: what is dangerous, broken or useless of what is here and of what stands in the files of this server. */

import { didYouMean } from '../../lib/nearest-name.ts'
import { type Finding, SEVERITIES } from '../lint/finding.ts'
import { lint } from '../lint/lint.ts'
import { textsOf } from '../lint/lint-facts.ts'
import { loadLintFacts } from '../lint/load-lint-facts.ts'
import { LINT_RULES, lintRuleOf } from '../lint/rules.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Field } from './field.ts'
import type { Operation } from './operation.ts'
import type { Document } from './ports.ts'
import { invalid } from './problem.ts'

const QUERY: readonly Field[] = [
  {
    name: 'severity',
    kind: 'text',
    access: 'written',
    choices: SEVERITIES,
    about: 'Findings of this severity and worse.',
    standard: 'info',
  },
  { name: 'ignore', kind: 'words', access: 'written', about: 'Rules to leave out, beside those of `lint.ignore`.' },
]

const FINDING_FIELDS: readonly Field[] = [
  { name: 'rule', kind: 'text', access: 'shown', required: true, about: 'As in the reference of rules.' },
  { name: 'severity', kind: 'text', access: 'shown', required: true, choices: SEVERITIES, about: 'How bad it is.' },
  { name: 'resource', kind: 'text', access: 'shown', about: 'What kind of thing; absent: the server itself.' },
  { name: 'key', kind: 'text', access: 'shown', about: 'Which of them.' },
  { name: 'field', kind: 'text', access: 'shown', about: 'The field, or the setting.' },
  { name: 'place', kind: 'text', access: 'shown', about: 'Where it is declared: file and line, or variable.' },
  { name: 'message', kind: 'text', access: 'shown', required: true, about: 'What is so there.' },
  { name: 'title', kind: 'text', access: 'shown', required: true, about: 'The rule in a few words.' },
  { name: 'why', kind: 'text', access: 'shown', required: true, about: 'Why it is dangerous.' },
  { name: 'fix', kind: 'text', access: 'shown', required: true, about: 'What to write.' },
]

const ANSWER: readonly Field[] = [
  {
    name: 'findings',
    kind: 'objects',
    access: 'shown',
    required: true,
    fields: FINDING_FIELDS,
    about: 'The worst first.',
  },
  { name: 'errors', kind: 'integer', access: 'shown', required: true, about: 'How many are errors.' },
  { name: 'warnings', kind: 'integer', access: 'shown', required: true, about: 'How many are warnings.' },
]

export const runLint: Operation = {
  name: 'lint.run',
  method: 'GET',
  path: '/lint',
  role: 'viewer',
  summary: 'Look for what is dangerous, broken or useless',
  about:
    'Nothing is changed. What it finds is allowed, or it could not be there; each finding says why it matters and what to write.',
  query: QUERY,
  answer: { kind: 'document', fields: ANSWER },
  async perform({ query }, acting) {
    const ignore = textsOf(query.ignore)
    const mistakes = [...checkSeverity(query.severity), ...checkIgnored(ignore)]
    if (mistakes.length > 0) return invalid(mistakes)
    const least = SEVERITIES.find(severity => severity === query.severity) ?? 'info'
    const facts = await loadLintFacts(acting, acting.settings.declared, { withHouse: true })
    return { document: lintDocument(lint(facts, { ignore, least })) }
  },
}

export function lintDocument(findings: readonly Finding[]): Document {
  const count = (severity: Finding['severity']) => findings.filter(finding => finding.severity === severity).length
  return { findings: findings.map(findingDocument), errors: count('error'), warnings: count('warning') }
}

function findingDocument(finding: Finding): Document {
  const { title = '', why = '', fix = '' } = lintRuleOf(finding.rule) ?? {}
  return { ...finding, title, why, fix }
}

function checkSeverity(severity: string | undefined): readonly SettingsMistake[] {
  if (severity === undefined || SEVERITIES.some(known => known === severity)) return []
  return [{ member: 'severity', rule: 'choice', message: `must be one of ${SEVERITIES.join(', ')}` }]
}

function checkIgnored(ignore: readonly string[]): readonly SettingsMistake[] {
  const names = LINT_RULES.map(({ id }) => id)
  return ignore
    .filter(id => !names.includes(id))
    .map(id => ({ member: 'ignore', rule: 'rule of lint', message: `${id} is no rule${didYouMean(id, names)}` }))
}
