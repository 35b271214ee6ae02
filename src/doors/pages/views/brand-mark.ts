/** The mark of Sallyport: a gate with two doors, one of them open. The same drawing as `assets/logo.svg`. */

import { html } from '../../../lib/html.ts'

/** Takes its colours from the style sheet. */
export const brandMark = html`<svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
<path class="mark-gate" d="M2 31V16a14 14 0 0 1 28 0v15z"/>
<path class="mark-door" d="M15.4 7.02V31H7V16a9 9 0 0 1 8.4-8.98z"/>
<path class="mark-light" d="M16.6 7.02A9 9 0 0 1 25 16v15h-8.4z"/>
<path class="mark-door" d="M25 16v15l-3.8-2.6V11z"/>
</svg>`
