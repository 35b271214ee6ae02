/** `--default` and `--rule` of the policy commands, beside `--file` and `--set`. */

import { type Command, Option } from 'commander'
import type { Document } from '../core/administration/ports.ts'
import { POLICY_OUTCOMES } from '../core/policies/policy.ts'
import { appended, type DocumentOptions, readDocument, withDocument } from './document-options.ts'
import type { Terminal } from './terminal.ts'

export interface PolicyOptions extends DocumentOptions {
  readonly default?: string
  readonly rule?: readonly string[]
  readonly description?: string
}

export const RULE_HELP = `
A rule is its outcome (one_factor, two_factor, deny), then whom it is about and from where, in any order: 'one_factor group:staff 10.0.0.0/8'.
Several subjects mean any of them; joined by + all of them (group:staff+group:managers). Names with blanks or + are written in a file:
  {"default_policy": "deny", "rules": [{"policy": "two_factor", "subject": [["group:staff", "group:managers"]], "networks": ["10.0.0.0/8"]}]}`

export function withPolicyOptions(command: Command, when: 'making' | 'changing'): Command {
  withDocument(command, when)
    .addOption(new Option('--default <outcome>', 'what counts when no rule fits').choices(POLICY_OUTCOMES))
    .addOption(new Option('--rule <words>', 'a rule; repeat for more, the first that fits decides').argParser(appended))
    .option('--description <text>', 'for people who look after it')
  return command
}

export async function readPolicy(
  { default: standard, rule, description, ...document }: PolicyOptions,
  terminal: Terminal,
  when: 'making' | 'changing',
): Promise<Document> {
  const written = await readDocument('policies', document, terminal, { when })
  return {
    ...written,
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default_policy: standard }),
    ...(rule === undefined ? {} : { rules: rule.map(ruleOf) }),
  }
}

/** Whatever names no subject and is not the first is a network; what is wrong with it is found where files are read, too. */
function ruleOf(text: string): Document {
  const [policy = '', ...words] = text.split(/\s+/).filter(Boolean)
  const isSubject = (word: string) => /^(oauth2:)?[a-z]+:\D/i.test(word) && !/^[0-9a-f:]+(\/\d+)?$/i.test(word)
  const subject = words.filter(isSubject).map(word => (word.includes('+') ? word.split('+') : word))
  const networks = words.filter(word => !isSubject(word))
  return {
    policy,
    ...(subject.length === 0 ? {} : { subject }),
    ...(networks.length === 0 ? {} : { networks }),
  }
}
