/** What `include` names: a file, a folder with all YAML files in it, or a pattern with * and ?. Always in the order of names. */

import { readdirSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'

/** The names in a folder; nothing when it is none. */
export type ListFolder = (path: string) => readonly string[] | undefined

export const listFolder: ListFolder = path => {
  try {
    return readdirSync(path)
  } catch {
    return undefined
  }
}

export interface IncludedPaths {
  readonly paths: readonly string[]
  /** It was named itself, and not found by a folder or a pattern. */
  readonly isNamed: boolean
}

const YAML = /\.ya?ml$/i
const WILD = /[*?]/

/** `from`: the file that includes; paths are relative to its folder. */
export function includedPaths(
  pattern: string,
  from: string,
  ports: { readonly cwd: string; readonly listFolder: ListFolder },
): IncludedPaths {
  const path = isAbsolute(pattern) ? pattern : join(dirname(from), pattern)
  const list = (folder: string): readonly string[] | undefined =>
    ports.listFolder(resolve(ports.cwd, folder))?.toSorted()
  if (!WILD.test(pattern)) {
    const names = list(path)
    if (names === undefined) return { paths: [path], isNamed: true }
    return { paths: names.filter(isShownYaml).map(name => join(path, name)), isNamed: false }
  }
  const found = expand(path, list).filter(found => list(found) === undefined)
  return { paths: found, isNamed: false }
}

function isShownYaml(name: string): boolean {
  return YAML.test(name) && !name.startsWith('.')
}

/** Segment by segment: a pattern never crosses a folder. */
function expand(path: string, list: (folder: string) => readonly string[] | undefined): readonly string[] {
  const segments = path.split('/')
  let found = [isAbsolute(path) ? '/' : '']
  for (const segment of segments.filter(name => name !== '')) {
    const wanted = matcherOf(segment)
    found = found.flatMap(folder =>
      wanted === undefined
        ? [join(folder, segment)]
        : (list(folder === '' ? '.' : folder) ?? []).filter(wanted).map(name => join(folder, name)),
    )
  }
  return found
}

function matcherOf(segment: string): ((name: string) => boolean) | undefined {
  if (!WILD.test(segment)) return undefined
  return name => (segment.startsWith('.') || !name.startsWith('.')) && isMatch(name, segment)
}

/** In time that grows with both lengths and no faster: it goes back to the last * only. */
function isMatch(name: string, pattern: string): boolean {
  let [at, inPattern, star, mark] = [0, 0, -1, 0]
  while (at < name.length) {
    const wanted = pattern[inPattern]
    if (wanted === '*') {
      star = inPattern++
      mark = at
    } else if (wanted === '?' || wanted === name[at]) {
      at++
      inPattern++
    } else if (star >= 0) {
      inPattern = star + 1
      at = ++mark
    } else return false
  }
  return /^\**$/.test(pattern.slice(inPattern))
}
