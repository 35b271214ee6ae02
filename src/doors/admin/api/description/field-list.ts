/** Fields for people: name, type, and what it means. */

import type { Field, FieldAccess } from '../../../../core/administration/field.ts'
import { type Html, html } from '../../../../lib/html.ts'
import { prose } from './prose.ts'

const KINDS: Readonly<Record<Field['kind'], string>> = {
  text: 'text',
  uri: 'URI',
  integer: 'whole number',
  number: 'number',
  seconds: 'seconds',
  boolean: 'true or false',
  time: 'time, ISO 8601',
  list: 'list of texts',
  words: 'words with blanks between',
  object: 'object',
  objects: 'list of objects',
  map: 'names and texts',
  json: 'any JSON',
}

/** Nothing for what is said and shown. */
const ACCESS: Readonly<Partial<Record<FieldAccess, string>>> = {
  shown: 'only shown',
  made: 'said when it is made',
  secret: 'never shown',
  once: 'shown once',
}

export function fieldList(fields: readonly Field[]): Html {
  return html`<dl class="fields">
${fields.map(field => entry(field))}</dl>`
}

function entry(field: Field): Html {
  const { name, about, standard, choices, fields = [], required, access, kind } = field
  const isSaid = access !== 'shown' && access !== 'once'
  const notes = [required === true && isSaid ? 'required' : undefined, ACCESS[access]].filter(
    note => note !== undefined,
  )
  return html`<dt><code>${name}</code> <span class="kind">${KINDS[kind]}</span>${notes.map(note => html` <span class="note-word">${note}</span>`)}</dt>
<dd>${prose(about)}${standard !== undefined && html` Standard: ${prose(standard)}.`}${choices !== undefined && html` <span class="one-of">One of ${listed(choices)}.</span>`}${fields.length > 0 && fieldList(fields)}</dd>
`
}

function listed(choices: readonly string[]): readonly Html[] {
  return choices.map((choice, index) => html`${index > 0 && ', '}<code>${choice}</code>`)
}
