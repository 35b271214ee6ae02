/** The page that tells an answer to the app's own window (OAuth 2.0 Web Message Response Mode §4): to the origin of its redirect URI only. */

import { html } from '../../../lib/html.ts'
import type { ResponseParams } from '../../../spec/authorization-response.ts'
import { translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface WebMessagePage extends Page {
  /** Of the redirect URI; no window of another origin is told. */
  readonly origin: string
  readonly params: ResponseParams
  /** It tells by itself; without a script there is no other way, and nothing is told. */
  readonly sendsItself: boolean
}

/** Its digest stands in the page's policy, so what differs from page to page is in attributes. */
export const WEB_MESSAGE_SCRIPT = html`{
const { origin, response } = document.getElementById("answer").dataset
const app = window.opener ?? window.parent
if (app !== window) app.postMessage({ type: "authorization_response", response: JSON.parse(response) }, origin)
}`

export function renderWebMessage(page: WebMessagePage): string {
  const translate = translateTo(page.locale)
  const title = translate('answer.title')
  const response = JSON.stringify(Object.fromEntries(page.params))
  return renderPage(page, {
    title,
    body: html`${renderEmblem('check')}
<h1>${title}</h1>
<p class="lead" id="answer" data-origin="${page.origin}" data-response="${response}">${translate('answer.toWindow', { host: new URL(page.origin).host })}</p>
${page.sendsItself && html`<script>${WEB_MESSAGE_SCRIPT}</script>`}`,
  })
}
