/** A dry run as it is printed: a line for each mapping, what came of them, and what would happen. */

import type { AccountPatch, MappingLine } from '../core/upstreams/mapping/account-patch.ts'
import { SOURCE_NAMES } from '../core/upstreams/mapping/look-up.ts'
import type { ClaimSource, ClaimSources, SyncMode } from '../core/upstreams/mapping/mapping.ts'
import type { Refusal } from '../spec/refusal.ts'
import { formatFields, printable } from './output.ts'
import type { WouldHappen } from './would-happen.ts'

export interface DryRun {
  readonly upstream: string
  /** Whether the claims are those of a recorded answer: those were verified, pasted ones never are. */
  readonly verified: boolean
  readonly sources: ClaimSources
  readonly lines: readonly MappingLine[]
  readonly patch?: AccountPatch
  readonly refusal?: Refusal
  readonly would?: WouldHappen
}

export function dryRunJson({ upstream, verified, sources, lines, patch, refusal, would }: DryRun): object {
  return {
    upstream,
    verified,
    documents: Object.keys(sources),
    mappings: lines,
    ...(patch === undefined ? {} : { patch: patchJson(patch) }),
    ...(refusal === undefined
      ? {}
      : { refused: { rule: refusal.rule, description: refusal.description, facts: refusal.facts } }),
    ...(would === undefined ? {} : { would }),
  }
}

function patchJson(patch: AccountPatch): object {
  return {
    subject: patch.subject,
    username: patch.username,
    email: patch.email,
    email_verified: patch.isEmailVerified,
    attributes: patch.attributes,
    add_groups: patch.addGroups,
    remove_groups: patch.removeGroups,
    administrator: patch.administrator,
    label: patch.label,
    amr: patch.amr,
    auth_time: patch.authTime,
  }
}

const MARKS: Readonly<Record<MappingLine['outcome'], string>> = {
  applied: '✓',
  'no-match': '✗',
  'no-value': '–',
  refused: '!',
}

export function dryRunText({ upstream, sources, lines, patch, refusal, would }: DryRun): string {
  const names = (Object.keys(sources) as ClaimSource[]).map(name => SOURCE_NAMES[name])
  return [
    `Upstream ${upstream}: ${names.join(', ') || 'no document'}`,
    '',
    ...lineTexts(lines),
    ...(patch === undefined ? [] : ['', formatFields(patchFields(patch))]),
    ...(refusal === undefined ? [] : ['', `Refused: ${refusal.rule}`, ...factLines(refusal)].map(printable)),
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

function patchFields(patch: AccountPatch): Readonly<Record<string, unknown>> {
  const { subject, username, email, isEmailVerified, attributes, addGroups, removeGroups, administrator } = patch
  const values = attributes.map(({ name, value, sync }) => [
    name,
    withSync(value === '' ? '(taken away)' : typeof value === 'string' ? value : JSON.stringify(value), sync),
  ])
  return {
    subject,
    'user name': username && withSync(username.value, username.sync),
    'e-mail address': email && withSync(`${email.value}, ${isEmailVerified ? 'verified' : 'not verified'}`, email.sync),
    ...Object.fromEntries(values),
    'joins groups': addGroups.map(({ group, sync }) => withSync(group, sync)),
    'leaves groups': removeGroups.map(({ group, sync }) => withSync(group, sync)),
    administrator: administrator && withSync(administrator.value ? 'yes' : 'no', administrator.sync),
  }
}

function withSync(text: string, sync: SyncMode): string {
  return `${text} (${sync === 'force' ? 'at every sign-in' : 'at the first sign-in'})`
}

function factLines({ description, facts }: Refusal): readonly string[] {
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
