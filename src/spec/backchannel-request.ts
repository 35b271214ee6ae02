/** The parameters of an authentication request that has no browser (CIBA Core §7.1), beyond scope and what goes with it. */

import type { Params } from './params.ts'
import { type Refusal, refuse } from './refusal.ts'

export const HINTS = ['login_hint', 'id_token_hint', 'login_hint_token'] as const

export interface BackchannelRequest {
  readonly hint: { readonly kind: (typeof HINTS)[number]; readonly value: string }
  readonly bindingMessage?: string
  /** What we present at the client's notification endpoint. */
  readonly notificationToken?: string
  readonly requestedExpirySeconds?: number
}

/** CIBA Core §5. */
export const DELIVERY_MODES = ['poll', 'ping', 'push'] as const
export type DeliveryMode = (typeof DELIVERY_MODES)[number]

/** CIBA Core §7.1: short enough to be compared on two small screens. */
const MAX_BINDING_MESSAGE = 100
/** CIBA Core §7.1: the length of the token MUST NOT exceed 1024 characters; RFC 6750 §2.1 gives its syntax. */
const NOTIFICATION_TOKEN = /^(?=.{1,1024}$)[A-Za-z0-9._~+/-]+=*$/

export function parseBackchannelRequest(params: Params, mode: DeliveryMode): BackchannelRequest | Refusal {
  const hints = HINTS.flatMap(kind => {
    const value = params.get(kind)
    return value === undefined ? [] : [{ kind, value }]
  })
  const [hint] = hints
  // CIBA Core §7.1: one of the hints, and not more than one.
  if (hint === undefined || hints.length > 1)
    return refuse(
      'invalid_request',
      'send one of login_hint, id_token_hint and login_hint_token',
      'CIBA Core §7.1 exactly one hint',
      { hints: hints.map(({ kind }) => kind) },
    )
  const bindingMessage = params.get('binding_message')
  if (bindingMessage !== undefined && !isShowable(bindingMessage))
    return refuse(
      'invalid_binding_message',
      `binding_message must be one line of at most ${MAX_BINDING_MESSAGE} characters`,
      'CIBA Core §13 binding_message can be shown',
      { length: [...bindingMessage].length },
    )
  const notificationToken = params.get('client_notification_token')
  if (notificationToken === undefined ? mode !== 'poll' : !NOTIFICATION_TOKEN.test(notificationToken))
    return refuse(
      'invalid_request',
      'client_notification_token must be a bearer token of at most 1024 characters',
      'CIBA Core §7.1 client_notification_token',
    )
  const expiry = params.get('requested_expiry')
  if (expiry !== undefined && !/^[1-9]\d{0,9}$/.test(expiry))
    return refuse('invalid_request', 'requested_expiry must be a positive integer', 'CIBA Core §7.1 requested_expiry')
  return {
    hint,
    ...(bindingMessage === undefined ? {} : { bindingMessage }),
    ...(notificationToken === undefined || mode === 'poll' ? {} : { notificationToken }),
    ...(expiry === undefined ? {} : { requestedExpirySeconds: Number(expiry) }),
  }
}

/** Visible text in one line: what turns text around or hides it could make two different messages look alike. */
function isShowable(text: string): boolean {
  return [...text].length <= MAX_BINDING_MESSAGE && text.trim() !== '' && /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(text)
}
