/** The one-time link of a mail does not count: it is old or was used, or this is not the browser that asked for it. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface LinkMailInvalidPage extends Page {
  readonly reason: 'expired' | 'other-browser'
}

export function renderLinkMailInvalid(page: LinkMailInvalidPage): string {
  const translate = translateTo(page.locale)
  const isElsewhere = page.reason === 'other-browser'
  const title = translate(isElsewhere ? 'linkMailInvalid.otherTitle' : 'linkMailInvalid.title')
  return renderPage(page, {
    title,
    body: html`${renderEmblem('mail')}
<h1>${title}</h1>
<p class="lead">${translate(isElsewhere ? 'linkMailInvalid.other' : 'linkMailInvalid.text')}</p>
<div class="actions"><a class="button" id="home-link" href="${page.basePath}/">${translate('error.home')}</a></div>`,
  })
}
