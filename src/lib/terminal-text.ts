/** What a terminal obeys instead of showing it: controls (escape sequences begin with them), and marks that turn the direction of writing. */

/** C0, DEL and C1; line and paragraph separators; the marks of Unicode's bidirectional algorithm (UAX 9 §2). */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** As above, without C0: JSON has escaped those already, and the line ends with one. */
const OBEYED_IN_JSON = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** For people: every one of them spelled out, `\x1b`. */
export function spelledOut(text: string): string {
  return text.replace(OBEYED, character => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  })
}

/** RFC 8259 §7: JSON text may hold DEL, C1 and the rest as they are. Escaped, it means the same and is safe to look at. */
export function safeJson(json: string): string {
  return json.replace(OBEYED_IN_JSON, character => `\\u${hex(character.charCodeAt(0), 4)}`)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
