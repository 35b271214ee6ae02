/** The known name that was probably meant: for "did you mean" behind a misspelt setting, claim or option. */

/** Nothing when no name is within two edits (one for short names) or is the only one with more before it, so that we never guess wildly. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const text = written.toLowerCase()
  let nearest: string | undefined
  let shortest = text.length < 5 ? 2 : 3
  for (const name of known) {
    const distance = editDistance(text, name.toLowerCase())
    if (distance < shortest) {
      shortest = distance
      nearest = name
    }
  }
  if (nearest !== undefined) return nearest
  // `secret` where others have it and we say `client_secret`.
  const longer = text.length < 4 ? [] : [...known].filter(name => name.toLowerCase().endsWith(`_${text}`))
  return longer.length === 1 ? longer[0] : undefined
}

/** ` (did you mean x?)`, ready to be appended, or nothing. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const nearest = nearestName(written, known)
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`
}

/** Levenshtein distance, with a swap of two neighbours counted as one edit. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(beforeLast, j - 2) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
