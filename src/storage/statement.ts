/** SQL compiled once: Kysely builds and types a statement, afterwards only its text and the order of its parameters are kept. */

import type { Compilable } from 'kysely'

/** What both databases take and give: ids and hashes as bytes, times as milliseconds, truth as 0 and 1, structures as JSON text. */
export type SqlValue = string | number | Uint8Array | null

export interface CompiledSql {
  /** Unique; PostgreSQL keeps the prepared statement under it. Empty for statements that are built as they are needed. */
  readonly name: string
  readonly sql: string
}

/** `P`: the values it takes, by name. `R`: the row it answers. */
export interface Statement<P, R = unknown> extends CompiledSql {
  /** In the order of the placeholders. */
  bind(params: P): SqlValue[]
  /** Carries `R`; there is never a value. */
  readonly row?: R
}

class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * `build` sees placeholders where the values will be:
 * `statement('grants.revoke', (p: { id: Uint8Array }) => db.deleteFrom('grant').where('id', '=', p.id))`.
 */
export function statement<P extends { readonly [Name in keyof P]: SqlValue }, R>(
  name: string,
  build: (params: P) => Compilable<R>,
): Statement<P, R> {
  const placeholders = new Proxy({}, { get: (_, member) => new Placeholder(String(member)) }) as P
  const { sql, parameters } = build(placeholders).compile()
  const slots = parameters.map(parameter =>
    parameter instanceof Placeholder
      ? { member: parameter.name as keyof P, constant: null }
      : { member: undefined, constant: parameter as SqlValue },
  )
  return {
    name,
    sql,
    bind: params => slots.map(({ member, constant }) => (member === undefined ? constant : params[member])),
  }
}

/** For questions that differ each time and are asked seldom. */
export function adHocStatement<R>(query: Compilable<R>): Statement<Record<never, never>, R> {
  return statement('', () => query)
}
