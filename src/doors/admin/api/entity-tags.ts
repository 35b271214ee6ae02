/** Entity tags in preconditions (RFC 9110 §8.8.3, §13.1). */

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/

interface EntityTag {
  readonly isWeak: boolean
  readonly tag: string
}

/**
 * The tags of an `If-Match`, without quotes and separated by commas, or `*`; nothing when it is no list of tags. RFC 9110 §13.1.1: they
 * are compared strongly, so a weak one matches nothing; a list of weak ones alone is an empty text, which no version is.
 */
export function parseIfMatch(header: string): string | undefined {
  if (header.trim() === '*') return '*'
  const tags = parseTags(header)
  return tags
    ?.filter(({ isWeak }) => !isWeak)
    .map(({ tag }) => tag)
    .join(',')
}

/** RFC 9110 §13.1.2: compared weakly; what cannot be read matches nothing. */
export function matchesNone(header: string | undefined, version: string): boolean {
  if (header === undefined) return true
  if (header.trim() === '*') return false
  return parseTags(header)?.every(({ tag }) => tag !== version) ?? true
}

function parseTags(header: string): readonly EntityTag[] | undefined {
  const tags: EntityTag[] = []
  let rest = header.trim()
  while (rest !== '') {
    const match = TAG.exec(rest)
    if (match === null) return undefined
    tags.push({ isWeak: match[1] !== undefined, tag: match[2] ?? '' })
    rest = rest.slice(match[0].length).trim()
    // RFC 9110 §5.6.1.2: empty elements of a list are ignored.
    const comma = /^(?:,\s*)+/.exec(rest)
    if (comma === null && rest !== '') return undefined
    rest = rest.slice(comma?.[0].length ?? 0)
  }
  return tags.length === 0 ? undefined : tags
}
