/** One labelled input with its hint and its problem. */

import { type Html, html } from '../../../lib/html.ts'

export interface Field {
  readonly id: string
  readonly name: string
  readonly type: 'text' | 'email' | 'password'
  readonly label: string
  /** Beside the label: `optional`. */
  readonly note?: string | undefined
  readonly autocomplete: string
  /** Of a keyboard on a screen; absent means that it changes nothing. */
  readonly autocapitalize?: 'words'
  readonly value?: string | undefined
  readonly required?: boolean
  readonly autofocus?: boolean
  readonly hint?: string | undefined
  /** What is wrong with this entry; the field is marked invalid. */
  readonly problem?: string | undefined
  /** Marked invalid though the problem stands elsewhere. */
  readonly invalid?: boolean
  /** The id of a text elsewhere that is about this field. */
  readonly describedBy?: string | undefined
}

export function renderField(field: Field): Html {
  const { id, hint, problem } = field
  const isInvalid = field.invalid === true || problem !== undefined
  const describedBy = [field.describedBy, hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${id}">${field.label}${field.note !== undefined && html` <span class="note">${field.note}</span>`}</label>
<input id="${id}" name="${field.name}" type="${field.type}" autocomplete="${field.autocomplete}" autocapitalize="${field.autocapitalize ?? 'none'}" spellcheck="false"${
    field.value !== undefined && html` value="${field.value}"`
  }${field.required === true && html` required`}${field.autofocus === true && html` autofocus`}${
    isInvalid && html` aria-invalid="true"`
  }${describedBy !== '' && html` aria-describedby="${describedBy}"`}>${
    problem !== undefined && html`\n<p class="field-problem" id="${id}-problem">${problem}</p>`
  }${hint !== undefined && html`\n<p class="hint" id="${id}-hint">${hint}</p>`}
</div>`
}
