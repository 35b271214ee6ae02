/** The front page, `/`: who is signed in here, or the way in. */

import { type Html, html } from '../../../lib/html.ts'
import type { Locale } from '../text/locale.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderCommand } from './command.ts'
import { renderEmblem } from './emblem.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface HomePage extends Page {
  readonly visitor: SignedInVisitor | SignedOutVisitor
}

export interface SignedOutVisitor {
  readonly kind: 'signed-out'
  /** A complete address or path. */
  readonly signInHref: string
}

export interface SignedInVisitor {
  readonly kind: 'signed-in'
  readonly csrf: string
  readonly account: ShownAccount
  readonly authTime: Date
  readonly isAdministrator: boolean
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

function wayIn({ signInHref }: SignedOutVisitor, translate: Translate): Html {
  return html`${renderEmblem('key')}
<h1>${translate('home.title')}</h1>
<p class="lead">${translate('home.lead')}</p>
<div class="actions"><a class="button primary" id="sign-in-link" href="${signInHref}">${translate('home.signIn')}</a></div>`
}

function whoOneIs(page: Page, visitor: SignedInVisitor, translate: Translate): Html {
  const time = new Intl.DateTimeFormat(CALENDARS[page.locale], SIGN_IN_TIME).format(visitor.authTime)
  return html`<h1>${translate('home.greeting', { name: visitor.account.name })}</h1>
<p class="lead"><time datetime="${visitor.authTime.toISOString()}">${translate('home.since', { time })}</time></p>
${renderAccountLine(visitor.account, translate)}
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
