/** One YAML file as it is written: its syntax, and the line of everything. What its references stand for comes after. */

import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import type { Mistake, MistakePlace } from './mistake.ts'
import { unusualYaml } from './unusual-yaml.ts'
import { isTree, type WrittenSettings } from './written-settings.ts'

/** Far above ten thousand clients. */
const MAX_CHARACTERS = 16 * 1024 * 1024
/** How often anchors may be used, counting those within others. */
const MAX_ALIASES = 100_000

/** Where the parser speaks to programmers. */
const IN_OTHER_WORDS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here (---): write one, or include the other from a file of its own',
  'Maximum call stack size exceeded': 'it is nested too deeply',
}

export function readYaml(file: string, text: string): WrittenSettings {
  if (text.length > MAX_CHARACTERS) {
    const rule = `has more than ${MAX_CHARACTERS / 1024 / 1024} MiB: spread it over several files`
    return nothing([{ place: { kind: 'file', file, line: 1, column: 1 }, setting: '', rule }])
  }
  const lines = new LineCounter()
  // YAML 1.2 has no `<<` any more; people who write anchors expect it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false })
  const placeOf = (offset: number): MistakePlace => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line, column: col }
  }
  namesAsWritten(document)
  const wrong = [
    ...[...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }) => ({
      offset,
      reason: IN_OTHER_WORDS[code] ?? IN_OTHER_WORDS[message] ?? message,
    })),
    ...namesTwice(document),
    ...unusualYaml(document),
  ]
  const mistakes: Mistake[] = wrong.map(({ offset, reason }) => ({
    place: placeOf(offset),
    setting: '',
    rule: `is not valid YAML: ${reason}`,
  }))
  const place = (path: readonly PropertyKey[], atKey = false): MistakePlace => placeOf(offsetOf(document, path, atKey))
  if (mistakes.length > 0) return { tree: {}, mistakes, place }
  let tree: unknown
  try {
    tree = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { tree: {}, mistakes: [{ place: placeOf(0), setting: '', rule: `is not valid YAML: ${reason}` }], place }
  }
  if (tree === null || tree === undefined) return { tree: {}, mistakes, place }
  if (isTree(tree)) return { tree, mistakes, place }
  const rule = 'must contain settings, such as issuer: https://id.example.com'
  return { tree: {}, mistakes: [{ place: placeOf(0), setting: '', rule }], place }
}

export function nothing(mistakes: readonly Mistake[] = []): WrittenSettings {
  return { tree: {}, mistakes, place: () => mistakes[0]?.place ?? { kind: 'nowhere' } }
}

type YamlDocument = Document.Parsed<ParsedNode>

/** YAML reads the names 007, 1e3 and null as 7, 1000 and nothing; people mean what they wrote. */
function namesAsWritten(document: YamlDocument): void {
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && ['number', 'bigint', 'boolean'].includes(typeof key.value)) key.value = key.source
      if (isScalar(key) && key.value === null && key.source !== '') key.value = key.source
    },
  })
}

interface WrongYaml {
  readonly offset: number
  readonly reason: string
}

/** Keys are unique in YAML. 1 and "1" are the same name here, and the later one would quietly win. */
function namesTwice(document: YamlDocument): readonly WrongYaml[] {
  const twice: WrongYaml[] = []
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>()
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : undefined
        if (name === undefined) continue
        if (names.has(name)) twice.push({ offset: startOf(key) ?? 0, reason: `${name} stands there twice` })
        names.add(name)
      }
    },
  })
  return twice
}

/** The offset of a value, or of the nearest thing around it that stands in the file. */
function offsetOf(document: YamlDocument, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents
  let offset = 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(step))
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

const PAIRS = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

/** By name; made once, since every thing in a long section asks for its line. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = PAIRS.get(map)
  if (known !== undefined) return known
  const pairs = new Map(
    map.items.flatMap(pair => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : [])),
  )
  PAIRS.set(map, pairs)
  return pairs
}

function startOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined
}
