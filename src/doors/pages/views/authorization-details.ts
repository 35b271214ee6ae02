/** Authorization details (RFC 9396) as a person can read them: every member of every one, and nothing left out. */

import { type Html, html } from '../../../lib/html.ts'
import type { AuthorizationDetail } from '../../../spec/authorization-details.ts'
import type { MessageKey, Translate } from '../text/text.ts'
import { ICONS } from './icons.ts'

export function renderDetails(details: readonly AuthorizationDetail[], translate: Translate): Html | undefined {
  if (details.length === 0) return undefined
  return html`<h2 id="details-title">${translate('details.title')}</h2>
<ul class="scopes details" aria-labelledby="details-title">
${details.map(detail => detailItem(detail, translate))}
</ul>`
}

function detailItem({ type, ...members }: AuthorizationDetail, translate: Translate): Html {
  const lines = linesOf(members)
  return html`<li>${ICONS.check}<div class="scope-text"><strong dir="auto">${inWords(type)}</strong>
${lines.length > 0 && html`<dl>${lines.map(([name, value]) => line(name, value, translate))}</dl>`}</div></li>`
}

function line(name: string, value: string, translate: Translate): Html {
  const key = COMMON.get(name)
  // An override of the writing direction inside a value must not turn around what stands beside it.
  return html`<div><dt dir="auto">${key === undefined ? inWords(name) : translate(key)}</dt><dd dir="auto">${value}</dd></div>`
}

/** `creditorName` and `creditor_name` → `creditor name`; what is no such name stays as it is. */
function inWords(name: string): string {
  return name
    .replace(/([a-z])([A-Z])(?=[a-z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`)
    .replaceAll('_', ' ')
}

/** RFC 9396 §2.2. */
const COMMON: ReadonlyMap<string, MessageKey> = new Map([
  ['locations', 'details.locations'],
  ['actions', 'details.actions'],
  ['datatypes', 'details.datatypes'],
  ['identifier', 'details.identifier'],
  ['privileges', 'details.privileges'],
])

type Line = readonly [name: string, value: string]

/** `{ amount: { currency: 'EUR' } }` → `amount · currency`, `EUR`. */
export function linesOf(members: object, above = ''): readonly Line[] {
  return Object.entries(members).flatMap(([name, value]) => linesOfMember(`${above}${name}`, value))
}

function linesOfMember(name: string, value: unknown): readonly Line[] {
  if (Array.isArray(value)) {
    return value.some(entry => typeof entry === 'object' && entry !== null)
      ? value.flatMap((entry, index) => linesOfMember(`${name} ${index + 1}`, entry))
      : [[name, value.map(String).join(', ')]]
  }
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  const lines = linesOf(value, `${name} · `)
  // `"accounts": {}` may mean all of them: what holds nothing is named all the same.
  return lines.length === 0 ? [[name, '']] : lines
}
