/** An account that may be theirs: `POST /link-account` with `flow`, `csrf` and `choice` (`mail`, `sign_in`, `other`, `not-mine`, `cancel`). */

import { type Html, html } from '../../../lib/html.ts'
import { durationValues } from '../text/duration.ts'
import { type Translate, translateTo } from '../text/text.ts'
import { renderAlert } from './alert.ts'
import { renderEmblem } from './emblem.ts'
import { hiddenFields } from './hidden-fields.ts'
import { ICONS } from './icons.ts'
import { type Page, renderPage } from './page.ts'
import { leaveForm } from './profile.ts'

export type LinkProblem =
  | { readonly kind: 'slow-down'; readonly seconds: number }
  /** The person signed in, but to another account. */
  | { readonly kind: 'other-account' }

export interface LinkAccountPage extends Page {
  readonly flowId: string
  readonly csrf: string
  readonly upstreamName: string
  /** What the account is known by: `a•••@example.org`, or its user name. */
  readonly known: string
  /** Where a mail would go; absent when none can be sent. */
  readonly mailTo?: string | undefined
  readonly maySignIn: boolean
  readonly mayUseAnother: boolean
  readonly mayDecline: boolean
  /** A mail is on its way. */
  readonly isMailed: boolean
  readonly problem?: LinkProblem | undefined
}

export function renderLinkAccount(page: LinkAccountPage): string {
  const translate = translateTo(page.locale)
  const { upstreamName, known, problem } = page
  const isSent = page.isMailed && page.mailTo !== undefined
  const title = translate(isSent ? 'linkAccount.sentTitle' : 'linkAccount.title', { upstreamName })
  const lead = isSent
    ? translate('linkAccount.sent', { address: page.mailTo ?? '' })
    : translate('linkAccount.lead', { known, brandName: page.brandName })
  return renderPage(page, {
    title,
    body: html`${renderEmblem(isSent ? 'mail' : 'link')}
<h1>${title}</h1>
<p class="lead">${lead}</p>
${problem !== undefined && renderAlert(problemText(problem, translate))}
${hint(page, isSent, translate)}
<form method="post" action="${page.basePath}/link-account" id="link-account">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
<div class="actions">${choices(page, isSent, translate)}</div>
</form>
${leaveForm(page, translate('linkAccount.cancel'))}`,
  })
}

/** Where the mail has to be opened decides whether it works, so it stands out. */
function hint({ upstreamName }: LinkAccountPage, isSent: boolean, translate: Translate): Html {
  return isSent
    ? html`<p class="warning">${ICONS.alert}<span>${translate('linkAccount.sentHint', { upstreamName })}</span></p>`
    : html`<p class="lead">${translate('linkAccount.hint', { upstreamName })}</p>`
}

function choices(page: LinkAccountPage, isSent: boolean, translate: Translate): readonly Html[] {
  const { mailTo, maySignIn, mayUseAnother, mayDecline } = page
  const offered: readonly (readonly [choice: string, label: string, isOffered: boolean])[] = [
    [
      'mail',
      translate(isSent ? 'linkAccount.mailAgain' : 'linkAccount.mail', { address: mailTo ?? '' }),
      mailTo !== undefined,
    ],
    ['sign_in', translate('linkAccount.signIn'), maySignIn],
    ['not-mine', translate('linkAccount.notMine'), mayDecline],
    ['other', translate('linkAccount.other'), mayUseAnother && !mayDecline],
  ]
  return offered
    .filter(([, , isOffered]) => isOffered)
    .map(
      ([choice, label], index) =>
        html`<button class="button${index === 0 && !isSent && ' primary'}" type="submit" id="choose-${choice.replace('_', '-')}" name="choice" value="${choice}">${label}</button>`,
    )
}

function problemText(problem: LinkProblem, translate: Translate): string {
  return problem.kind === 'slow-down'
    ? translate('linkAccount.slowDown', durationValues(problem.seconds))
    : translate('linkAccount.otherAccount')
}
