/** Answers to apps that a page hands over: by a form that sends itself, or by a message to the app's own window. */

import { hash } from 'node:crypto'
import { type AnswerPage, authorizationReply } from '../../http/authorization-reply.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import type { AuthorizationResponse } from '../../spec/authorization-response.ts'
import { type FrameSettings, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { FORM_POST_SCRIPT, renderFormPost } from './views/form-post.ts'
import { renderWebMessage, WEB_MESSAGE_SCRIPT } from './views/web-message.ts'

export function answerPageReply(request: HttpRequest, page: AnswerPage, ports: FrameSettings): Reply {
  const { response, uiLocales } = page
  const { params } = response
  const frame = { ...frameOf(request, ports, uiLocales), sendsItself: true }
  const markup =
    response.kind === 'form-post'
      ? renderFormPost({ ...frame, action: response.action, params })
      : renderWebMessage({ ...frame, origin: new URL(response.redirectUri).origin, params })
  const reply = pageReply(markup)
  return { ...reply, headers: { ...reply.headers, 'content-security-policy': policyOf(page) } }
}

/**
 * The one script of the page and no other. `form-action` is left open as on all pages: the app's own redirects come after the form.
 * A silent answer may stand in a hidden frame of the app it is for, and in nobody else's.
 */
function policyOf({ response, silent }: AnswerPage): string {
  const script = response.kind === 'form-post' ? FORM_POST_SCRIPT : WEB_MESSAGE_SCRIPT
  const { origin } = new URL(response.kind === 'form-post' ? response.action : response.redirectUri)
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash('sha256', script.toString(), 'base64')}'`,
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    `frame-ancestors ${silent ? origin : "'none'"}`,
  ].join('; ')
}

/** The answer of a flow, whichever way it goes. */
export function answerReply(
  response: AuthorizationResponse,
  { uiLocales, prompt }: Pick<AuthorizationRequest, 'uiLocales' | 'prompt'>,
  request: HttpRequest,
  ports: PagesPorts,
  cookies: readonly string[] = [],
): Reply {
  return authorizationReply(response, {
    request,
    uiLocales,
    prompt,
    cookies,
    answerPage: (to, page) => answerPageReply(to, page, ports),
  })
}
