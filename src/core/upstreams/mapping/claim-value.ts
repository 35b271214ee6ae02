/** Values of claims: the texts in them, and how they are shown to people. */

/** Text, number or boolean as text; nothing for lists, objects and what is no number. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? `${value}` : undefined
}

/** One text: the value itself, or the only element of a list. */
export function oneText(value: unknown): string | undefined {
  return scalarText(Array.isArray(value) && value.length === 1 ? value[0] : value)
}

/** A list as texts, one value as a list of it; elements that are no text count for nothing. */
export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(scalarText).filter(text => text !== undefined)
}

/** What every database keeps as it is: no NUL, no half of a surrogate pair. Two such texts could become one when they are stored. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

const SHOWN = 60
/** Of a longer value nothing more is shown anyway, and looking for tokens in all of it takes the square of its length. */
const LOOKED_AT = 1000
/** RFC 7519 §3: the header of a JWT is a JSON object, so every one of them begins like this. */
const JWT = /\beyJ[\w-]*\.[\w.-]*/g

/** For explanations, which are shown and stored: short, on one line, without controls, and never with a token in it. */
export function shownValue(text: string): string {
  const line = text
    .slice(0, LOOKED_AT)
    .replace(JWT, '(a token)')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .toWellFormed()
  return line.length > SHOWN ? `${line.slice(0, SHOWN).toWellFormed()}…` : line
}
