/** The mail about a way to sign in that was added or removed. */

import type { Locale } from '../text/locale.ts'
import { translateTo } from '../text/text.ts'
import { renderMailHtml } from './mail-html.ts'
import { momentOf } from './moment.ts'

export interface WayInMail {
  readonly change: 'added' | 'removed'
  readonly locale: Locale
  readonly brandName: string
  readonly upstreamName: string
  readonly username: string
  readonly at: Date
  readonly accountUrl: string
}

/** A type and not an interface: what is delivered is JSON. */
export type MailText = { readonly subject: string; readonly text: string; readonly html: string }

export function renderWayInMail({ change, locale, brandName, upstreamName, ...mail }: WayInMail): MailText {
  const translate = translateTo(locale)
  const subject = translate(change === 'added' ? 'wayInMail.addedSubject' : 'wayInMail.removedSubject', { brandName })
  const said = { username: mail.username, name: upstreamName, brandName, time: momentOf(mail.at, locale) }
  const lines = [
    translate(change === 'added' ? 'wayInMail.added' : 'wayInMail.removed', said),
    translate('wayInMail.ifYou'),
    translate('wayInMail.ifNot'),
  ]
  const button = { href: mail.accountUrl, text: translate('wayInMail.button') }
  return {
    subject,
    text: `${[...lines, mail.accountUrl].join('\n\n')}\n`,
    html: renderMailHtml({ locale, brandName, subject, before: lines, button, after: [] }),
  }
}
