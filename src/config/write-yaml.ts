/** Things and settings as YAML that reads back to the same: what looks like a reference is escaped, what nobody can read becomes a comment. */

import { Document, isMap, visit } from 'yaml'
import type { ExportedSection, ExportedThing } from '../core/declarations/export-things.ts'
import type { StoredSetting } from '../core/settings/stored-setting.ts'
import { safeJson, spelledOut } from '../lib/terminal-text.ts'
import { setAt, type WrittenTree } from './written-settings.ts'

export function writeYaml(
  sections: readonly ExportedSection[],
  settings: readonly Pick<StoredSetting, 'name' | 'value'>[] = [],
): string {
  const content: WrittenTree = {}
  for (const { name, value } of settings) setAt(content, name.split('.'), escaped(value))
  for (const { resource, things } of sections) {
    content[resource] = Object.fromEntries(things.map(thing => [thing.key, escapedDocument(thing)]))
  }
  const yaml = new Document(content)
  for (const { resource, things } of sections) {
    for (const thing of things) addSecrets(yaml.getIn([resource, thing.key], true), resource, thing)
  }
  spellOut(yaml)
  return safeJson(yaml.toString({ lineWidth: 0, flowCollectionPadding: false }))
}

/** Names come from outside, and the output may end on a terminal: what it would obey stands in quotes, where it can be escaped. */
function spellOut(yaml: Document): void {
  visit(yaml, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && isDelicate(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
}

function isDelicate(text: string): boolean {
  // Without quotes it merges what stands behind it (YAML 1.1).
  if (text === '<<') return true
  const withoutLines = text.replaceAll('\n', '')
  // Blanks at the ends of lines get lost in block scalars; a PEM has none.
  return (
    spelledOut(withoutLines) !== withoutLines ||
    (text.includes('\n') && !/^(\S|\S[^\n]*\S)(\n(\S|\S[^\n]*\S))*\n?$/.test(text))
  )
}

function addSecrets(node: unknown, resource: string, { key, unreadable }: ExportedThing): void {
  if (!isMap(node) || unreadable.length === 0) return
  const lines = unreadable.map(field => ` ${field}: \${env.${variableFor(resource, key, field)}}`)
  const why =
    ' It has secrets, which are never shown. Say where they are kept; without, another database makes them anew, or goes without:'
  node.comment = [why, ...lines].join('\n')
}

/** `WIKI_CLIENT_SECRET`; never one that begins like a setting of ours. */
function variableFor(resource: string, key: string, field: string): string {
  const name = `${key}_${field}`
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+/, '')
  return /^(SALLYPORT_|\d)/.test(name) ? `${resource.toUpperCase()}_${name}` : name
}

/** The name of a place outside stays one. */
function escapedDocument({ document, references }: ExportedThing): unknown {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, references.includes(name) ? value : escaped(value)]),
  )
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapedText(value)
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, escaped(inner)]))
}

/** `${CLAIM.…}` of a mapping is no reference of ours and stays as it is. */
function escapedText(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, (found, at: number) =>
    /^\$\{[A-Z]/.test(found) && text[at - 1] !== '$' ? found : `$${found}`,
  )
}
