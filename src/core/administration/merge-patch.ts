/** JSON merge patch (RFC 7396): what is sent takes the place of what is there, null takes it away. */

import { type Document, isDocument } from './ports.ts'

/** RFC 7396 §2. Members of objects are merged, lists are replaced whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isDocument(patch)) return patch
  const merged: Record<string, unknown> = isDocument(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    // A name such as __proto__ is a member like any other.
    else
      Object.defineProperty(merged, name, {
        value: mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value),
        enumerable: true,
        configurable: true,
        writable: true,
      })
  }
  return merged
}

export function mergedDocument(target: Document, patch: Document): Document {
  return mergePatch(target, patch) as Document
}
