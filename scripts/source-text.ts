/** TypeScript text for checks by pattern: without comments, without what stands in quotes, and every line where it was. */

const COMMENT_OR_QUOTED = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g

/** Comments become blanks. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_QUOTED, found => (found.startsWith('/') ? blank(found) : found))
}

/** Comments become blanks, quoted texts blanks in quotes. Template texts stay: there is code in them. */
export function codeOnly(text: string): string {
  return text.replace(COMMENT_OR_QUOTED, found => {
    if (found.startsWith('/')) return blank(found)
    return found.slice(0, 1) + blank(found.slice(1, -1)) + found.slice(-1)
  })
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

export interface ImportStatement {
  readonly specifier: string
  readonly line: number
}

/** Static and dynamic imports and re-exports, types included. */
export function importsOf(text: string): readonly ImportStatement[] {
  const code = withoutComments(text)
  return [...code.matchAll(IMPORT)].map(match => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    return { specifier, line: lineAt(code, match.index + match[0].lastIndexOf(specifier)) }
  })
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
