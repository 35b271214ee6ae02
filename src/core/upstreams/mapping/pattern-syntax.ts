/** The syntax of patterns: that of JavaScript's regular expressions (ECMA-262 §22.2.1) without what looks around, back or ahead. */

export type PatternNode =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number | undefined }

const MAX_LENGTH = 1000
const MAX_DEPTH = 20
const MAX_COUNT = 1000

/** What is wrong with the pattern, thrown within this file only. */
class Mistake extends Error {}

interface Reader {
  readonly text: string
  readonly flags: string
  at: number
  depth: number
}

/** The pattern as a tree, or the mistake. `(?i)` at its beginning: without regard to case. `^` and `$` at its ends say what holds anyway. */
export function parsePatternText(text: string): PatternNode | string {
  if (text === '') return 'is empty'
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`
  const isCaseless = text.startsWith('(?i)')
  const whole = (isCaseless ? text.slice(4) : text).replace(/^\^/, '').replace(/(?<=(?:^|[^\\])(?:\\\\)*)\$$/, '')
  const reader: Reader = { text: whole, flags: isCaseless ? 'iu' : 'u', at: 0, depth: 0 }
  try {
    const node = parseChoice(reader)
    if (reader.at < whole.length) throw new Mistake('has a ) without its (')
    return node
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
}

function parseChoice(reader: Reader): PatternNode {
  const parts = [parseSequence(reader)]
  while (reader.text[reader.at] === '|') {
    reader.at++
    parts.push(parseSequence(reader))
  }
  return { kind: 'choice', parts }
}

function parseSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = []
  while (reader.at < reader.text.length && !'|)'.includes(reader.text.charAt(reader.at))) {
    parts.push(parseRepeat(reader, parseAtom(reader)))
  }
  return { kind: 'sequence', parts }
}

const QUANTIFIER = /([*+?]|\{(\d{1,4})(,(\d{1,4})?)?\})\??/y

function parseRepeat(reader: Reader, part: PatternNode): PatternNode {
  const found = match(reader, QUANTIFIER)
  if (found === undefined) return part
  const [, sign = '', least, comma, most] = found
  const min = least === undefined ? (sign === '+' ? 1 : 0) : Number(least)
  const max = least === undefined ? (sign === '?' ? 1 : undefined) : comma === undefined ? min : numberOf(most)
  if (max !== undefined && max < min) throw new Mistake('has a repetition whose numbers are out of order')
  if (Math.max(min, max ?? 0) > MAX_COUNT) throw new Mistake(`must not repeat more than ${MAX_COUNT} times`)
  return { kind: 'repeat', part, min, max }
}

function parseAtom(reader: Reader): PatternNode {
  const character = String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 0)
  if (character === '(') return parseGroup(reader)
  if (character === '[') return parseClass(reader)
  if (character === '\\') return parseEscape(reader)
  if ('*+?{'.includes(character)) throw new Mistake('has a repetition of nothing')
  if ('^$'.includes(character)) throw new Mistake(`has a ${character} within it: the whole value is compared anyway`)
  if (']}'.includes(character)) throw new Mistake(`has a ${character} that nothing opens: write \\${character}`)
  reader.at += character.length
  return characterNode(reader, character)
}

function parseGroup(reader: Reader): PatternNode {
  reader.at++
  if (reader.text[reader.at] === '?') {
    if (reader.text[reader.at + 1] !== ':') throw new Mistake('may group with ( or (?: only, not look around')
    reader.at += 2
  }
  if (++reader.depth > MAX_DEPTH) throw new Mistake(`must not nest deeper than ${MAX_DEPTH} groups`)
  const node = parseChoice(reader)
  if (reader.text[reader.at] !== ')') throw new Mistake('has a ( without its )')
  reader.at++
  reader.depth--
  return node
}

function parseClass(reader: Reader): PatternNode {
  const [source] = match(reader, /\[(?:\\[\s\S]|[^\]\\])*\]/uy) ?? []
  if (source === undefined) throw new Mistake('has a [ without its ]')
  return characterNode(reader, source)
}

/** ECMA-262 §22.2.1: classes (`\d`, `\p{L}`), code points (`\u{1F600}`), and the signs of the syntax as themselves. */
const ESCAPE =
  /\\(?:[dDwWsStnrfv0]|[pP]\{[\w=]+\}|u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\^$\\.*+?()[\]{}|/])/uy

function parseEscape(reader: Reader): PatternNode {
  const [source] = match(reader, ESCAPE) ?? []
  if (source !== undefined) return characterNode(reader, source)
  // What escapes nothing, such as \- or \@, is that character, as administrators write it.
  const [plain] = match(reader, /\\[^\p{L}\p{N}]/uy) ?? []
  if (plain !== undefined) return characterNode(reader, plain.slice(1))
  throw new Mistake('has a backslash that means nothing here: back references and word boundaries cannot be used')
}

function characterNode({ flags }: Reader, source: string): PatternNode {
  try {
    const expression = new RegExp(`^${source}$`, flags)
    return { kind: 'character', test: character => expression.test(character) }
  } catch {
    throw new Mistake(`has a part that is no regular expression: ${source}`)
  }
}

function match(reader: Reader, expression: RegExp): RegExpExecArray | undefined {
  expression.lastIndex = reader.at
  const found = expression.exec(reader.text) ?? undefined
  if (found !== undefined) reader.at = expression.lastIndex
  return found
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
