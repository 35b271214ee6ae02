/** `sallyport.yaml` as written settings: syntax, references, and the line of everything. */

import { type Document, isMap, isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'
import type { Mistake, MistakePlace } from './mistake.ts'
import { type ReferencePorts, resolveReferences } from './references.ts'
import { listSettings } from './settings.ts'
import { isTree, setAt, valueAt, type WrittenSettings, type WrittenTree } from './written-settings.ts'
import { valueOfText } from './written-text.ts'

export function readYaml(file: string, text: string, ports: ReferencePorts): WrittenSettings {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeOf = (offset: number): MistakePlace => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line, column: col }
  }
  const mistakes: Mistake[] = [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({
    place: placeOf(offset),
    setting: '',
    rule: `is not valid YAML: ${message}`,
  }))
  const place = (path: readonly PropertyKey[], atKey = false): MistakePlace => placeOf(offsetOf(document, path, atKey))
  if (mistakes.length > 0) return { tree: {}, mistakes, place }
  const referenced = resolveScalars(document, ports, placeOf, mistakes)
  const tree: unknown = document.toJS()
  if (tree === null || tree === undefined) return { tree: {}, mistakes, place }
  if (!isTree(tree)) {
    mistakes.push({
      place: placeOf(0),
      setting: '',
      rule: 'must contain settings, such as issuer: https://id.example.com',
    })
    return { tree: {}, mistakes, place }
  }
  dropEmptySections(tree)
  if (referenced) giveTextsTheirKind(tree)
  return { tree, mistakes, place }
}

type YamlDocument = Document.Parsed<ParsedNode>

/** Puts what the references stand for into the scalars; true when there was any. */
function resolveScalars(
  document: YamlDocument,
  ports: ReferencePorts,
  placeOf: (offset: number) => MistakePlace,
  mistakes: Mistake[],
): boolean {
  let referenced = false
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return
      const resolved = resolveReferences(node.value, ports)
      referenced = true
      if ('text' in resolved) node.value = resolved.text
      else mistakes.push({ place: placeOf(node.range?.[0] ?? 0), setting: nameOf(ancestors), rule: resolved.broken })
    },
  })
  return referenced
}

/** `tls.key_file`, from the pairs above a node. */
function nameOf(ancestors: readonly unknown[]): string {
  const keys = ancestors.flatMap(node =>
    typeof node === 'object' && node !== null && 'key' in node && isScalar(node.key) ? [String(node.key.value)] : [],
  )
  return keys.join('.')
}

/** `sessions:` with nothing below it (all commented out) is no mistake. */
function dropEmptySections(tree: WrittenTree): void {
  const sections = new Set(
    listSettings().flatMap(({ path: [section = ''], path }) => (path.length > 1 ? [section] : [])),
  )
  for (const [key, value] of Object.entries(tree)) if (value === null && sections.has(key)) delete tree[key]
}

/** A reference always gives text; `log.requests: ${env.LOG_REQUESTS}` wants true or false. */
function giveTextsTheirKind(tree: WrittenTree): void {
  for (const { path, kind } of listSettings()) {
    const value = valueAt(tree, path)
    if (typeof value === 'string' && kind !== 'text') setAt(tree, path, valueOfText(kind, value))
  }
}

/** The offset of a value, or of the nearest thing around it that stands in the file. */
function offsetOf(document: YamlDocument, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents
  let offset = 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) return offset
      const keyOffset = startOf(pair.key) ?? offset
      offset = atKey && index === path.length - 1 ? keyOffset : (startOf(pair.value) ?? keyOffset)
      node = pair.value
    } else {
      const item =
        typeof node === 'object' && node !== null && 'items' in node
          ? (node.items as unknown[])[Number(step)]
          : undefined
      if (item === undefined) return offset
      offset = startOf(item) ?? offset
      node = item
    }
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined
}
