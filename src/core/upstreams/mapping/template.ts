/** Templates: a text with places in it, `${ALIAS}.${CLAIM.preferred_username|localpart|lowercase}`. */

import { type ClaimPath, parseClaimPath } from './claim-path.ts'

const CHANGES = {
  lowercase: (text: string) => text.toLowerCase(),
  uppercase: (text: string) => text.toUpperCase(),
  /** Of an e-mail address what stands before its @; any other text as it is. */
  localpart: (text: string) => (text.includes('@') ? text.slice(0, text.lastIndexOf('@')) : text),
} as const

type Change = keyof typeof CHANGES

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'alias' | 'uuid'; readonly changes: readonly Change[] }
  | { readonly kind: 'claim'; readonly path: ClaimPath; readonly claim: string; readonly changes: readonly Change[] }

export type Template = readonly TemplatePart[]

const MAX_LENGTH = 1000

/** The parts, or the mistake as a sentence that the template's name begins. */
export function parseTemplate(text: string): Template | string {
  if (text === '') return 'is empty'
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`
  const parts: TemplatePart[] = []
  let rest = text
  while (rest !== '') {
    const begin = rest.indexOf('${')
    if (begin !== 0) parts.push({ kind: 'text', text: begin === -1 ? rest : rest.slice(0, begin) })
    if (begin === -1) break
    const end = rest.indexOf('}', begin)
    if (end === -1) return 'has a ${ without its }'
    const part = parsePlace(rest.slice(begin + 2, end))
    if (typeof part === 'string') return part
    parts.push(part)
    rest = rest.slice(end + 1)
  }
  return parts
}

function parsePlace(inner: string): TemplatePart | string {
  const [name = '', ...changes] = inner.split('|')
  if (!changes.every(isChange)) {
    return `has a change that is none of ${Object.keys(CHANGES).join(', ')}: \${${inner}}`
  }
  if (name === 'ALIAS') return { kind: 'alias', changes }
  if (name === 'UUID') return { kind: 'uuid', changes }
  if (!name.startsWith('CLAIM.')) return `has a place that is none of ALIAS, UUID and CLAIM.path: \${${inner}}`
  const claim = name.slice('CLAIM.'.length)
  const path = parseClaimPath(claim)
  return typeof path === 'string'
    ? `has a claim path that ${path}: \${${inner}}`
    : { kind: 'claim', path, claim, changes }
}

function isChange(text: string): text is Change {
  return Object.hasOwn(CHANGES, text)
}

export interface TemplateValues {
  readonly alias: string
  readonly uuid: string
  /** The claim as one text; nothing when there is none. */
  readonly textOf: (path: ClaimPath) => string | undefined
}

/** The text, or the claim that is missing: a text with a hole in it would be shared by all who lack that claim. */
export function fillTemplate(
  template: Template,
  { alias, uuid, textOf }: TemplateValues,
): { readonly text: string } | { readonly missing: string } {
  let text = ''
  for (const part of template) {
    if (part.kind === 'text') {
      text += part.text
      continue
    }
    const value = part.kind === 'claim' ? textOf(part.path) : part.kind === 'alias' ? alias : uuid
    const changed = part.changes.reduce((before, change) => CHANGES[change](before), value ?? '')
    if (changed === '') return { missing: part.kind === 'claim' ? part.claim : part.kind.toUpperCase() }
    text += changed
  }
  return { text }
}
