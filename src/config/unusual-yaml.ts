/** What YAML knows and settings do not: it would quietly become something else, or nothing. */

import { type Document, isNode, isScalar, type ParsedNode, type Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml'

export interface UnusualYaml {
  readonly offset: number
  readonly reason: string
}

/** `!!set` and `!!omap` would be empty, `!!binary` and `!!timestamp` no text. */
const PLAIN_TAGS = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge))$/

/** In one walk: a file may have as many aliases as it likes. */
export function unusualYaml(document: Document.Parsed<ParsedNode>): readonly UnusualYaml[] {
  const found: UnusualYaml[] = []
  const anchors = new Map<string, unknown>()
  const say = (node: unknown, reason: string): void => void found.push({ offset: offsetOf(node), reason })
  const look = (node: Scalar | YAMLMap | YAMLSeq): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag))
      say(node, `${node.tag.replace('tag:yaml.org,2002:', '!!')} is no kind of value here`)
  }
  visit(document, {
    Map(_, map) {
      look(map)
      for (const { key } of map.items) if (!isScalar(key)) say(key, 'a name must be a text')
    },
    Seq: (_, list) => look(list),
    Scalar(_, scalar) {
      look(scalar)
      if (typeof scalar.value === 'string' && !scalar.value.isWellFormed())
        say(scalar, 'a text has half a character in it (such as \\ud83d without its other half)')
    },
    Alias(_, alias, ancestors) {
      const node = anchors.get(alias.source)
      if (node === undefined) {
        say(alias, `*${alias.source} stands for nothing: no &${alias.source} stands before it in this file`)
      } else if (ancestors.some(ancestor => ancestor === node)) {
        say(alias, `*${alias.source} stands for something that it is a part of`)
      }
    },
  })
  return found
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}
