/** The value of a setting in one line, for people. */

const MOST_CHARACTERS = 60

export function settingText(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) return cut(value.join(', '))
  return cut(typeof value === 'object' ? JSON.stringify(value) : `${value}`)
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
