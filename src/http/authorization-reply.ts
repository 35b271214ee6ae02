/** An authorization response as HTTP: the browser carries it to the app. */

import type { AuthorizationResponse } from '../spec/authorization-response.ts'
import type { HttpRequest, Reply } from './endpoint.ts'
import { redirectReply } from './replies.ts'

/** An answer that a page of ours hands over: a form that sends itself, or a message to the window that opened ours. */
export interface AnswerPage {
  readonly response: Exclude<AuthorizationResponse, { readonly kind: 'redirect' }>
  readonly uiLocales: readonly string[]
  /** `prompt=none`: the app may show it in a hidden frame of its own; nothing on it can be clicked by mistake. */
  readonly silent: boolean
}

/** The pages draw it, the door only says what it hands over. */
export type RenderAnswerPage = (request: HttpRequest, page: AnswerPage) => Reply

export interface Carrying {
  readonly request: HttpRequest
  readonly uiLocales: readonly string[]
  readonly prompt: readonly string[]
  readonly answerPage: RenderAnswerPage
  readonly cookies?: readonly string[]
}

export function authorizationReply(response: AuthorizationResponse, carrying: Carrying): Reply {
  const { request, uiLocales, prompt, answerPage, cookies = [] } = carrying
  if (response.kind === 'redirect') return redirectReply(response.location, cookies)
  const reply = answerPage(request, { response, uiLocales, silent: prompt.includes('none') })
  return cookies.length === 0 ? reply : { ...reply, headers: { ...reply.headers, 'set-cookie': cookies } }
}
