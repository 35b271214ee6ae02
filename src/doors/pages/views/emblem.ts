/** The picture on top of a page that has no app to show. */

import { type Html, html } from '../../../lib/html.ts'
import { ICONS, type IconName } from './icons.ts'

export function renderEmblem(icon: IconName): Html {
  return html`<span class="avatar avatar-app">${ICONS[icon]}</span>`
}
