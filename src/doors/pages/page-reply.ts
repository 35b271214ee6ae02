/** A page as a reply: its language, its frame and the policy that keeps foreign code out of it. */

import type { TraceCode } from '../../core/audit/audit-event.ts'
import { formatTraceCode } from '../../core/audit/trace-code.ts'
import type { Flow } from '../../core/flow/flow.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { ErrorPage } from '../../http/error-page.ts'
import { htmlReply } from '../../http/replies.ts'
import type { PagesPorts } from './ports.ts'
import { negotiateLocale } from './text/locale.ts'
import { renderError } from './views/error.ts'
import { externalLink } from './views/external-url.ts'
import type { Page } from './views/page.ts'

/**
 * No script at all, nothing from elsewhere but the apps' logos, no framing.
 * `form-action` is left open: browsers apply it to every redirect after the form, and a sign-in form ends at the app, then wherever the
 * app sends the person next. What the forms hold is escaped, so there is no foreign form to stop.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' https: data:; base-uri 'none'; frame-ancestors 'none'"

export type FrameSettings = Pick<PagesPorts, 'basePath' | 'brandName' | 'defaultLocale'>

export function frameOf(request: HttpRequest, ports: FrameSettings, uiLocales: readonly string[] = []): Page {
  return {
    locale: negotiateLocale(uiLocales, request.acceptLanguage, ports.defaultLocale),
    basePath: ports.basePath,
    brandName: ports.brandName,
  }
}

/** In the language that the app asked for, if it is an app's flow (OIDC Core §3.1.2.1 ui_locales). */
export function flowFrame({ purpose }: Pick<Flow, 'purpose'>, request: HttpRequest, ports: FrameSettings): Page {
  return frameOf(request, ports, purpose.kind === 'authorization' ? purpose.request.uiLocales : undefined)
}

export function pageReply(html: string, status = 200, cookies: readonly string[] = []): Reply {
  const reply = htmlReply(status, html, cookies)
  return { ...reply, headers: { ...reply.headers, 'content-security-policy': CONTENT_SECURITY_POLICY } }
}

export function errorPageReply(
  request: HttpRequest,
  page: ErrorPage,
  ports: FrameSettings,
  uiLocales?: readonly string[],
): Reply {
  const back = externalLink(page.goBack?.href)
  return pageReply(
    renderError({
      ...frameOf(request, ports, uiLocales),
      kind: page.kind,
      code: page.traceCode === undefined ? undefined : formatTraceCode(page.traceCode as TraceCode),
      retryHref: page.retryUrl,
      upstream: page.upstream,
      goBack: page.goBack && back !== undefined ? { ...page.goBack, href: back } : undefined,
    }),
    page.status,
  )
}
