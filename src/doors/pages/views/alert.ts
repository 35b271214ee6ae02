/** What has gone wrong, above the form that it is about. Read out by screen readers when the page opens. */

import { type Html, html } from '../../../lib/html.ts'
import { ICONS } from './icons.ts'

/** `#problem`: fields refer to it by `aria-describedby`. */
export function renderAlert(text: string): Html {
  return html`<p class="alert" id="problem" role="alert">${ICONS.alert}<span>${text}</span></p>`
}
