/** The consent page: `POST /consent` with `flow`, `csrf` and `decision` (`approve`, `deny`, `other-account`). */

import { type Html, html } from '../../../lib/html.ts'
import type { AuthorizationDetail } from '../../../spec/authorization-details.ts'
import { durationValues } from '../text/duration.ts'
import { type MessageKey, type Translate, translateTo } from '../text/text.ts'
import { renderAccountLine, type ShownAccount } from './account-line.ts'
import { renderDetails } from './authorization-details.ts'
import { renderAvatar } from './avatar.ts'
import { externalLink } from './external-url.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS, type IconName } from './icons.ts'
import { type Page, renderPage } from './page.ts'
import { claimText, findScopeText } from './scopes.ts'

export interface ConsentPage extends Page {
  readonly flowId: string
  readonly csrf: string
  readonly client: ConsentClient
  readonly account: ShownAccount
  /** In the order they are shown. */
  readonly scopes: readonly ConsentScope[]
  /** Single claims that none of the scopes brings (OIDC Core §5.5). */
  readonly claims?: readonly ConsentClaim[]
  /** The APIs that the app wants to use for the person (RFC 8707). */
  readonly resources?: readonly ConsentResource[]
  /** What exactly it wants to do (RFC 9396). */
  readonly details?: readonly AuthorizationDetail[]
  /** Where the person goes afterwards: the host of the redirect URI, with its port when there is one. */
  readonly returnHost: string
  readonly remembered: Remembered
}

export interface ConsentClient {
  readonly name: string
  /** Whose doing the app is; people are told when it is nobody's in this house. */
  readonly origin?: 'operator' | 'registration' | 'metadata-document' | undefined
  /** With the origin `metadata-document`: the URL where it describes itself. */
  readonly clientId?: string
  readonly description?: string | undefined
  readonly logoUrl?: string | undefined
  readonly websiteUrl?: string | undefined
  readonly termsUrl?: string | undefined
  readonly policyUrl?: string | undefined
  readonly contactEmail?: string | undefined
}

export interface ConsentScope {
  readonly scope: string
  /** What it tells of the attributes of this house: their titles. */
  readonly titles?: readonly string[]
  /** Others of this client were allowed before, this one was not. */
  readonly isNew: boolean
}

export interface ConsentClaim {
  /** Its registered name: `birthdate`. */
  readonly claim: string
  /** Of an attribute of this house. */
  readonly title?: string | undefined
  readonly isNew: boolean
}

export interface ConsentResource {
  readonly uri: string
  readonly name: string
  readonly isNew: boolean
}

export type Remembered =
  | { readonly kind: 'not' }
  | { readonly kind: 'until-withdrawn' }
  | { readonly kind: 'for'; readonly seconds: number }

export function renderConsent(page: ConsentPage): string {
  const translate = translateTo(page.locale)
  const { client } = page
  const title = translate('consent.title', { clientName: client.name })
  return renderPage(page, {
    title,
    body: html`${renderAvatar({ name: client.name, kind: 'app', imageUrl: client.logoUrl })}
<h1>${title}</h1>
${client.description !== undefined && html`<p class="lead">${client.description}</p>`}
${originNote(client, translate)}
<form method="post" action="${page.basePath}/consent" id="consent">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
${renderAccountLine(
  page.account,
  translate,
  html`<button class="text-button" type="submit" id="other-account" name="decision" value="other-account">${translate('account.useAnother')}</button>`,
)}
${renderScopeList(page, translate)}
${renderDetails(page.details ?? [], translate)}
<ul class="facts">
<li>${ICONS.back}<span>${translate('consent.returnTo', { host: page.returnHost })}</span></li>
<li>${ICONS.clock}<span>${rememberedText(page.remembered, translate)}</span></li>
</ul>
<div class="choices">
<button class="button" type="submit" id="deny" name="decision" value="deny">${translate('consent.deny')}</button>
<button class="button primary" type="submit" id="approve" name="decision" value="approve">${translate('consent.approve')}</button>
</div>
</form>
${clientLinks(client, translate)}`,
  })
}

