/** A user of a Django project, as an account with the sub that apps know them by. */

import type { JsonObject } from '../../clients/client.ts'
import { withAttributes } from '../account-attributes.ts'
import { type Imported, type ImportTarget, NOTHING, type ReportLine } from '../import-report.ts'
import { readSettings } from '../source-rows.ts'
import { textOf } from '../values.ts'
import type { DjangoContext } from './client-rows.ts'
import { userRows } from './user-rows.ts'

export interface Row {
  readonly model: string
  /** Absent in what `dumpdata --natural-primary` prints. */
  readonly pk?: string
  readonly fields: JsonObject
  /** `oidc_provider.client 3` */
  readonly path: string
}

/** A user model of a project may have an e-mail address alone. */
export function usernameOf(fields: JsonObject): string | undefined {
  return textOf(fields.username) ?? textOf(fields.email)
}

export function importUser({ pk, fields, path }: Row, context: DjangoContext, subField: string | undefined): Imported {
  const username = usernameOf(fields)
  if (username === undefined) return { ...NOTHING, mistakes: [{ path, message: 'has no username' }] }
  const target = { resource: 'accounts', key: username }
  const { report, mistakes, fields: read } = readSettings(fields, userRows(context), path, target)
  const name = [textOf(fields.first_name), textOf(fields.last_name)].filter(part => part !== undefined).join(' ')
  const sub = subField === undefined ? pk : textOf(fields[subField])
  const document = withAttributes({
    ...(sub === undefined ? {} : { sub }),
    ...read,
    ...(name === '' ? {} : { 'attributes.name': name }),
  })
  return {
    things: [{ resource: 'accounts', key: username, document, source: path }],
    report: [subLine(path, sub, subField, target), ...report],
    mistakes,
  }
}

/** The standard of OIDC_IDTOKEN_SUB_GENERATOR: str(user.id). */
function subLine(path: string, sub: string | undefined, field: string | undefined, target: ImportTarget): ReportLine {
  const at = `${path}.${field ?? 'pk'}`
  if (sub !== undefined) {
    const why = field === undefined ? 'as OIDC_IDTOKEN_SUB_GENERATOR has it unless it is set' : 'as --sub has it'
    return { path: at, outcome: 'mapped', target: { ...target, field: 'sub' }, why }
  }
  const why =
    field === undefined
      ? 'is not in the fixture: apps will not know the person again. Dump it without --natural-primary.'
      : 'is empty: apps will not know the person again.'
  return { path: at, outcome: 'no-equivalent', why }
}
