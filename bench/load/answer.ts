/** Reads HTTP/1.1 answers as latin1 text: just enough of RFC 9112 for the servers we measure, at about a microsecond each. */

export interface Answer {
  readonly status: number
  /** Status line and header fields, without the empty line. */
  readonly head: string
  /** Latin1: one character per byte. */
  readonly body: string
}

/** The whole answer at the start of `text`, or nothing while some of it is still on its way. */
export function readAnswer(text: string): Answer | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const status = Number.parseInt(text.slice(9, 12), 10)
  const head = text.slice(0, headEnd)
  const bodyStart = headEnd + 4
  const length = headerValue(head, 'Content-Length')
  if (length !== undefined) {
    const bodyEnd = bodyStart + Number.parseInt(length, 10)
    return text.length < bodyEnd ? undefined : { status, head, body: text.slice(bodyStart, bodyEnd) }
  }
  if (headerValue(head, 'Transfer-Encoding') === 'chunked') {
    const body = joinChunks(text, bodyStart)
    return body === undefined ? undefined : { status, head, body }
  }
  return { status, head, body: '' }
}

/** The first value of a header. `name` in its usual capitals; servers write it so or in small letters. */
export function headerValue(head: string, name: string): string | undefined {
  let at = head.indexOf(`\r\n${name}: `)
  if (at < 0) at = head.indexOf(`\r\n${name.toLowerCase()}: `)
  if (at < 0) return undefined
  const start = at + name.length + 4
  const end = head.indexOf('\r\n', start)
  return head.slice(start, end < 0 ? head.length : end)
}

/** Every value of a header that may occur several times. */
export function headerValues(head: string, name: string): string[] {
  const prefix = `${name.toLowerCase()}: `
  return head
    .split('\r\n')
    .filter(line => line.toLowerCase().startsWith(prefix))
    .map(line => line.slice(prefix.length))
}

function joinChunks(text: string, start: number): string | undefined {
  const parts: string[] = []
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (text.length < next) return undefined
    if (size === 0) return parts.join('')
    parts.push(text.slice(lineEnd + 2, next - 2))
    at = next
  }
}

/** The text value of a member of a JSON object, found without parsing it: for the hot path only. */
export function jsonText(body: string, name: string): string | undefined {
  const key = `"${name}":"`
  const at = body.indexOf(key)
  if (at < 0) return undefined
  const start = at + key.length
  const end = body.indexOf('"', start)
  return end < 0 ? undefined : body.slice(start, end)
}
