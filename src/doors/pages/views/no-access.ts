/** The app is not for this person: `POST /no-access` with `flow`, `csrf` and `decision` (`back`, `sign-in`, `other-account`). */

import { type Html, html } from '../../../lib/html.ts'
import { type MessageKey, type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderEmblem } from './emblem.ts'
import { codeNote } from './error.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface NoAccessPage extends Page {
  readonly flowId: string
  readonly csrf: string
  readonly clientName: string
  readonly account: ShownAccount
  /** `second-factor`: one is missing, and there is a way to sign in that may bring it. `no-second-factor`: there is none. */
  readonly reason: 'closed' | 'second-factor' | 'no-second-factor'
  /** An app that waits elsewhere cannot be gone back to: its request is ended. */
  readonly wayBack: 'app' | 'request'
  /** Only one person can decide what an app asked from afar. */
  readonly maySwitch: boolean
  /** `XXXX-XXXX`, for `sallyport why`. */
  readonly code: string
}

const TEXTS: Readonly<Record<NoAccessPage['reason'], readonly [title: MessageKey, text: MessageKey]>> = {
  closed: ['noAccess.title', 'noAccess.text'],
  'second-factor': ['noAccess.secondFactorTitle', 'noAccess.secondFactor'],
  'no-second-factor': ['noAccess.secondFactorTitle', 'noAccess.noSecondFactor'],
}

export function renderNoAccess(page: NoAccessPage): string {
  const translate = translateTo(page.locale)
  const { clientName, brandName, reason, account, code } = page
  const [titleKey, textKey] = TEXTS[reason]
  const title = translate(titleKey, { clientName })
  return renderPage(page, {
    title,
    body: html`${renderEmblem('alert')}
<h1>${title}</h1>
<p class="lead">${translate(textKey, { clientName, brandName })}</p>
<form method="post" action="${page.basePath}/no-access" id="no-access">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
${renderAccountLine(account, translate, page.maySwitch ? switchButton(translate) : undefined)}
${actions(page, translate)}
</form>
${codeNote({ code }, translate)}`,
  })
}

function switchButton(translate: Translate): Html {
  return html`<button class="text-button" type="submit" id="other-account" name="decision" value="other-account">${translate('account.useAnother')}</button>`
}

function actions({ reason, wayBack, clientName }: NoAccessPage, translate: Translate): Html {
  const back = translate(wayBack === 'app' ? 'error.goBack' : 'noAccess.end', { clientName })
  const maySignIn = reason === 'second-factor'
  return html`<div class="actions">
${maySignIn && html`<button class="button primary" type="submit" id="sign-in" name="decision" value="sign-in">${translate('error.otherWays')}</button>`}
<button class="button${!maySignIn && ' primary'}" type="submit" id="go-back" name="decision" value="back">${back}</button>
</div>`
}
