/** The target of a request line (RFC 9112 §3.2), split where the query begins. Nothing is decoded: our paths are plain, and two spellings of one path are two paths. */

export interface RequestTarget {
  readonly path: string
  /** Without `?`. */
  readonly query: string
}

export function splitTarget(target: string): RequestTarget {
  const relative = target.startsWith('/') ? target : withoutOrigin(target)
  const mark = relative.indexOf('?')
  return mark === -1
    ? { path: relative, query: '' }
    : { path: relative.slice(0, mark), query: relative.slice(mark + 1) }
}

// RFC 9112 §3.2.2: a server MUST accept the absolute form, whatever it thinks of the host in it.
function withoutOrigin(target: string): string {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0]
  if (origin === undefined) return target
  const rest = target.slice(origin.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
