/** Typing the code of a device: `POST /device` with `user_code` (RFC 8628 §3.3). */

import { html } from '../../../lib/html.ts'
import { durationValues } from '../text/duration.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAlert } from './alert.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface DevicePage extends Page {
  /** What was typed, or came with the link. */
  readonly userCode?: string | undefined
  readonly problem?: DeviceProblem | undefined
  /** The code came with a link or a QR code, and the person has to compare it. */
  readonly isFromLink: boolean
}

export type DeviceProblem =
  /** It has letters that no code has, or too few or too many. */
  | { readonly kind: 'not-a-code' }
  /** The same for codes that never were, were used, or are over. */
  | { readonly kind: 'unknown-code' }
  | { readonly kind: 'slow-down'; readonly seconds: number }

export function renderDevice(page: DevicePage): string {
  const translate = translateTo(page.locale)
  const { userCode = '', problem } = page
  const title = translate('device.title')
  const lead = page.isFromLink && userCode !== '' ? 'device.compare' : 'device.lead'
  const describedBy = problem === undefined ? 'user-code-hint' : 'problem user-code-hint'
  return renderPage(page, {
    title,
    body: html`${renderEmblem('screen')}
<h1>${title}</h1>
<div class="slot">${problem === undefined ? html`<p class="lead">${translate(lead)}</p>` : renderAlert(problemText(problem, translate))}</div>
<form method="post" action="${page.basePath}/device" id="device">
<div class="field">
<label for="user-code">${translate('device.code')}</label>
<input class="user-code-input" id="user-code" name="user_code" type="text" inputmode="text" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="32" placeholder="XXXX-XXXX" value="${userCode}" required autofocus${
      problem !== undefined && problem.kind !== 'slow-down' && html` aria-invalid="true"`
    } aria-describedby="${describedBy}">
<p class="hint" id="user-code-hint">${translate('device.hint')}</p>
</div>
<button class="button primary" type="submit" id="continue">${translate('device.submit')}</button>
</form>`,
  })
}

function problemText(problem: DeviceProblem, translate: Translate): string {
  switch (problem.kind) {
    case 'not-a-code':
      return translate('device.notACode')
    case 'unknown-code':
      return translate('device.unknownCode')
    case 'slow-down':
      return translate('device.slowDown', durationValues(problem.seconds))
  }
}
