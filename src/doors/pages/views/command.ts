/** A command for the shell, as it is typed. */

import { type Html, html } from '../../../lib/html.ts'

/** Lines break where the text has line breaks. */
export function renderCommand(command: string): Html {
  return html`<pre class="command"><code>${command}</code></pre>`
}
