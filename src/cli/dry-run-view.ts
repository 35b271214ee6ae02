/** A dry run as it is printed: a line for each mapping, what came of them, and what would happen. */

import type { DryRun, DryRunPatch } from '../core/upstreams/dry-run/dry-run.ts'
import type { WouldHappen } from '../core/upstreams/dry-run/would-happen.ts'
import type { MappingLine } from '../core/upstreams/mapping/account-patch.ts'
import { SOURCE_NAMES } from '../core/upstreams/mapping/look-up.ts'
import type { SyncMode } from '../core/upstreams/mapping/mapping.ts'
import { formatFields, printable } from './output.ts'

const MARKS: Readonly<Record<MappingLine['outcome'], string>> = {
  applied: '✓',
  'no-match': '✗',
  'no-value': '–',
  refused: '!',
}

export function dryRunText({ upstream, documents, mappings, patch, refused, would }: DryRun): string {
  const names = documents.map(name => SOURCE_NAMES[name])
  return [
    `Upstream ${upstream}: ${names.join(', ') || 'no document'}`,
    '',
    ...lineTexts(mappings),
    ...(patch === undefined ? [] : ['', formatFields(patchFields(patch))]),
    ...(refused === undefined ? [] : ['', `Refused: ${refused.rule}`, ...factLines(refused)].map(printable)),
    ...(would === undefined ? [] : ['', ...wouldLines(would)]),
  ].join('\n')
}

function lineTexts(lines: readonly MappingLine[]): readonly string[] {
  if (lines.length === 0) return ['No mapping applies: there are none, and standard_mappings is off or finds nothing.']
  const width = Math.max(...lines.map(({ mapping }) => printable(mapping).length))
  return lines.map(({ mapping, outcome, why, result }) => {
    const came = result === undefined ? '' : ` → ${printable(result)}`
    return `${MARKS[outcome]} ${printable(mapping).padEnd(width)}  ${printable(why)}${came}`
  })
}

function patchFields(patch: DryRunPatch): Readonly<Record<string, unknown>> {
  const { subject, username, email, email_verified, attributes, add_groups, remove_groups, administrator } = patch
  const values = attributes.map(({ name, value, sync }) => [
    name,
    withSync(value === '' ? '(taken away)' : typeof value === 'string' ? value : JSON.stringify(value), sync),
  ])
  return {
    subject,
    'user name': username && withSync(username.value, username.sync),
    'e-mail address': email && withSync(`${email.value}, ${email_verified ? 'verified' : 'not verified'}`, email.sync),
    ...Object.fromEntries(values),
    'joins groups': add_groups.map(({ group, sync }) => withSync(group, sync)),
    'leaves groups': remove_groups.map(({ group, sync }) => withSync(group, sync)),
    administrator: administrator && withSync(administrator.value ? 'yes' : 'no', administrator.sync),
  }
}

function withSync(text: string, sync: SyncMode): string {
  return `${text} (${sync === 'force' ? 'at every sign-in' : 'at the first sign-in'})`
}

function factLines({ description, facts }: NonNullable<DryRun['refused']>): readonly string[] {
  const { problem } = facts
  return [`  ${description}`, ...(typeof problem === 'string' ? [`  ${problem}`] : [])]
}

function wouldLines({ what, rule, changes }: WouldHappen): readonly string[] {
  return [
    `What would happen: ${what}.`,
    ...(rule === undefined ? [] : [`  because of: ${rule}`]),
    ...changes.map(change => `  • ${change}`),
  ].map(printable)
}
