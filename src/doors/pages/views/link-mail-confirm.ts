/** The one-time link of a mail, before it counts: `POST /link-account/mail` with `token` and `csrf`. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS } from './icons.ts'
import { type Page, renderPage } from './page.ts'

export interface LinkMailConfirmPage extends Page {
  readonly token: string
  readonly csrf: string
  readonly upstreamName: string
  /** What the upstream calls the person. */
  readonly label?: string | undefined
  readonly username: string
}

export function renderLinkMailConfirm(page: LinkMailConfirmPage): string {
  const translate = translateTo(page.locale)
  const { upstreamName, label, username } = page
  const title = translate('linkMailConfirm.title', { upstreamName })
  const text =
    label === undefined
      ? translate('linkMailConfirm.text', { upstreamName, username })
      : translate('linkMailConfirm.textAs', { upstreamName, username, label })
  return renderPage(page, {
    title,
    body: html`${renderEmblem('link')}
<h1>${title}</h1>
<p class="lead">${text}</p>
<p class="warning">${ICONS.alert}<span>${translate('linkMailConfirm.warning', { upstreamName })}</span></p>
<form method="post" action="${page.basePath}/link-account/mail" id="link-account-mail">
${hiddenFields({ token: page.token, csrf: page.csrf })}
<button class="button primary" type="submit" id="confirm-link">${translate('linkMailConfirm.submit')}</button>
</form>`,
  })
}
