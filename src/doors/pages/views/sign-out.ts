/** The question before signing out (RP-Initiated Logout §2): `POST /sign-out` with `flow`, `csrf` and `decision`. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderAvatar } from './avatar.ts'
import { renderEmblem } from './emblem.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface SignOutPage extends Page {
  /** Absent when no app asked. */
  readonly flowId?: string | undefined
  readonly csrf: string
  readonly account: ShownAccount
  /** The app that asked. */
  readonly client?: { readonly name: string; readonly logoUrl?: string | undefined } | undefined
  /** What came with the link and travels on to an upstream. */
  readonly further?: readonly (readonly [name: string, value: string])[] | undefined
}

/** `decision` is `sign-out` or `stay`. */
export function renderSignOut(page: SignOutPage): string {
  const translate = translateTo(page.locale)
  const { client, brandName } = page
  const title = translate('signOut.title')
  return renderPage(page, {
    title,
    body: html`${
      client === undefined
        ? renderEmblem('leave')
        : renderAvatar({ name: client.name, kind: 'app', imageUrl: client.logoUrl })
    }
<h1>${title}</h1>
<p class="lead">${
      client === undefined
        ? translate('signOut.lead', { brandName })
        : translate('signOut.askedBy', { clientName: client.name, brandName })
    }</p>
<form method="post" action="${page.basePath}/sign-out" id="sign-out">
${hiddenFields({ ...Object.fromEntries(page.further ?? []), flow: page.flowId, csrf: page.csrf })}
${renderAccountLine(page.account, translate)}
<p class="hint">${translate('signOut.note')}</p>
<div class="choices">
<button class="button" type="submit" id="stay" name="decision" value="stay">${translate('signOut.stay')}</button>
<button class="button primary" type="submit" id="confirm-sign-out" name="decision" value="sign-out">${translate('signOut.confirm')}</button>
</div>
</form>`,
  })
}
