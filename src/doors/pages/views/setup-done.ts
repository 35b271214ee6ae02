/** The page after the first administrator was created: what to do next. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderCommand } from './command.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface SetupDonePage extends Page {
  /** Of the new administrator. */
  readonly name: string
  readonly issuer: string
}

const CREATE_CLIENT =
  './bin/sallyport client create \\\n  "My app" confidential \\\n  -u https://app.example.org/callback'
const CREATE_ACCOUNT = './bin/sallyport account create ada \\\n  --email ada@example.org'

export function renderSetupDone(page: SetupDonePage): string {
  const translate = translateTo(page.locale)
  const { brandName } = page
  const title = translate('setupDone.title', { name: page.name })
  return renderPage(page, {
    title,
    body: html`${renderEmblem('check')}
<h1>${title}</h1>
<p class="lead">${translate('setupDone.text', { brandName })}</p>
<h2>${translate('setupDone.next')}</h2>
<ol class="steps">
<li><p>${translate('setupDone.client', { brandName })}</p>
${renderCommand(CREATE_CLIENT)}</li>
<li><p>${translate('setupDone.discovery')}</p>
${renderCommand(page.issuer)}</li>
<li><p>${translate('setupDone.account')}</p>
${renderCommand(CREATE_ACCOUNT)}</li>
</ol>
<div class="actions"><a class="button primary" id="home-link" href="${page.basePath}/">${translate('setupDone.home', { brandName })}</a></div>`,
  })
}
