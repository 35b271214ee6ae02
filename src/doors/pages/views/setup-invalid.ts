/** The page behind a set-up link that opens nothing: set-up is done already, or the link is used up or expired. */

import { html } from '../../../lib/html.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderCommand } from './command.ts'
import { renderEmblem } from './emblem.ts'
import { type Content, type Page, renderPage } from './page.ts'

export interface SetupInvalidPage extends Page {
  readonly administratorExists: boolean
  /** A complete address or path. */
  readonly signInHref: string
}

export function renderSetupInvalid(page: SetupInvalidPage): string {
  const translate = translateTo(page.locale)
  return renderPage(page, page.administratorExists ? setUpAlready(page, translate) : newLink(translate))
}

function setUpAlready({ brandName, signInHref }: SetupInvalidPage, translate: Translate): Content {
  const title = translate('setupInvalid.doneTitle')
  return {
    title,
    body: html`${renderEmblem('check')}
<h1>${title}</h1>
<p class="lead">${translate('setupInvalid.doneText', { brandName })}</p>
<div class="actions"><a class="button primary" id="sign-in-link" href="${signInHref}">${translate('setupInvalid.signIn')}</a></div>`,
  }
}

function newLink(translate: Translate): Content {
  const title = translate('setupInvalid.title')
  return {
    title,
    body: html`${renderEmblem('clock')}
<h1>${title}</h1>
<p class="lead">${translate('setupInvalid.text')}</p>
${renderCommand('./bin/sallyport setup-link')}`,
  }
}
