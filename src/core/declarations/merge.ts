/** The three-way merge: what the file says, what it said when it was last applied, and what is there. Pure; field by field. */

import { type Field, fieldNamed } from '../administration/field.ts'
import type { Document } from '../administration/ports.ts'
import { canonical } from '../administration/versions.ts'
import { isSecret } from './secret-values.ts'

export interface ThreeWays {
  /** What the file says now, with the secrets themselves. */
  readonly written: Document
  /** The same as it is kept: digests in place of secrets. */
  readonly declared: Document
  /** What was kept last time. Absent: it was never applied. */
  readonly last: Document | undefined
  /** The written fields as they are; secrets never are among them. */
  readonly current: Document
}

/**
 * What the thing has to be. A field that the file says is set; one that it said last time and says no more goes back to its standard;
 * the others stay. A secret is only there when it has to be set: when the file says it for the first time, or says another.
 */
export function mergeDeclared(ways: ThreeWays, fields: readonly Field[]): Document {
  const { written, last, current } = ways
  const merged = new Map(Object.entries(current))
  for (const name of Object.keys(last ?? {})) if (!Object.hasOwn(written, name)) merged.delete(name)
  for (const [name, value] of Object.entries(written)) {
    const field = fieldNamed(name, fields)
    if (value === null || value === undefined) merged.delete(name)
    else if (field !== undefined && isSecret(field)) {
      if (isSecretNew(name, field, ways)) merged.set(name, value)
    } else merged.set(name, field?.kind === 'object' ? mergeMembers(value, last?.[name], current[name]) : value)
  }
  return Object.fromEntries(merged)
}

/** Secrets that the file says for the first time, or says another of. */
export function newSecrets(ways: ThreeWays, fields: readonly Field[]): readonly string[] {
  return Object.entries(ways.written).flatMap(([name, value]) => {
    const field = fieldNamed(name, fields)
    const isSaid = field !== undefined && isSecret(field) && value !== null && value !== undefined
    return isSaid && isSecretNew(name, field, ways) ? [name] : []
  })
}

function isSecretNew(
  name: string,
  { showsReference }: Field,
  { written, declared, last, current }: ThreeWays,
): boolean {
  // A secret that is kept outside: which one it is can be read.
  if (showsReference === true && current[name] !== undefined) return !isSame(current[name], written[name])
  return last === undefined || !Object.hasOwn(last, name) || !isSame(declared[name], last[name])
}

/** Members that the file does not say are anybody's, as fields are. */
function mergeMembers(written: unknown, last: unknown, current: unknown): unknown {
  if (!isObject(written)) return written
  const merged = new Map(Object.entries(isObject(current) ? current : {}))
  for (const name of Object.keys(isObject(last) ? last : {})) if (!Object.hasOwn(written, name)) merged.delete(name)
  for (const [name, value] of Object.entries(written)) {
    if (value === null || value === undefined) merged.delete(name)
    else merged.set(name, value)
  }
  return Object.fromEntries(merged)
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null)
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
