/** Secrets in what was written: what their references stand for, what is kept of them (a keyed digest), and how they are shown. */

import { type Field, fieldNamed } from '../administration/field.ts'
import type { Acting, Document } from '../administration/ports.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { REFERENCE } from './references.ts'

export const HIDDEN = '(secret)'

export function isSecret(field: Field | undefined): boolean {
  return field?.access === 'secret' || field?.access === 'once'
}

export interface ResolvedSecrets {
  readonly document: Document
  readonly mistakes: readonly SettingsMistake[]
}

/** The document with the secrets themselves in place of references to them, but for those that are read whenever they are needed. */
export function resolveSecrets(
  document: Document,
  fields: readonly Field[],
  { readReference }: Pick<Acting, 'readReference'>,
): ResolvedSecrets {
  const mistakes: SettingsMistake[] = []
  const resolved = eachSecret(document, fields, (value, member, { showsReference }) => {
    if (showsReference === true || typeof value !== 'string' || !value.includes('${')) return value
    try {
      return value.replace(REFERENCE, (_whole, escaped: string | undefined, reference: string | undefined) =>
        escaped === undefined ? readReference(reference ?? '') : escaped,
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      mistakes.push({ member, rule: 'reference', message: `cannot be read: ${message}` })
      return null
    }
  })
  return { document: resolved, mistakes }
}

/** What the declaration keeps: in place of each secret a digest that only this house can make. */
export function withDigests(
  { resource, key }: { readonly resource: string; readonly key: string },
  document: Document,
  fields: readonly Field[],
  sealer: Pick<KeySealer, 'fingerprint'> | undefined,
): Document {
  return eachSecret(document, fields, (value, member) => {
    if (sealer === undefined) throw new TypeError('secrets need a sealer')
    return { digest: sealer.fingerprint(JSON.stringify(value), JSON.stringify(['declared', resource, key, member])) }
  })
}

export function hideSecrets(document: Document, fields: readonly Field[]): Document {
  return eachSecret(document, fields, () => HIDDEN)
}

export function holdsSecret(document: Document, fields: readonly Field[]): boolean {
  let holds = false
  eachSecret(document, fields, value => {
    holds = true
    return value
  })
  return holds
}

/** Secrets that are said to be nothing are none. */
function eachSecret(
  document: Document,
  fields: readonly Field[],
  replace: (value: unknown, member: string, field: Field) => unknown,
  within = '',
): Document {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      const field = fieldNamed(name, fields)
      const member = within + name
      if (field === undefined || value === null || value === undefined) return [name, value]
      if (isSecret(field)) return [name, replace(value, member, field)]
      const inner = field.fields
      if (inner === undefined) return [name, value]
      if (!Array.isArray(value))
        return [name, isObject(value) ? eachSecret(value, inner, replace, `${member}.`) : value]
      return [
        name,
        value.map((item, index) => (isObject(item) ? eachSecret(item, inner, replace, `${member}[${index}].`) : item)),
      ]
    }),
  )
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
