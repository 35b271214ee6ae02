/** The mail that proves an account: who asks for what, and a link that counts once. */

import { translateTo } from '../text/text.ts'
import { renderMailHtml } from './mail-html.ts'
import type { Page } from './page.ts'

export interface LinkMail extends Page {
  readonly upstreamName: string
  /** What the upstream calls the person. */
  readonly label?: string | undefined
  readonly username: string
  readonly href: string
  readonly minutes: number
}

export interface MailText {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Whoever signs in there may be called what they like: a sentence or an address of a web site is no name, and is not passed on in a mail.
 * Mail programs make a link of `evil.example` by themselves, so a name with a dot is none unless it is an e-mail address.
 */
const PLAIN_NAME = /^(?:[\p{L}\p{N}_+-]{1,64}|[\p{L}\p{N}._+-]{1,64}@[\p{L}\p{N}.-]{1,190})$/u

export function renderLinkMail(mail: LinkMail): MailText {
  const translate = translateTo(mail.locale)
  const { brandName, upstreamName, username, href, minutes } = mail
  const label = mail.label !== undefined && PLAIN_NAME.test(mail.label) ? mail.label : undefined
  const subject = translate('linkMail.subject', { brandName, upstreamName })
  const who =
    label === undefined
      ? translate('linkMail.asked', { brandName, upstreamName, username })
      : translate('linkMail.askedAs', { brandName, upstreamName, username, label })
  const [open, ignore] = [translate('linkMail.open', { minutes }), translate('linkMail.ignore')]
  const button = { href, text: translate('linkMail.button', { upstreamName }) }
  return {
    subject,
    text: `${who}\n\n${open}\n\n${href}\n\n${ignore}\n`,
    html: renderMailHtml({ locale: mail.locale, brandName, subject, before: [who, open], button, after: [ignore] }),
  }
}
