/** The sign-in page: `POST /login` with `flow`, `csrf`, `username` and `password`, or `continue=yes`. */

import { type Html, html } from '../../../lib/html.ts'
import { durationValues } from '../text/duration.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAlert } from './alert.ts'
import { renderAvatar } from './avatar.ts'
import { type ConsentClient, clientLinks } from './consent.ts'
import { renderField } from './field.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export interface LoginPage extends Page {
  readonly flowId: string
  readonly csrf: string
  /** Absent when somebody signs in to Sallyport itself. */
  readonly clientName?: string | undefined
  readonly clientLogoUrl?: string | undefined
  /** What people may read about the app before they sign in to it. */
  readonly clientLinks?: ConsentClient | undefined
  /** What the app says of the person (OIDC Core §3.1.2.1); prefills the user name. */
  readonly loginHint?: string | undefined
  /** What was typed before a problem; goes before `loginHint`. */
  readonly username?: string | undefined
  readonly problem?: LoginProblem | undefined
  /** A live session that the person may go on with (`prompt=select_account`). */
  readonly continueAs?: { readonly name: string; readonly username: string } | undefined
  /** Somebody is signed in, but the app wants fresh proof (`prompt=login`, `max_age`). */
  readonly reauthenticate?: { readonly username: string } | undefined
}

export type LoginProblem =
  /** The same for an unknown user, a wrong password and a disabled account: the page must not tell them apart. */
  | { readonly kind: 'wrong-credentials' }
  | { readonly kind: 'slow-down'; readonly seconds: number }
  | { readonly kind: 'busy' }

export function renderLogin(page: LoginPage): string {
  const translate = translateTo(page.locale)
  const { clientName } = page
  const title = clientName === undefined ? translate('login.title') : translate('login.titleFor', { clientName })
  return renderPage(page, {
    title,
    body: html`${
      clientName !== undefined && renderAvatar({ name: clientName, kind: 'app', imageUrl: page.clientLogoUrl })
    }
<h1>${title}</h1>
<div class="slot">${leadOrProblem(page, translate)}</div>
${continueForm(page, translate)}
${passwordForm(page, translate)}
${page.clientLinks !== undefined && clientLinks(page.clientLinks, translate)}`,
  })
}

// Both in one place of fixed height: the fields stay where they are when a problem appears.
function leadOrProblem(page: LoginPage, translate: Translate): Html {
  if (page.problem !== undefined) return renderAlert(problemText(page.problem, translate))
  const lead =
    page.reauthenticate === undefined
      ? translate('login.lead', { brandName: page.brandName })
      : translate('login.reauthenticate')
  return html`<p class="lead">${lead}</p>`
}

function problemText(problem: LoginProblem, translate: Translate): string {
  switch (problem.kind) {
    case 'wrong-credentials':
      return translate('login.wrongCredentials')
    case 'slow-down':
      return translate('login.slowDown', durationValues(problem.seconds))
    case 'busy':
      return translate('login.busy')
  }
}

function continueForm(page: LoginPage, translate: Translate): Html | undefined {
  if (page.continueAs === undefined) return undefined
  const { name, username } = page.continueAs
  return html`<form method="post" action="${page.basePath}/login" id="continue">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
<button class="account-button" type="submit" id="continue-as" name="continue" value="yes">
${renderAvatar({ name, kind: 'person' })}
<span class="account-text"><strong>${translate('login.continueAs', { name })}</strong> <span>${username}</span></span>
</button>
</form>
<p class="divider"><span>${translate('login.otherAccount')}</span></p>`
}

function passwordForm(page: LoginPage, translate: Translate): Html {
  const username = page.username ?? page.reauthenticate?.username ?? page.loginHint ?? ''
  const maySetFocus = page.continueAs === undefined
  const about = {
    required: true,
    invalid: page.problem?.kind === 'wrong-credentials',
    describedBy: page.problem && 'problem',
  }
  return html`<form method="post" action="${page.basePath}/login" id="login">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
${renderField({
  ...about,
  id: 'username',
  name: 'username',
  type: 'text',
  label: translate('login.username'),
  autocomplete: 'username',
  value: username,
  autofocus: maySetFocus && username === '',
})}
${renderField({
  ...about,
  id: 'password',
  name: 'password',
  type: 'password',
  label: translate('login.password'),
  autocomplete: 'current-password',
  autofocus: maySetFocus && username !== '',
})}
<button class="button primary" type="submit" id="sign-in">${translate('login.submit')}</button>
</form>`
}
