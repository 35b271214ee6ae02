/** What came from an upstream, as facts: which endpoint, which status, which type; never the answer itself. */

import type { OutboundAnswer, OutboundRefusal } from '../lib/guarded-fetch.ts'
import { printable } from '../spec/params.ts'
import { type Facts, type Refusal, refuse } from '../spec/refusal.ts'

const MAX_LENGTH = 200

/** Without the query, where an odd upstream may want secrets. */
export function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? '' : printable(`${parsed.origin}${parsed.pathname}`, MAX_LENGTH)
}

export function answerFacts(url: string, { status, headers }: Pick<OutboundAnswer, 'status' | 'headers'>): Facts {
  const type = headers['content-type']
  return { endpoint: placeOf(url), status, ...(type === undefined ? {} : { content_type: printable(type, 100) }) }
}

/** Text of an upstream as a fact: cut, and printable. */
export function said(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' ? printable(text, MAX_LENGTH) : undefined
}

export function noAnswer(what: string, url: string, { reason, detail }: OutboundRefusal): Refusal {
  return refuse(
    'temporarily_unavailable',
    `the ${what} of the upstream does not answer`,
    'the endpoint of the upstream answers',
    { what, endpoint: placeOf(url), reason, detail },
  )
}
