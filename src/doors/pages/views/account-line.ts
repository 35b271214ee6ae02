/** Which account a page is about: picture, name and e-mail address or user name. */

import { type Html, html } from '../../../lib/html.ts'
import type { Translate } from '../text/text.ts'
import { renderAvatar } from './avatar.ts'

export interface ShownAccount {
  /** The display name, or the user name when there is none. */
  readonly name: string
  /** The e-mail address, or the user name when there is none. */
  readonly detail: string
}

/** `action` stands at the end of the line. */
export function renderAccountLine(account: ShownAccount, translate: Translate, action?: Html): Html {
  return html`<div class="account" id="account">
<div class="account-who">${renderAvatar({ name: account.name, kind: 'person' })}
<div class="account-text"><span class="visually-hidden">${translate('account.signedInAs')}</span> <strong>${account.name}</strong> <span>${account.detail}</span></div></div>
${action}
</div>`
}
