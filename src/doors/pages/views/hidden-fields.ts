/** Hidden form fields: what a page hands back to its own form handler. */

import { type Html, html } from '../../../lib/html.ts'

/** One `input` per entry; entries without a value are left out. */
export function hiddenFields(fields: Readonly<Record<string, string | undefined>>): readonly Html[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}">`],
  )
}