/** Anybody may call an app what they like; the host of its client_id is what they cannot make up (CIMD §8.4). */
export function originNote({ origin, clientId = '' }: ConsentClient, translate: Translate): Html | undefined {
  if (origin === 'registration')
    return html`<p class="lead" id="app-origin">${translate('consent.registeredItself')}</p>`
  if (origin !== 'metadata-document') return undefined
  const host = URL.parse(clientId)?.host ?? clientId
  return html`<p class="lead" id="app-origin">${translate('consent.describesItself', { host })}</p>`
}

/** Everything that an app will be able to do, for a person who decides about it. */
export function renderScopeList(
  { client, scopes, claims = [], resources = [] }: Pick<ConsentPage, 'client' | 'scopes' | 'claims' | 'resources'>,
  translate: Translate,
): Html {
  const hasNew = [...scopes, ...claims, ...resources].some(({ isNew }) => isNew)
  return html`<h2 id="scopes-title">${translate('consent.scopes', { clientName: client.name })}</h2>
<ul class="scopes" aria-labelledby="scopes-title">
${scopes.map(entry => scopeItem(entry, translate))}
${claims.map(entry => claimItem(entry, translate))}
${resources.map(entry => resourceItem(entry, translate))}
</ul>
${hasNew && html`<p class="hint">${translate('consent.newHint')}</p>`}`
}

/** A standard scope may bring attributes of this house as well: they are told after what it always means. */
function scopeItem({ scope, titles = [], isNew }: ConsentScope, translate: Translate): Html {
  const text = findScopeText(scope)
  const own = titles.join(', ')
  if (text !== undefined) {
    const detail = [translate(text.detail), own].filter(part => part !== '').join(' · ')
    return listItem({ icon: text.icon, title: translate(text.title), detail, isNew }, translate)
  }
  return own === ''
    ? listItem(
        { icon: 'spark', title: html`<code>${scope}</code>`, detail: translate('scope.other.detail'), isNew },
        translate,
      )
    : listItem({ icon: 'person', title: own, detail: translate('scope.own.detail'), isNew }, translate)
}

function claimItem({ claim, title: own, isNew }: ConsentClaim, translate: Translate): Html {
  const title = translate('claim.title', { claim: own ?? claimText(claim, translate) })
  return listItem({ icon: 'person', title, detail: translate('claim.detail'), isNew }, translate)
}

function resourceItem({ uri, name, isNew }: ConsentResource, translate: Translate): Html {
  const title = translate('resource.title', { name })
  return listItem({ icon: 'link', title, detail: translate('resource.detail', { uri }), isNew }, translate)
}

interface ListItem {
  readonly icon: IconName
  readonly title: Html | string
  readonly detail: string
  readonly isNew: boolean
}

function listItem({ icon, title, detail, isNew }: ListItem, translate: Translate): Html {
  return html`<li>${ICONS[icon]}<span class="scope-text"><strong>${title}</strong> <span>${detail}</span></span>${
    isNew && html` <span class="badge">${translate('consent.new')}</span>`
  }</li>`
}

function rememberedText(remembered: Remembered, translate: Translate): string {
  switch (remembered.kind) {
    case 'not':
      return translate('consent.rememberedNever')
    case 'until-withdrawn':
      return translate('consent.rememberedAlways')
    case 'for':
      return translate('consent.rememberedFor', durationValues(remembered.seconds))
  }
}

/** Where people read more about the app (OIDC Registration §2 `policy_uri`, `tos_uri`). */
export function clientLinks(client: ConsentClient, translate: Translate): Html | undefined {
  const links = [
    outsideLink('consent.website', client.websiteUrl, translate),
    outsideLink('consent.terms', client.termsUrl, translate),
    outsideLink('consent.policy', client.policyUrl, translate),
    client.contactEmail !== undefined &&
      html`<li><a href="mailto:${encodeURIComponent(client.contactEmail).replaceAll('%40', '@')}">${client.contactEmail}</a></li>`,
  ].filter(link => link !== undefined && link !== false)
  if (links.length === 0) return undefined
  return html`<nav class="links" aria-label="${translate('consent.about', { clientName: client.name })}"><ul>${links}</ul></nav>`
}

// In a tab of its own: the decision waits here.
function outsideLink(label: MessageKey, url: string | undefined, translate: Translate): Html | undefined {
  const href = externalLink(url)
  if (href === undefined) return undefined
  return html`<li><a href="${href}" target="_blank" rel="noopener noreferrer">${translate(label)}<span class="visually-hidden"> (${translate('page.newTab')})</span></a></li>`
}
