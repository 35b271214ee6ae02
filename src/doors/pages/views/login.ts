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
import { leaveForm } from './profile.ts'

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
  /** In the order they are shown. */
  readonly upstreams?: readonly ShownUpstream[]
  /** Whoever types an address of some domain signs in elsewhere. */
  readonly passwordOptional?: boolean
  /** A live session that the person may go on with (`prompt=select_account`). */
  readonly continueAs?: { readonly name: string; readonly username: string } | undefined
  /** Somebody is signed in, but the app wants fresh proof (`prompt=login`, `max_age`). */
  readonly reauthenticate?: { readonly username: string } | undefined
  /** What the sign-in is for besides: an account is to be linked with an upstream, or its password is asked for after one. */
  readonly proof?: { readonly kind: 'link' | 'post-login'; readonly upstreamName: string } | undefined
}

export interface ShownUpstream {
  /** In the id of its link: `upstream-ALIAS`. */
  readonly alias: string
  readonly name: string
  readonly logoUrl?: string | undefined
  /** A complete address or path. */
  readonly href: string
}

export type LoginProblem =
  /** The same for an unknown user, a wrong password and a disabled account: the page must not tell them apart. */
  | { readonly kind: 'wrong-credentials' }
  | { readonly kind: 'slow-down'; readonly seconds: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'password-missing' }
  /** The right password of another account than the one that has to be proven. */
  | { readonly kind: 'other-account' }
  /** The person broke off at the upstream; nothing is wrong with what they typed here. */
  | { readonly kind: 'cancelled'; readonly upstreamName: string }

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
${upstreamLinks(page, translate)}
${page.proof !== undefined && leaveForm(page, translate('linkAccount.cancel'))}
${page.clientLinks !== undefined && clientLinks(page.clientLinks, translate)}`,
  })
}

// Both in one place of fixed height: the fields stay where they are when a problem appears.
function leadOrProblem(page: LoginPage, translate: Translate): Html {
  if (page.problem !== undefined) return renderAlert(problemText(page.problem, translate))
  if (page.proof !== undefined) {
    const { kind, upstreamName } = page.proof
    return html`<p class="lead" id="proof">${translate(kind === 'link' ? 'login.proofForLink' : 'login.proofAfter', { upstreamName })}</p>`
  }
  const lead =
    page.reauthenticate === undefined
      ? translate('login.lead', { brandName: page.brandName })
      : translate(hasUpstreams(page) ? 'login.reauthenticateAnyWay' : 'login.reauthenticate')
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
    case 'password-missing':
      return translate('login.passwordMissing')
    case 'other-account':
      return translate('login.notThatAccount')
    case 'cancelled':
      return translate('login.cancelled', { upstreamName: problem.upstreamName })
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
  const isAboutFields = page.problem !== undefined && page.problem.kind !== 'cancelled'
  const about = {
    required: true,
    invalid: page.problem?.kind === 'wrong-credentials',
    describedBy: isAboutFields ? 'problem' : undefined,
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
  required: page.passwordOptional !== true,
  hint: page.passwordOptional === true ? translate('login.passwordOptional') : undefined,
  invalid: about.invalid || page.problem?.kind === 'password-missing',
  autocomplete: 'current-password',
  autofocus: maySetFocus && username !== '',
})}
<button class="button primary" type="submit" id="sign-in">${translate('login.submit')}</button>
</form>`
}

function hasUpstreams({ upstreams = [] }: LoginPage): boolean {
  return upstreams.length > 0
}

function upstreamLinks(page: LoginPage, translate: Translate): Html | undefined {
  const { upstreams = [] } = page
  if (upstreams.length === 0) return undefined
  return html`<p class="divider"><span>${translate('login.or')}</span></p>
<ul class="apps upstreams" id="upstreams">${upstreams.map(
    ({ alias, name, logoUrl, href }) =>
      html`<li><a id="upstream-${alias}" href="${href}">${renderAvatar({ name, kind: 'app', imageUrl: logoUrl })}<span>${translate('login.through', { upstreamName: name })}</span></a></li>`,
  )}</ul>`
}
