/** The error page: a friendly sentence and a short code; what really happened stays in the trace. */

import type { ErrorKind } from '../../../http/error-page.ts'
import { type Html, html } from '../../../lib/html.ts'
import { type MessageKey, type Translate, translateTo } from '../text/text.ts'
import { renderEmblem } from './emblem.ts'
import { type Page, renderPage } from './page.ts'

export interface ErrorPage extends Page {
  readonly kind: ErrorKind
  /** `XXXX-XXXX`, for `sallyport why`. */
  readonly code?: string | undefined
  /** Where the same thing can be tried again; a complete address or path. */
  readonly retryHref?: string | undefined
  /** With the kind `upstream`: its name, whether it was being linked to an account, and where the same way begins again. */
  readonly upstream?: { readonly name: string; readonly isLinking: boolean; readonly againUrl: string } | undefined
  /** The way back to the app; a complete address, checked by whoever gives it. */
  readonly goBack?: { readonly href: string; readonly clientName: string } | undefined
}

interface ErrorText {
  readonly title: MessageKey
  readonly text: MessageKey
  /** On the link of `retryHref`. */
  readonly retry: MessageKey
}

const TEXTS: Readonly<Record<ErrorKind, ErrorText>> = {
  'unknown-client': {
    title: 'error.unknownClient.title',
    text: 'error.unknownClient.text',
    retry: 'error.startAgain',
  },
  'bad-redirect-uri': {
    title: 'error.badRedirectUri.title',
    text: 'error.badRedirectUri.text',
    retry: 'error.startAgain',
  },
  'bad-request': { title: 'error.badRequest.title', text: 'error.badRequest.text', retry: 'error.startAgain' },
  stale: { title: 'error.stale.title', text: 'error.stale.text', retry: 'error.startAgain' },
  upstream: { title: 'error.upstream.title', text: 'error.upstream.text', retry: 'error.otherWays' },
  used: { title: 'error.used.title', text: 'error.used.text', retry: 'error.startAgain' },
  'no-cookies': { title: 'error.noCookies.title', text: 'error.noCookies.text', retry: 'error.startAgain' },
  'server-error': { title: 'error.serverError.title', text: 'error.serverError.text', retry: 'error.tryAgain' },
  'not-found': { title: 'error.notFound.title', text: 'error.notFound.text', retry: 'error.startAgain' },
  'too-large': { title: 'error.tooLarge.title', text: 'error.tooLarge.text', retry: 'error.tryAgain' },
  busy: { title: 'error.busy.title', text: 'error.busy.text', retry: 'error.tryAgain' },
}

const LINKING: ErrorText = {
  title: 'error.upstreamLink.title',
  text: 'error.upstreamLink.text',
  retry: 'error.toAccount',
}

export function renderError(page: ErrorPage): string {
  const translate = translateTo(page.locale)
  const text = page.upstream?.isLinking === true ? LINKING : TEXTS[page.kind]
  const title = translate(text.title, { upstreamName: page.upstream?.name ?? '' })
  return renderPage(page, {
    title,
    body: html`${renderEmblem('alert')}
<h1>${title}</h1>
<p class="lead">${translate(text.text, { brandName: page.brandName, upstreamName: page.upstream?.name ?? '' })}</p>
${page.kind === 'not-found' ? wayHome(page, translate) : actions(page, text, translate)}
${codeNote(page, translate)}`,
  })
}

/** Nothing can be tried again where nothing is. */
function wayHome({ basePath }: ErrorPage, translate: Translate): Html {
  return html`<div class="actions"><a class="button primary" id="home-link" href="${basePath}/">${translate('error.home')}</a></div>`
}

function actions({ retryHref, goBack, upstream }: ErrorPage, text: ErrorText, translate: Translate): Html | undefined {
  if (retryHref === undefined && goBack === undefined) return undefined
  const again = upstream?.isLinking === false ? upstream.againUrl : undefined
  return html`<div class="actions">
${again !== undefined && html`<a class="button primary" id="again" href="${again}">${translate('error.tryAgain')}</a>`}
${retryHref !== undefined && html`<a class="button${again === undefined && ' primary'}" id="retry" href="${retryHref}">${translate(text.retry)}</a>`}
${
  goBack !== undefined &&
  html`<a class="button${retryHref === undefined && ' primary'}" id="go-back" href="${goBack.href}">${translate('error.goBack', { clientName: goBack.clientName })}</a>`
}
</div>`
}

export function codeNote({ code }: Pick<ErrorPage, 'code'>, translate: Translate): Html | undefined {
  if (code === undefined) return undefined
  return html`<div class="code-note">
<p><span>${translate('error.code')}</span> <code id="error-code">${code}</code></p>
<p class="hint">${translate('error.codeHint')}</p>
</div>`
}
