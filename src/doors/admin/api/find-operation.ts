/** Which operation a request is about: by its method and the segments of its path below `/api/admin/v1`. */

import type { Operation, OperationMethod } from '../../../core/administration/operation.ts'

export type Found =
  | { readonly kind: 'found'; readonly operation: Operation; readonly path: Readonly<Record<string, string>> }
  /** Something stands there, for these methods. */
  | { readonly kind: 'other-method'; readonly allow: readonly string[] }
  | { readonly kind: 'nothing' }

export type FindOperation = (method: string, path: string) => Found

interface Pattern {
  readonly operation: Operation
  /** A name in braces stands for one segment. */
  readonly segments: readonly string[]
}

export function createOperationFinder(operations: readonly Operation[]): FindOperation {
  const patterns = operations
    .map((operation): Pattern => ({ operation, segments: operation.path.split('/').slice(1) }))
    .sort(bySpecificity)
  return (method, path) => {
    const segments = decodedSegments(path)
    if (segments === undefined) return { kind: 'nothing' }
    const standing = patterns.filter(pattern => isAt(pattern, segments))
    const pattern = standing.find(({ operation }) => operation.method === method)
    if (pattern !== undefined) {
      return { kind: 'found', operation: pattern.operation, path: namesIn(pattern, segments) }
    }
    return standing.length === 0 ? { kind: 'nothing' } : { kind: 'other-method', allow: allowedBy(standing) }
  }
}

/** RFC 3986 §2.4: a path is split first and decoded then, once, so that a name may hold a slash. Nothing for what is no UTF-8. */
function decodedSegments(path: string): readonly string[] | undefined {
  try {
    const segments = path.split('/').slice(1).map(decodeURIComponent)
    // No database keeps a NUL, so nothing is called so.
    return segments.some(segment => segment === '' || segment.includes('\0')) ? undefined : segments
  } catch {
    return undefined
  }
}

/** What is written out goes before what stands for any name, from left to right. */
function bySpecificity(a: Pattern, b: Pattern): number {
  const rank = ({ segments }: Pattern) => segments.map(segment => (isName(segment) ? '1' : '0')).join('')
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0
}

function isAt({ segments: wanted }: Pattern, segments: readonly string[]): boolean {
  return (
    wanted.length === segments.length &&
    wanted.every((segment, index) => isName(segment) || segment === segments[index])
  )
}

function namesIn({ segments: wanted }: Pattern, segments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wanted.flatMap((segment, index) => (isName(segment) ? [[segment.slice(1, -1), segments[index] ?? '']] : [])),
  )
}

function isName(segment: string): boolean {
  return segment.startsWith('{')
}

const METHODS: readonly OperationMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** RFC 9110 §9.3.2: HEAD wherever GET is. */
function allowedBy(standing: readonly Pattern[]): readonly string[] {
  const used = METHODS.filter(method => standing.some(({ operation }) => operation.method === method))
  return [...used.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS']
}
