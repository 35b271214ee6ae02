/** The page that posts an answer to the app (OAuth 2.0 Form Post Response Mode §2): by itself, or by its button where scripts are off. */

import { html } from '../../../lib/html.ts'
import type { ResponseParams } from '../../../spec/authorization-response.ts'
import { translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface FormPostPage extends Page {
  /** The app's redirect URI. */
  readonly action: string
  readonly params: ResponseParams
  /** It sends itself where scripts run; otherwise it waits for its button. */
  readonly sendsItself: boolean
}

/** Its digest stands in the page's policy, so it is the same on every page. */
export const FORM_POST_SCRIPT = html`document.forms[0].submit()`

export function renderFormPost(page: FormPostPage): string {
  const translate = translateTo(page.locale)
  const title = translate('answer.title')
  return renderPage(page, {
    title,
    body: html`${renderEmblem('check')}
<h1>${title}</h1>
<p class="lead">${translate('answer.text', { host: new URL(page.action).host })}</p>
<form method="post" action="${page.action}" id="answer">
${hiddenFields(Object.fromEntries(page.params))}
<button class="button primary" type="submit">${translate('answer.continue')}</button>
</form>
${page.sendsItself && html`<script>${FORM_POST_SCRIPT}</script>`}`,
  })
}
