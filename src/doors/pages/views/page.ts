/** The frame that all pages share: one document, one card, and no script but that of an answer. */

import { type Html, html } from '../../../lib/html.ts'
import { assetUrl } from '../assets/assets.ts'
import type { Locale } from '../text/locale.ts'
import { translateTo } from '../text/text.ts'
import { brandMark } from './brand-mark.ts'

/** What every view model has. */
export interface Page {
  readonly locale: Locale
  /** What this server calls itself to people. */
  readonly brandName: string
  /** The issuer's path, put before every path of ours: empty, or such as `/auth`, without a slash at its end. */
  readonly basePath: string
}

export interface Content {
  /** Without the brand's name, which the frame adds. */
  readonly title: string
  readonly body: Html
}

/** A complete document. */
export function renderPage(page: Page, { title, body }: Content): string {
  const { locale, brandName, basePath } = page
  const translate = translateTo(locale)
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<title>${translate('page.title', { title, brandName })}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="preload" href="${assetUrl(basePath, 'inter-latin.woff2')}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${assetUrl(basePath, 'pages.css')}">
<link rel="icon" href="${assetUrl(basePath, 'logo.svg')}" type="image/svg+xml">
</head>
<body>
<div class="arches" aria-hidden="true"></div>
<header class="brand">${brandMark}<span>${brandName}</span></header>
<main class="card">
${body}
</main>
</body>
</html>
`.toString()
}
