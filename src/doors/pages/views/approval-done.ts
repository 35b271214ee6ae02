/** The page after a decision about a device or a request from afar. */

import { html } from '../../../lib/html.ts'
import { type MessageKey, translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface ApprovalDonePage extends Page {
  readonly of: 'device' | 'backchannel'
  readonly decision: 'approved' | 'denied'
  readonly clientName: string
}

const TEXTS: Readonly<Record<ApprovalDonePage['of'], Readonly<Record<ApprovalDonePage['decision'], MessageKey>>>> = {
  device: { approved: 'approvalDone.deviceApproved', denied: 'approvalDone.deviceDenied' },
  backchannel: { approved: 'approvalDone.approved', denied: 'approvalDone.denied' },
}

export function renderApprovalDone(page: ApprovalDonePage): string {
  const translate = translateTo(page.locale)
  const { of, decision, clientName } = page
  const approved = decision === 'approved'
  const title = translate(approved ? 'approvalDone.approvedTitle' : 'approvalDone.deniedTitle')
  return renderPage(page, {
    title,
    body: html`${renderEmblem(approved ? 'check' : 'alert')}
<h1>${title}</h1>
<p class="lead" id="outcome">${translate(TEXTS[of][decision], { clientName })}</p>
<div class="actions"><a class="button" id="home-link" href="${page.basePath}/">${translate('error.home')}</a></div>`,
  })
}
