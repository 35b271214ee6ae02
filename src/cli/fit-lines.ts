/** Prose in a help text, broken where the terminal ends instead of in the middle of a word. Pure. */

/** Lines that begin with a blank (examples, tables, what the parser of options laid out) stay as they are. */
export function fitLines(text: string, columns: number): string {
  return text.replace(/^\S.*(?:\n\S.*)*/gm, paragraph => {
    const lines = paragraph.split('\n')
    return lines.every(line => line.length <= columns) ? paragraph : broken(lines.join(' ').split(' '), columns)
  })
}

function broken(words: readonly string[], columns: number): string {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines.push(`${lines.pop()} ${word}`)
    else lines.push(word)
  }
  return lines.join('\n')
}
