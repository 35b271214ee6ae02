/** The front page, `/`: who is signed in here, or the way in. */

import { type Html, html } from '../../../lib/html.ts'
import type { Locale } from '../text/locale.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderAvatar } from './avatar.ts'
import { renderCommand } from './command.ts'
import { renderEmblem } from './emblem.ts'
import { externalLink } from './external-url.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS } from './icons.ts'
import { momentOf } from './moment.ts'
import { type Page, renderPage } from './page.ts'

export interface HomePage extends Page {
  readonly visitor: SignedInVisitor | SignedOutVisitor
}

export interface SignedOutVisitor {
  readonly kind: 'signed-out'
  /** A complete address or path. */
  readonly signInHref: string
  /** The page with all ways to sign in, where `signInHref` leads to one of them at once. */
  readonly otherWaysHref?: string | undefined
}

export interface SignedInVisitor {
  readonly kind: 'signed-in'
  readonly csrf: string
  readonly account: ShownAccount
  readonly authTime: Date
  readonly isAdministrator: boolean
  /** What apps ask from afar (CIBA Core §8), oldest first. */
  readonly approvals: readonly ShownApproval[]
  /** By name. */
  readonly apps: readonly ShownApp[]
}

export interface ShownApproval {
  readonly clientName: string
  readonly clientLogoUrl?: string | undefined
  readonly bindingMessage?: string | undefined
  readonly requestedAt: Date
  /** The page that decides. */
  readonly href: string
}

export interface ShownApp {
  readonly name: string
  readonly logoUrl?: string
  /** Where the app begins a sign-in of its own. */
  readonly href: string
}

export function renderHome(page: HomePage): string {
  const translate = translateTo(page.locale)
  const { visitor } = page
  return visitor.kind === 'signed-out'
    ? renderPage(page, { title: translate('home.title'), body: wayIn(visitor, translate) })
    : renderPage(page, {
        title: translate('home.greeting', { name: visitor.account.name }),
        body: whoOneIs(page, visitor, translate),
      })
}

function wayIn({ signInHref, otherWaysHref }: SignedOutVisitor, translate: Translate): Html {
  return html`${renderEmblem('key')}
<h1>${translate('home.title')}</h1>
<p class="lead">${translate('home.lead')}</p>
<div class="actions"><a class="button primary" id="sign-in-link" href="${signInHref}">${translate('home.signIn')}</a>${
    otherWaysHref !== undefined &&
    html`<a class="button" id="other-ways" href="${otherWaysHref}">${translate('error.otherWays')}</a>`
  }</div>`
}

function whoOneIs(page: Page, visitor: SignedInVisitor, translate: Translate): Html {
  const time = new Intl.DateTimeFormat(CALENDARS[page.locale], SIGN_IN_TIME).format(visitor.authTime)
  return html`<h1>${translate('home.greeting', { name: visitor.account.name })}</h1>
<p class="lead"><time datetime="${visitor.authTime.toISOString()}">${translate('home.since', { time })}</time></p>
${renderAccountLine(visitor.account, translate, html`<a class="text-button" id="account-link" href="${page.basePath}/account">${translate('home.account')}</a>`)}
${visitor.approvals.length > 0 && approvalList(page, visitor.approvals, translate)}
${visitor.apps.length > 0 && appList(visitor.apps, translate)}
${
  visitor.isAdministrator &&
  html`<p class="hint">${translate('home.administrator')}</p>
${renderCommand('./bin/sallyport client list\n./bin/sallyport account list')}`
}
<form method="post" action="${page.basePath}/sign-out" id="sign-out">
${hiddenFields({ csrf: visitor.csrf })}
<button class="button" type="submit" id="sign-out-button" name="decision" value="sign-out">${translate('home.signOut')}</button>
</form>`
}

function approvalList({ locale }: Page, approvals: readonly ShownApproval[], translate: Translate): Html {
  return html`<h2 id="approvals-title">${translate('home.waiting')}</h2>
<ul class="apps approvals" id="approvals" aria-labelledby="approvals-title">${approvals.map(
    ({ clientName, clientLogoUrl, bindingMessage, requestedAt, href }) =>
      html`<li><a href="${href}">${renderAvatar({ name: clientName, kind: 'app', imageUrl: clientLogoUrl })}<span><strong>${clientName}</strong>${
        bindingMessage !== undefined && html` <span dir="auto">${bindingMessage}</span>`
      } <time datetime="${requestedAt.toISOString()}">${momentOf(requestedAt, locale)}</time></span> <span class="badge">${translate('home.review')}</span></a></li>`,
  )}</ul>`
}

function appList(apps: readonly ShownApp[], translate: Translate): Html {
  return html`<h2 id="apps-title">${translate('home.apps')}</h2>
<ul class="apps" id="apps" aria-labelledby="apps-title">${apps.map(appLine)}</ul>`
}

function appLine({ name, logoUrl, href }: ShownApp): Html | undefined {
  const link = externalLink(href)
  if (link === undefined) return undefined
  return html`<li><a href="${link}">${renderAvatar({ name, kind: 'app', imageUrl: logoUrl })}<span>${name}</span><span class="onward">${ICONS.back}</span></a></li>`
}

// Our English is British.
const CALENDARS: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' }

// The server does not know where the person is, so the time zone is said.
const SIGN_IN_TIME: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
}
