/** The page after signing out. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface SignedOutPage extends Page {
  /** Back to the app that asked; a complete address, one of its registered ones. */
  readonly goBack?: { readonly href: string; readonly clientName: string } | undefined
  /** To sign in to Sallyport itself again; a complete address or path. */
  readonly signInHref?: string | undefined
}

export function renderSignedOut(page: SignedOutPage): string {
  const translate = translateTo(page.locale)
  const title = translate('signedOut.title')
  const { goBack, signInHref } = page
  return renderPage(page, {
    title,
    body: html`${renderEmblem('check')}
<h1>${title}</h1>
<p class="lead">${translate('signedOut.text')}</p>
<div class="actions">
${goBack !== undefined && html`<a class="button primary" id="go-back" href="${goBack.href}">${translate('signedOut.goBack', { clientName: goBack.clientName })}</a>`}
${signInHref !== undefined && html`<a class="button" id="sign-in-link" href="${signInHref}">${translate('signedOut.signIn')}</a>`}
</div>`,
  })
}
