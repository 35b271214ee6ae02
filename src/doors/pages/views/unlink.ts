/** The question before an identity is unlinked: `POST /account/unlink` with `identity`, `csrf` and `decision` (`unlink`, `keep`). */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderAvatar } from './avatar.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface UnlinkPage extends Page {
  readonly csrf: string
  readonly identityId: string
  readonly upstreamName: string
  readonly upstreamLogoUrl?: string | undefined
  /** What the upstream calls the person. */
  readonly label?: string | undefined
  readonly account: ShownAccount
}

export function renderUnlink(page: UnlinkPage): string {
  const translate = translateTo(page.locale)
  const { upstreamName: name, label } = page
  const title = translate('unlink.title', { name })
  return renderPage(page, {
    title,
    body: html`${renderAvatar({ name, kind: 'app', imageUrl: page.upstreamLogoUrl })}
<h1>${title}</h1>
<p class="lead">${label === undefined ? translate('unlink.lead', { name }) : translate('unlink.leadAs', { name, label })}</p>
<form method="post" action="${page.basePath}/account/unlink" id="unlink-form">
${hiddenFields({ identity: page.identityId, csrf: page.csrf })}
${renderAccountLine(page.account, translate)}
<p class="hint">${translate('unlink.note', { name })}</p>
<div class="choices">
<button class="button" type="submit" id="keep" name="decision" value="keep">${translate('unlink.keep')}</button>
<button class="button primary" type="submit" id="unlink" name="decision" value="unlink">${translate('unlink.confirm')}</button>
</div>
</form>`,
  })
}
