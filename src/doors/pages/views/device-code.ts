/** What a device with a screen shows: the address to open elsewhere, the code to type there, and both as a QR code. */

import { html } from '../../../lib/html.ts'
import { translateTo } from '../text/text.ts'
import { type Page, renderPage } from './page.ts'
import { type QrModules, renderQrCode } from './qr-code.ts'

export interface DeviceCodePage extends Page {
  /** `WDJB-MJHT`. */
  readonly userCode: string
  readonly verificationUri: string
  readonly qr: QrModules
}

export function renderDeviceCode(page: DeviceCodePage): string {
  const translate = translateTo(page.locale)
  const title = translate('deviceCode.title')
  return renderPage(page, {
    title,
    body: html`<h1>${title}</h1>
<p class="lead">${translate('deviceCode.lead')}</p>
${renderQrCode(page.qr, translate('deviceCode.qr'))}
<p class="hint centred">${translate('deviceCode.orOpen')}</p>
<p class="verification-uri" id="verification-uri">${page.verificationUri.replace(/^https?:\/\//, '')}</p>
<p class="hint centred">${translate('deviceCode.andEnter')}</p>
<p class="user-code" id="user-code">${page.userCode}</p>`,
  })
}
