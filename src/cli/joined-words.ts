/** Words as bash has them in COMP_WORDS, put together again: it cuts them at `:` and `=`. Pure. */

const CUT_AT = /^[:=]+$/

/** `cut`: how much of the last word bash does not take for a part of it. */
export function joinedWords(typed: readonly string[]): { readonly words: readonly string[]; readonly cut: number } {
  const words: string[] = []
  let isOpen = false
  for (const word of typed) {
    const isCut = CUT_AT.test(word)
    // An equals sign belongs to an option before it, a colon to whatever is before it.
    if (words.length > 0 && (isOpen || isCut)) words.push(`${words.pop()}${word}`)
    else words.push(word)
    isOpen = isCut
  }
  const last = words.at(-1) ?? ''
  const raw = typed.at(-1) ?? ''
  return { words, cut: last.length - (CUT_AT.test(raw) ? 0 : raw.length) }
}
