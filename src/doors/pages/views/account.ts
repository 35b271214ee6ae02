/** The account page: who one is, and one's ways to sign in. `POST /account/link` with `csrf` and `upstream`. */

import { type Html, html } from '../../../lib/html.ts'
import { type MessageKey, type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderAlert } from './alert.ts'
import { renderAvatar } from './avatar.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS } from './icons.ts'
import { dayOf } from './moment.ts'
import { type Page, renderPage } from './page.ts'

export interface AccountPage extends Page {
  readonly csrf: string
  readonly account: ShownAccount
  readonly hasPassword: boolean
  readonly linked: readonly ShownIdentity[]
  readonly linkable: readonly ShownUpstream[]
  /** Of the attributes of this house, those that apps may come to read. */
  readonly kept?: readonly KeptAttribute[]
  readonly problem?: AccountProblem | undefined
}

export interface KeptAttribute {
  readonly title: string
  readonly value: string
}

/** `not-fresh`: an upstream let the person in without asking, where they should have proven who they are. */
export type AccountProblem = 'last-way-in' | 'not-fresh' | 'gone'

export interface ShownUpstream {
  readonly name: string
  readonly alias: string
  readonly logoUrl?: string | undefined
}

export interface ShownIdentity extends ShownUpstream {
  readonly id: string
  /** What the upstream calls the person. */
  readonly label?: string | undefined
  readonly linkedAt: Date
  readonly lastSignInAt?: Date | undefined
  /** Nobody signs in through it; why. */
  readonly unused?: 'disabled' | 'link-only' | undefined
  readonly mayUnlink: boolean
}

export function renderAccount(page: AccountPage): string {
  const translate = translateTo(page.locale)
  const { linkable, kept = [], problem } = page
  const title = translate('account.title', { name: page.account.name })
  return renderPage(page, {
    title,
    body: html`<h1>${title}</h1>
${problem !== undefined && renderAlert(translate(PROBLEMS[problem]))}
${renderAccountLine(page.account, translate)}
<h2 id="ways-title">${translate('account.ways')}</h2>
<ul class="ways" id="ways" aria-labelledby="ways-title">${passwordLine(page, translate)}${page.linked.map(identity =>
      identityLine(identity, page, translate),
    )}</ul>
${linkable.length > 0 && linkableList(page, translate)}
${kept.length > 0 && keptList(kept, translate)}
<div class="actions"><a class="button" id="home-link" href="${page.basePath}/">${translate('account.home')}</a></div>`,
  })
}

const PROBLEMS: Readonly<Record<AccountProblem, MessageKey>> = {
  'last-way-in': 'account.lastWayIn',
  'not-fresh': 'account.notFresh',
  gone: 'account.gone',
}

function passwordLine({ hasPassword }: AccountPage, translate: Translate): Html {
  return html`<li id="password"><span class="avatar avatar-app">${ICONS.key}</span><span class="way-text"><strong>${translate('account.password')}</strong><span>${translate(hasPassword ? 'account.passwordSet' : 'account.passwordNotSet')}</span></span></li>`
}

function identityLine(identity: ShownIdentity, { basePath, locale }: AccountPage, translate: Translate): Html {
  const { id, alias, name, logoUrl, label, linkedAt, lastSignInAt, unused, mayUnlink } = identity
  return html`<li data-upstream="${alias}">${renderAvatar({ name, kind: 'app', imageUrl: logoUrl })}<span class="way-text"><strong>${name}</strong>${
    label !== undefined && html`<span dir="auto">${label}</span>`
  }<span>${translate('account.linkedOn', { date: dayOf(linkedAt, locale) })}</span>${
    lastSignInAt !== undefined &&
    html`<span>${translate('account.lastUsed', { date: dayOf(lastSignInAt, locale) })}</span>`
  }${
    unused !== undefined &&
    html`<span>${translate(unused === 'disabled' ? 'account.wayDisabled' : 'account.wayLinkOnly')}</span>`
  }${!mayUnlink && html`<span>${translate('account.onlyWay')}</span>`}</span>${
    mayUnlink &&
    html`<a class="text-button" href="${basePath}/account/unlink?identity=${id}">${translate('account.unlink')}<span class="visually-hidden"> ${name}</span></a>`
  }</li>`
}

function linkableList({ linkable, basePath, csrf }: AccountPage, translate: Translate): Html {
  return html`<h2 id="linkable-title">${translate('account.linkable')}</h2>
<ul class="ways" id="linkable" aria-labelledby="linkable-title">${linkable.map(
    ({ alias, name, logoUrl }) =>
      html`<li data-upstream="${alias}">${renderAvatar({ name, kind: 'app', imageUrl: logoUrl })}<span class="way-text"><strong>${name}</strong></span><form method="post" action="${basePath}/account/link">${hiddenFields({ csrf, upstream: alias })}<button class="text-button" type="submit">${translate('account.link')}<span class="visually-hidden"> ${name}</span></button></form></li>`,
  )}</ul>`
}

function keptList(kept: readonly KeptAttribute[], translate: Translate): Html {
  return html`<h2 id="kept-title">${translate('account.kept')}</h2>
<ul class="ways" id="kept" aria-labelledby="kept-title">${kept.map(
    ({ title, value }) =>
      html`<li><span class="avatar avatar-app">${ICONS.person}</span><span class="way-text"><strong dir="auto">${title}</strong><span dir="auto">${value}</span></span></li>`,
  )}</ul>`
}
