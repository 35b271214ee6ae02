/** Nobody was signed in, though the upstream let them in: what stands in the way, and where to go from here. */

import type { RefusedArrival } from '../../../core/upstreams/arrival/arrival-decision.ts'
import { html } from '../../../lib/html.ts'
import { type MessageKey, translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { codeNote } from './error.ts'
import { type Page, renderPage } from './page.ts'

export interface ArrivalRefusedPage extends Page {
  readonly reason: RefusedArrival
  readonly upstreamName: string
  /** `XXXX-XXXX`, for `sallyport why`. */
  readonly code: string
  /** To the other ways to sign in, or back to the account page. */
  readonly wayOut: 'login' | 'account'
  readonly wayOutHref: string
}

const TEXTS: Readonly<Record<RefusedArrival, readonly [title: MessageKey, text: MessageKey]>> = {
  'unknown-person': ['arrivalRefused.unknownTitle', 'arrivalRefused.unknown'],
  'link-only': ['error.upstream.title', 'arrivalRefused.linkOnly'],
  unprovable: ['arrivalRefused.unprovableTitle', 'arrivalRefused.unprovable'],
  'other-identity': ['arrivalRefused.otherIdentityTitle', 'arrivalRefused.otherIdentity'],
  'linked-elsewhere': ['arrivalRefused.linkedElsewhereTitle', 'arrivalRefused.linkedElsewhere'],
  disabled: ['arrivalRefused.disabledTitle', 'arrivalRefused.disabled'],
  'no-password': ['arrivalRefused.noPasswordTitle', 'arrivalRefused.noPassword'],
  'not-signed-in': ['arrivalRefused.notSignedInTitle', 'arrivalRefused.notSignedIn'],
  mapping: ['arrivalRefused.mappingTitle', 'arrivalRefused.mapping'],
}

export function renderArrivalRefused(page: ArrivalRefusedPage): string {
  const translate = translateTo(page.locale)
  const { upstreamName, brandName } = page
  const [titleKey, textKey] = TEXTS[page.reason]
  const title = translate(titleKey, { upstreamName })
  return renderPage(page, {
    title,
    body: html`${renderEmblem('alert')}
<h1>${title}</h1>
<p class="lead">${translate(textKey, { upstreamName, brandName })}</p>
<div class="actions"><a class="button primary" id="way-out" href="${page.wayOutHref}">${translate(page.wayOut === 'login' ? 'error.otherWays' : 'error.toAccount')}</a></div>
${codeNote({ code: page.code }, translate)}`,
  })
}
