/** A field of a managed thing: one row from which come JSON Schema, OpenAPI, the client's types, tables and help. */

/**
 * `list`: texts. `objects`: objects of `fields`. `map`: names and texts. `json`: any JSON value. `time`: ISO 8601 (RFC 3339 §5.6).
 * `seconds`: a whole number. `words`: one text, values separated by blanks.
 */
export type FieldKind =
  | 'text'
  | 'uri'
  | 'integer'
  | 'number'
  | 'seconds'
  | 'boolean'
  | 'time'
  | 'list'
  | 'words'
  | 'object'
  | 'objects'
  | 'map'
  | 'json'

/**
 * `written`: said and shown. `shown`: kept by the house, never taken. `made`: said once when the thing is made, then shown.
 * `secret`: said, never shown again. `once`: shown in the answer that made it, and never again.
 */
export type FieldAccess = 'written' | 'shown' | 'made' | 'secret' | 'once'

export interface Field {
  /** As it stands in JSON and in files: snake_case. */
  readonly name: string
  readonly kind: FieldKind
  readonly access: FieldAccess
  /** For people: one or two sentences. */
  readonly about: string
  /** It has to be there: in what is written, when `access` is `written` or `made`; else in what is shown. */
  readonly required?: boolean
  /** In what is shown it is always there, though it may be left out of what is written: it is made up. */
  readonly isAlwaysShown?: true
  /** The only values. */
  readonly choices?: readonly string[]
  /** Of `object` and `objects`. */
  readonly fields?: readonly Field[]
  /** Of a `secret`: shown where it is only the name of a place outside, `${vault.NAME}`. */
  readonly showsReference?: true
  /** May come in several languages (OIDC Registration §2.1): `client_name#de`. */
  readonly isLocalizable?: true
  /** What counts when nothing is said, for people. */
  readonly standard?: string
  /** Lists can be searched by it, narrowed to one value of it, ordered by it. */
  readonly finds?: readonly ('search' | 'filter' | 'sort')[]
  /** For pages and help. */
  readonly example?: unknown
}

export function writable(fields: readonly Field[], when: 'making' | 'changing'): readonly Field[] {
  return fields.filter(
    ({ access }) => access === 'written' || access === 'secret' || (access === 'made' && when === 'making'),
  )
}

/** What an answer holds. A secret is only in it where it may be the name of a place outside. */
export function shown(fields: readonly Field[]): readonly Field[] {
  return fields
    .filter(({ access, showsReference }) => access !== 'secret' || showsReference === true)
    .map(field => (field.isAlwaysShown === true ? { ...field, required: true as const } : field))
}

/** `client_name#fr` is the field `client_name` in another language (OIDC Registration §2.1). */
export function fieldNamed(name: string, fields: readonly Field[]): Field | undefined {
  return fields.find(field => field.name === name) ?? fields.find(field => field.name === name.replace(/#.*$/, ''))
}
