/** A client as options, `--set` and files say it → a document by the registered names; sent whole, so that all mistakes come at once. */

import { AdminProblem } from '../admin-client/admin-client.ts'
import type { ClientPatch, ClientReplacement, NewClient } from '../admin-client/operations.ts'
import { METADATA } from '../core/clients/metadata-table.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { failureOf } from './at-desk.ts'
import type { OptionValue } from './option-table.ts'

export type WrittenClient = Readonly<Record<string, unknown>>

/** Options are rows by our members. */
export function documentOfOptions(values: Readonly<Partial<Record<string, OptionValue>>>): WrittenClient {
  return Object.fromEntries(
    Object.entries(values).map(([member, value]) => {
      const row = METADATA.find(other => other.member === member)
      if (row === undefined) throw new TypeError(`${member} is no metadata`)
      return [row.name, row.kind === 'words' && Array.isArray(value) ? value.join(' ') : value]
    }),
  )
}

type AnyClient = NewClient & ClientReplacement & ClientPatch

/** As people wrote it: what is wrong with it is told by whoever takes it. */
function asWritten(document: WrittenClient): AnyClient {
  return document as AnyClient
}

/** A name that no client has: what could not be read is sent as this one, so that all the rest is looked at and nothing is done. */
const UNREADABLE = '?'

export interface Misread {
  readonly headline: string
  readonly misread: readonly SettingsMistake[]
}

/** Sends the document; what could not be read is reported together with the mistakes in the rest, in one list. */
export async function sendClient<Answer>(
  document: WrittenClient,
  { headline, misread }: Misread,
  send: (document: AnyClient) => Promise<Answer>,
): Promise<Answer> {
  if (misread.length === 0) return send(asWritten(document))
  try {
    await send(asWritten({ ...document, [UNREADABLE]: true }))
  } catch (error) {
    if (!(error instanceof AdminProblem) || error.mistakes.length === 0) throw error
    const others = error.mistakes.filter(({ member }) => member !== UNREADABLE)
    throw failureOf(new AdminProblem('invalid', error.message, [...misread, ...others]), headline)
  }
  throw new TypeError('a document with a name that nothing has was taken')
}
