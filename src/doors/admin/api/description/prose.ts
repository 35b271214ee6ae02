/** Sentences in which names stand between backticks, as the fields have them, for a page. */

import { type Html, html } from '../../../../lib/html.ts'

export function prose(text: string): readonly (Html | string)[] {
  // Every second part stood between two of them; a last one without its other half is text.
  const parts = text.split('`')
  const isClosed = parts.length % 2 === 1
  return parts.map((part, index) => {
    if (index % 2 === 0) return part
    return index === parts.length - 1 && !isClosed ? `\`${part}` : html`<code>${part}</code>`
  })
}
