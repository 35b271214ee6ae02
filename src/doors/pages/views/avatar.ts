/** The picture of an app or a person: the logo when there is one, over the first letter of the name. */

import { type Html, html } from '../../../lib/html.ts'
import { externalImage } from './external-url.ts'

export interface Avatar {
  readonly name: string
  readonly kind: 'app' | 'person'
  readonly imageUrl?: string | undefined
}

/** Decoration only: the name stands beside it. */
export function renderAvatar({ name, kind, imageUrl }: Avatar): Html {
  const image = externalImage(imageUrl)
  const letter = firstLetter(name)
  return html`<span class="avatar avatar-${kind}" aria-hidden="true">${letter}${
    image !== undefined &&
    html`<img src="${image}" alt="" data-letter="${letter}" width="56" height="56" referrerpolicy="no-referrer">`
  }</span>`
}

const LETTERS = new Intl.Segmenter()

function firstLetter(name: string): string {
  const [segment] = LETTERS.segment(name.trim())
  return segment?.segment.toLocaleUpperCase() ?? ''
}
