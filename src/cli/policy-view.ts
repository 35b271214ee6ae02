/** A policy as commands print it: its rules as they are read, one a line. */

import type { ItemOf } from '../admin-client/admin-client.ts'
import { formatFields, type JsonOption, jsonText } from './output.ts'
import { timeText } from './print-document.ts'
import type { Terminal } from './terminal.ts'

export type ShownPolicy = ItemOf<'policies.list'>

export function printPolicy(terminal: Terminal, { json }: JsonOption, policy: ShownPolicy, headline?: string): void {
  if (json === true) {
    terminal.print(jsonText(policy))
    return
  }
  const { rules = [], created_at, updated_at, ...rest } = policy
  const text = formatFields({
    ...rest,
    rules: rules.map((rule, index) => `${index + 1}. ${ruleText(rule)}`),
    created_at: created_at && timeText(created_at),
    updated_at: updated_at && timeText(updated_at),
  })
  terminal.print(headline === undefined ? text : `${headline}\n${text}`)
}

/** `two_factor for group:staff and group:managers, or user:ada, from 10.0.0.0/8` */
function ruleText({ policy, subject, networks }: NonNullable<ShownPolicy['rules']>[number]): string {
  const alternatives: readonly unknown[] = Array.isArray(subject) ? subject : []
  const whom = alternatives.map(all => (Array.isArray(all) ? all.join(' and ') : String(all))).join(', or ')
  return [policy, whom === '' ? '' : `for ${whom}`, networks === undefined ? '' : `from ${networks.join(', ')}`]
    .filter(Boolean)
    .join(' ')
}
