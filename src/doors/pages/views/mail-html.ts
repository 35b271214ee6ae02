/** What the mails look like: paragraphs on white, one button, and its address in full for whoever cannot or would rather not press it. */

import { type Html, html } from '../../../lib/html.ts'
import type { Locale } from '../text/locale.ts'

export interface MailBody {
  readonly locale: Locale
  readonly brandName: string
  readonly subject: string
  /** Before the button and after it. */
  readonly before: readonly string[]
  readonly button: { readonly href: string; readonly text: string }
  readonly after: readonly string[]
}

// Mail programs keep no style sheet: each element has its own.
const BODY =
  'margin:0;padding:24px 16px;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-size:16px;line-height:1.5'
const COLUMN = 'max-width:33rem;margin:0 auto;overflow-wrap:anywhere'
const BRAND = 'margin:0 0 24px;font-weight:700;font-size:18px'
const PARAGRAPH = 'margin:0 0 16px'
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:10px;background:#17463f;color:#fffefb;font-weight:600;text-decoration:none'
const ADDRESS = 'margin:0 0 24px;font-size:13px;overflow-wrap:anywhere;word-break:break-all'

export function renderMailHtml({ locale, brandName, subject, before, button, after }: MailBody): string {
  return html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="${BODY}">
<div style="${COLUMN}">
<p style="${BRAND}">${brandName}</p>
${before.map(paragraph)}
<p style="${PARAGRAPH}"><a href="${button.href}" style="${BUTTON}">${button.text}</a></p>
<p style="${ADDRESS}"><a href="${button.href}">${button.href}</a></p>
${after.map(paragraph)}
</div>
</body>
</html>
`.toString()
}

function paragraph(text: string): Html {
  return html`<p style="${PARAGRAPH}">${text}</p>\n`
}
