/** Every rule of lint, in the order of the reference. */

import { didYouMean } from '../../lib/nearest-name.ts'
import { CLIENT_RULES } from './client-rules.ts'
import { HOUSE_RULES } from './house-rules.ts'
import { foundInSetting, settingOf, textsOf } from './lint-facts.ts'
import type { LintRule } from './lint-rule.ts'
import { MAPPING_RULES } from './mapping-rules.ts'
import { POLICY_RULES } from './policy-rules.ts'
import { SECRET_RULES } from './secret-rules.ts'
import { UPSTREAM_RULES } from './upstream-rules.ts'

export interface LintRuleGroup {
  readonly title: string
  readonly rules: readonly LintRule[]
}

const OWN_RULES: readonly LintRule[] = [
  {
    id: 'lint-ignore-unknown',
    severity: 'warning',
    title: 'A rule is ignored that does not exist',
    why: 'The rule that was meant is still reported.',
    fix: 'Correct the name in `lint.ignore`.',
    check: facts => {
      const names = LINT_RULES.map(({ id }) => id)
      return textsOf(settingOf(facts, 'lint.ignore'))
        .filter(id => !names.includes(id))
        .map(id => foundInSetting(facts, 'lint.ignore', `${id} is no rule${didYouMean(id, names)}`))
    },
  },
]

export const LINT_RULE_GROUPS: readonly LintRuleGroup[] = [
  { title: 'Apps', rules: CLIENT_RULES },
  { title: 'Secrets', rules: SECRET_RULES },
  { title: 'Policies', rules: POLICY_RULES },
  { title: 'Upstreams', rules: UPSTREAM_RULES },
  { title: 'Mappings', rules: MAPPING_RULES },
  { title: 'The server, its accounts and its keys', rules: HOUSE_RULES },
  { title: 'Lint itself', rules: OWN_RULES },
]

export const LINT_RULES: readonly LintRule[] = LINT_RULE_GROUPS.flatMap(({ rules }) => rules)

export function lintRuleOf(id: string): LintRule | undefined {
  return LINT_RULES.find(rule => rule.id === id)
}
