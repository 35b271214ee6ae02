/** The approval page: `POST /approve` with `flow`, `csrf` and `decision` (`approve`, `deny`, and for devices `other-account`). */

import { type Html, html } from '../../../lib/html.ts'
import type { AuthorizationDetail } from '../../../spec/authorization-details.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderDetails } from './authorization-details.ts'
import { renderAvatar } from './avatar.ts'
import { type ConsentClient, type ConsentResource, type ConsentScope, originNote, renderScopeList } from './consent.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS } from './icons.ts'
import { momentOf } from './moment.ts'
import { type Page, renderPage } from './page.ts'

export interface ApprovalPage extends Page {
  readonly flowId: string
  readonly csrf: string
  readonly client: Pick<ConsentClient, 'name' | 'origin' | 'clientId' | 'logoUrl'>
  readonly account: ShownAccount
  readonly asked: /** `WDJB-MJHT`. */
    | { readonly kind: 'device'; readonly userCode: string }
    | { readonly kind: 'backchannel'; readonly bindingMessage?: string | undefined }
  /** Where the request came from. */
  readonly address: string
  /** What the device or app calls itself; may be empty. */
  readonly userAgent: string
  readonly requestedAt: Date
  readonly scopes: readonly ConsentScope[]
  readonly resources: readonly ConsentResource[]
  readonly details: readonly AuthorizationDetail[]
}

const MAX_USER_AGENT = 80

export function renderApproval(page: ApprovalPage): string {
  const translate = translateTo(page.locale)
  const { client, asked } = page
  const clientName = client.name
  const title = translate(asked.kind === 'device' ? 'approval.deviceTitle' : 'approval.title', { clientName })
  return renderPage(page, {
    title,
    body: html`${renderAvatar({ name: clientName, kind: 'app', imageUrl: client.logoUrl })}
<h1>${title}</h1>
${originNote(client, translate)}
${compared(page, translate)}
<form method="post" action="${page.basePath}/approve" id="approval">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
${renderAccountLine(page.account, translate, asked.kind === 'device' ? otherAccount(translate) : undefined)}
${renderScopeList(page, translate)}
${renderDetails(page.details, translate)}
${origin(page, translate)}
<p class="warning">${ICONS.alert}<span>${translate(asked.kind === 'device' ? 'approval.deviceWarning' : 'approval.warning')}</span></p>
<div class="choices">
<button class="button" type="submit" id="deny" name="decision" value="deny">${translate('consent.deny')}</button>
<button class="button primary" type="submit" id="approve" name="decision" value="approve">${translate('consent.approve')}</button>
</div>
</form>`,
  })
}

/** RFC 8628 §3.3.1, CIBA Core §7.1: what the person sees on both sides, and compares. */
function compared({ asked, client }: ApprovalPage, translate: Translate): Html {
  if (asked.kind === 'device')
    return html`<p class="lead">${translate('approval.deviceLead')}</p>
<p class="user-code" id="user-code">${asked.userCode}</p>`
  const lead = translate('approval.lead', { clientName: client.name })
  if (asked.bindingMessage === undefined) return html`<p class="lead">${lead}</p>`
  return html`<p class="lead">${lead} ${translate('approval.compare')}</p>
<p class="binding-message" id="binding-message" dir="auto">${asked.bindingMessage}</p>`
}

function otherAccount(translate: Translate): Html {
  return html`<button class="text-button" type="submit" id="other-account" name="decision" value="other-account">${translate('account.useAnother')}</button>`
}

function origin({ locale, address, userAgent, requestedAt }: ApprovalPage, translate: Translate): Html {
  const agent = userAgent.length > MAX_USER_AGENT ? `${userAgent.slice(0, MAX_USER_AGENT)}…` : userAgent
  const time = momentOf(requestedAt, locale)
  return html`<ul class="facts" id="origin">
<li>${ICONS.place}<span>${translate('approval.from', { address })}</span></li>
${agent !== '' && html`<li>${ICONS.screen}<span dir="auto">${agent}</span></li>`}
<li>${ICONS.clock}<time datetime="${requestedAt.toISOString()}">${translate('approval.at', { time })}</time></li>
</ul>`
}
